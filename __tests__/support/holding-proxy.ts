import {connect, createServer, type Socket} from 'node:net';

export type HoldingProxy = {
	readonly port: number;
	/** Resolves once `bytes` more have gone to the host; from then on it gets none until any of the calls below. */
	holdAfter(bytes: number): Promise<void>;
	release(): void;
	/** Resets every connection on both sides. New ones are served. */
	cut(): void;
	/**
	 * Passes nothing on the connections there are, for good. The host never learns that its peer is gone, as when a
	 * laptop leaves its network; `cut` lets it know. New connections are served.
	 */
	silence(): void;
	stop(): Promise<void>;
};

/** A TCP proxy on 127.0.0.1 that fails at an exact byte of a stream, so that no test has to guess a moment. */
export const startHoldingProxy = async (target: {
	readonly port: number;
	readonly host: string;
}): Promise<HoldingProxy> => {
	const pairs = new Set<readonly [Socket, Socket]>();
	const silent = new WeakSet<Socket>();
	let left = Number.POSITIVE_INFINITY;
	let onHeld = (): void => {};

	const pass = (from: Socket, to: Socket, chunk: Buffer): void => {
		if (!to.destroyed && !to.write(chunk)) {
			from.pause();
			to.once('drain', () => from.resume());
		}
	};
	const serve = (near: Socket): void => {
		const far = connect({...target, noDelay: true});
		const pair = [near, far] as const;
		pairs.add(pair);
		for (const [side, other] of [pair, [far, near] as const]) {
			side.on('error', () => {});
			side.on('close', () => {
				if (silent.has(near)) return;
				pairs.delete(pair);
				other.destroy();
			});
		}
		far.on('data', (chunk: Buffer) => {
			if (!silent.has(near)) pass(far, near, chunk);
		});
		near.on('data', (chunk: Buffer) => {
			if (silent.has(near)) return;
			if (left <= 0) {
				near.pause();
				near.unshift(chunk);
				return;
			}
			left -= chunk.length;
			pass(near, far, chunk);
			if (left <= 0) {
				near.pause();
				onHeld();
			}
		});
	};
	const server = createServer({noDelay: true}, serve);
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject).listen(0, '127.0.0.1', resolve);
	});
	const address = server.address();
	if (typeof address !== 'object' || address === null) throw new Error('no port');

	const release = (): void => {
		left = Number.POSITIVE_INFINITY;
		for (const [near] of pairs) near.resume();
	};
	const cut = (): void => {
		for (const side of [...pairs].flat()) side.resetAndDestroy();
		pairs.clear();
		release();
	};
	return {
		port: address.port,
		holdAfter: async bytes =>
			new Promise<void>(resolve => {
				left = bytes;
				onHeld = resolve;
			}),
		release,
		cut,
		silence: () => {
			for (const [near] of pairs) silent.add(near);
			release();
		},
		stop: async () => {
			cut();
			await new Promise<void>(resolve => {
				server.close(() => resolve());
			});
		},
	};
};

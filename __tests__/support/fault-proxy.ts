import {connect, createServer, type Socket} from 'node:net';

export type FaultProxy = {
	readonly port: number;
	/** Connections open now. */
	readonly open: number;
	/** Connections accepted so far, refused ones not counted. */
	readonly accepted: number;
	/** Resets every open connection. New ones are served. */
	cut(): void;
	/** Passes nothing more, in either direction, and says nothing; holds for new connections too. */
	blackhole(): void;
	/** Resets every new connection at once. */
	refuse(): void;
	/** Ends black hole, refusal and delay. What a black hole held back arrives now. */
	restore(): void;
	/** Adds `ms` to each direction, for data that arrives from now on. */
	setDelay(ms: number): void;
	stop(): Promise<void>;
};

/** A TCP proxy on 127.0.0.1 that can fail like a network does. */
export const startFaultProxy = async (target: {readonly port: number; readonly host?: string}): Promise<FaultProxy> => {
	const pairs = new Set<readonly [Socket, Socket]>();
	let mode: 'pass' | 'blackhole' | 'refuse' = 'pass';
	let delayMs = 0;
	let accepted = 0;

	const later = (work: () => void): void => {
		if (delayMs > 0) setTimeout(work, delayMs);
		else work();
	};
	const pipe = (from: Socket, to: Socket): void => {
		from.on('data', (chunk: Buffer) => {
			later(() => {
				if (to.destroyed || to.write(chunk)) return;
				from.pause();
				to.once('drain', () => mode !== 'blackhole' && from.resume());
			});
		});
		from.on('end', () => later(() => to.end()));
	};

	const server = createServer({allowHalfOpen: true, noDelay: true}, near => {
		near.on('error', () => {});
		if (mode === 'refuse') {
			near.resetAndDestroy();
			return;
		}
		accepted += 1;
		const far = connect({host: target.host ?? '127.0.0.1', port: target.port, allowHalfOpen: true, noDelay: true});
		const pair = [near, far] as const;
		pairs.add(pair);
		far.on('error', () => near.resetAndDestroy());
		for (const side of pair) {
			side.on('close', () => {
				pairs.delete(pair);
				for (const other of pair) other.destroy();
			});
		}
		pipe(near, far);
		pipe(far, near);
		if (mode === 'blackhole') for (const side of pair) side.pause();
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject).listen(0, '127.0.0.1', resolve);
	});
	const address = server.address();
	if (typeof address !== 'object' || address === null) throw new Error('no port');

	const cut = (): void => {
		for (const side of [...pairs].flat()) side.resetAndDestroy();
		pairs.clear();
	};
	return {
		port: address.port,
		get open() {
			return pairs.size;
		},
		get accepted() {
			return accepted;
		},
		cut,
		blackhole: () => {
			mode = 'blackhole';
			for (const side of [...pairs].flat()) side.pause();
		},
		refuse: () => {
			mode = 'refuse';
		},
		restore: () => {
			mode = 'pass';
			delayMs = 0;
			for (const side of [...pairs].flat()) side.resume();
		},
		setDelay: ms => {
			delayMs = ms;
		},
		stop: async () => {
			cut();
			await new Promise<void>(resolve => {
				server.close(() => resolve());
			});
		},
	};
};

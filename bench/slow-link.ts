import {fork} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';

/**
 * A way to a server on 127.0.0.1 that takes time. It delays what is sent, not how much: no limit of bandwidth, no slow
 * start, and the TCP handshake costs nothing. A process of its own, so that it never waits for the client it serves.
 */
export type SlowLink = {
	readonly port: number;
	/** Half of it is added in each direction, from now on. */
	setRtt(rttMs: number): Promise<void>;
	stop(): Promise<void>;
};

export const startSlowLink = async (target: {readonly port: number; readonly host: string}): Promise<SlowLink> => {
	const child = fork(join(import.meta.dirname, 'slow-link-process.ts'), [target.host, String(target.port)]);
	const [port] = await once(child, 'message');
	return {
		port: Number(port),
		setRtt: async rttMs => {
			const set = once(child, 'message');
			child.send(rttMs / 2);
			await set;
		},
		stop: async () => {
			const ended = once(child, 'exit');
			child.disconnect();
			await ended;
		},
	};
};

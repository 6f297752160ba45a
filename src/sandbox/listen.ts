import {type AddressInfo, type Server, type Socket, connect, createServer} from 'node:net';
import {setTimeout as wait} from 'node:timers/promises';

export type Listening = {
	readonly port: number;
	/** Sockets open now. */
	readonly sockets: ReadonlySet<Socket>;
	/** Stops listening and cuts what is open. */
	close(): Promise<void>;
};

const bind = (server: Server, port: number): Promise<void> => {
	const {promise, resolve, reject} = Promise.withResolvers<void>();
	server.once('error', reject);
	server.listen(port, '127.0.0.1', () => {
		server.off('error', reject);
		resolve();
	});
	return promise;
};

const isTaken = (error: unknown): boolean =>
	error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');

/** Below the ports a system gives out by itself: what is free stays free while nobody listens there. */
const somePort = (): number => 20_000 + Math.floor(Math.random() * 12_000);

/** Binds to `wanted`, or to another port when that one is taken or absent. */
const bindSomewhere = async (server: Server, wanted: number | undefined): Promise<void> => {
	for (let port = wanted ?? somePort(); ; port = somePort()) {
		const isBound = await bind(server, port).then(
			() => true,
			error => (isTaken(error) ? false : Promise.reject(error)),
		);
		if (isBound) return;
	}
};

/** Listens on 127.0.0.1 at `port`, or at another one when that is taken or absent. */
export const listen = async (server: Server, port?: number): Promise<Listening> => {
	const sockets = new Set<Socket>();
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	await bindSomewhere(server, port);
	const address = server.address();
	if (!isInternet(address)) throw new Error('not listening on an internet address');

	return {
		port: address.port,
		sockets,
		close: () =>
			new Promise(resolve => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			}),
	};
};

const isInternet = (address: AddressInfo | string | null): address is AddressInfo =>
	typeof address === 'object' && address !== null;

/** A port of 127.0.0.1 that nothing listens on: `wanted` when it is free. Nothing keeps it. */
export const freePort = async (wanted?: number): Promise<number> => {
	const server = createServer();
	await bindSomewhere(server, wanted);
	const address = server.address();
	await new Promise(resolve => server.close(resolve));
	if (!isInternet(address)) throw new Error('not listening on an internet address');
	return address.port;
};

const connects = (port: number): Promise<boolean> =>
	new Promise(resolve => {
		const socket = connect(port, '127.0.0.1');
		socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
		socket.once('connect', () => socket.destroy());
	});

/** Waits until something listens on this port of 127.0.0.1. Throws Error when nothing does in time. */
export const untilListening = async (port: number, withinMs: number): Promise<void> => {
	const deadline = Date.now() + withinMs;
	while (!(await connects(port))) {
		if (Date.now() > deadline) throw new Error(`nothing listens on port ${port} after ${withinMs} ms`);
		await wait(20);
	}
};

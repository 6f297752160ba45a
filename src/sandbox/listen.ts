import {type AddressInfo, type Server, type Socket} from 'node:net';

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

/** Listens on 127.0.0.1 at `port`, or at any free port when that one is taken or absent. */
export const listen = async (server: Server, port = 0): Promise<Listening> => {
	const sockets = new Set<Socket>();
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	await bind(server, port).catch(error => (isTaken(error) ? bind(server, 0) : Promise.reject(error)));
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

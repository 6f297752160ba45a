import {randomUUID} from 'node:crypto';
import {mkdirSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import ssh2 from 'ssh2';
import {currentAccount} from '../host/host-account.ts';
import {endProcesses} from '../host/end-processes.ts';
import type {KeyPair} from '../keys.ts';
import {listen} from '../listen.ts';
import {authenticator} from './authenticate.ts';
import {serveConnection} from './serve-connection.ts';
import type {SshFaults} from './ssh-faults.ts';

export type SshServer = {
	readonly address: '127.0.0.1';
	readonly port: number;
	readonly user: string;
	readonly root: string;
	/** `ssh-ed25519 AAAA...` */
	readonly hostKey: string;
	/** Line for known_hosts, without the newline. */
	readonly knownHost: string;
	readonly faults: SshFaults;
	/** Connections open now, before or after login. */
	connections(): number;
	/** Cuts every connection as a dead network would: no goodbye. */
	dropConnections(): void;
	/** Stops listening, cuts every connection and ends every process started here, detached ones too. */
	close(): Promise<void>;
};

export type SshServerOptions = {
	/** Absolute directory that stands for the host's file system. */
	readonly root: string;
	readonly hostKey: KeyPair;
	/** `ssh-ed25519 AAAA...`: the one key that may log in. */
	readonly clientKey: string;
	/** Port tried first; any free one when it is taken or absent. */
	readonly port?: number | undefined;
	/** Marks the processes of this host. Absent: a token of its own. */
	readonly token?: string;
};

/**
 * An SSH server for one sandbox host, on loopback only: real protocol, real `sh`. It runs commands and nothing else.
 * Stricter than sshd in one point: when a client is gone its commands get HUP at once, where sshd lets a silent one
 * run on until it writes. Whatever must survive a lost link has to detach itself.
 */
export const startSshServer = async (options: SshServerOptions): Promise<SshServer> => {
	const {root, hostKey, clientKey, port, token = randomUUID()} = options;
	const {user} = currentAccount();
	for (const directory of ['home/ubuntu', 'log', 'shims']) mkdirSync(join(root, directory), {recursive: true});

	const isAllowed = authenticator({user, key: clientKey});
	const faults: SshFaults = {refuseAuth: false, dropNew: false, before: undefined};
	let logins = 0;

	const server = new ssh2.Server({hostKeys: [hostKey.private]}, (connection, client) => {
		let hangUp: (() => void) | undefined;
		connection.on('error', () => {});
		connection.on('authentication', context => {
			if (!faults.refuseAuth && isAllowed(context)) context.accept();
			else context.reject(['publickey']);
		});
		connection.on('ready', () => {
			const endpoints = `${client.ip} ${client.port} 127.0.0.1 ${listening.port}`;
			logins += 1;
			({hangUp} = serveConnection(connection, {
				shell: {root, user, token},
				endpoints,
				number: logins,
				before: () => faults.before,
			}));
		});
		connection.on('close', () => hangUp?.());
	});
	// A listener of our own, because ssh2's keeps its sockets to itself and ours must be cut without a goodbye.
	const listener = createServer(socket => {
		socket.setNoDelay(true);
		if (faults.dropNew) socket.destroy();
		else server.injectSocket(socket);
	});
	const listening = await listen(listener, port);
	const dropConnections = () => listening.sockets.forEach(socket => socket.destroy());

	return {
		address: '127.0.0.1',
		port: listening.port,
		user,
		root,
		hostKey: hostKey.public,
		knownHost: `[127.0.0.1]:${listening.port} ${hostKey.public}`,
		faults,
		connections: () => listening.sockets.size,
		dropConnections,
		close: async () => {
			await listening.close();
			await endProcesses(token);
		},
	};
};

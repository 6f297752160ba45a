import {readFileSync} from 'node:fs';
import ssh2 from 'ssh2';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Host} from '../../../src/domain/environment.ts';
import {createSessionManager} from '../../../src/services/ssh/session-manager.ts';
import {hasSshd, makeKey} from '../../support/real-sshd.ts';

const options = {environment: {HOME: '/nonexistent'}, sshBinary: '/nonexistent/ssh'};

test('session manager: one session per host, another when what it connects to differs', () => {
	const manager = createSessionManager(options);
	const host: Host = {name: 'web-1', address: '127.0.0.1'};
	const session = (wanted: Host) => manager.session(wanted);

	expect(session({...host})).toBe(session(host));
	expect(session({...host, port: 2222})).not.toBe(session(host));
	expect(session(host).status.state).toBe('idle');
});

describe.skipIf(!hasSshd)('a host that breaks the rules (skipped without ssh-keygen)', () => {
	const [hostKey, key] = [makeKey(), makeKey()];
	let server: ssh2.Server;
	let port = 0;
	beforeAll(async () => {
		server = new ssh2.Server({hostKeys: [readFileSync(hostKey.path)]}, client => {
			client.on('authentication', context => context.accept());
			client.on('error', () => {});
			client.on('session', accept => {
				accept().on('exec', (acceptExec, _reject, {command}) => {
					const channel = acceptExec();
					channel.write(command);
					if (command === 'exit status') channel.exit(0);
					channel.close();
				});
			});
		});
		await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		port = typeof address === 'object' && address ? address.port : 0;
	});
	afterAll(async () => new Promise<void>(resolve => server.close(() => resolve())));

	const host = (): Host => ({
		name: 'web-1',
		address: '127.0.0.1',
		port,
		user: 'me',
		identityFile: key.path,
		hostKeys: [hostKey.publicKey],
	});

	test('exec: an exit code that arrives together with the channel is not missed', async () => {
		const manager = createSessionManager(options);
		const session = manager.session(host());
		for (let count = 0; count < 20; count += 1) {
			expect(await session.exec('exit status', {lane: 'run'})).toMatchObject({code: 0, stdout: 'exit status'});
		}
		await manager.close();
	});

	test('exec: a channel closed without an exit code is link-lost, never success, and the link stays in use', async () => {
		const manager = createSessionManager(options);
		const session = manager.session(host());

		await expect(session.exec('nothing', {lane: 'run'})).rejects.toMatchObject({
			code: 'link-lost',
			why: 'The channel closed without an exit code.',
		});
		expect(session.status.state).toBe('ready');
		await manager.close();
	});

	test('session manager: close ends every session', async () => {
		const manager = createSessionManager(options);
		const session = manager.session(host());
		await session.connect();
		await manager.close();

		expect(session.status.state).toBe('closed');
	});
});

import {readFileSync} from 'node:fs';
import {once} from 'node:events';
import {type AddressInfo, createServer, type Server} from 'node:net';
import ssh2 from 'ssh2';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import type {Host} from '../../../src/domain/environments/environment.ts';
import {marksOf} from '../../../src/commands/frame/frame.ts';
import {outOfFrame} from '../../../src/commands/frame/out-of-frame.ts';
import {askHome, fromHome} from '../../../src/services/ssh/home.ts';
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
	let listener: Server;
	let port = 0;
	/** Commands that end when this host next refuses a channel. */
	const held: (() => void)[] = [];
	let isFull = false;
	let refusals = 0;
	beforeAll(async () => {
		const server = new ssh2.Server({hostKeys: [readFileSync(hostKey.path)]}, client => {
			client.on('authentication', context => context.accept());
			client.on('error', () => {});
			client.on('session', (accept, reject) => {
				if (isFull && refusals < 9) {
					refusals += 1;
					reject();
					held.pop()?.();
					return;
				}
				accept().on('exec', (acceptExec, _reject, {command: asked}) => {
					const channel = acceptExec();
					const {line = '', mark = ''} = outOfFrame(asked) ?? {};
					const marks = marksOf(mark);
					const say = (text: string): void => {
						channel.write(text);
						channel.stderr.write(text);
					};
					say(marks.begin);
					if (line === askHome) {
						channel.write('\u001Ehome /home/me\u001E');
						say(marks.end(0));
						channel.exit(0);
						channel.close();
						return;
					}
					const command = line.replace(fromHome('/home/me', ''), '');
					channel.write(command);
					if (command === 'hold') {
						held.push(() => {
							say(marks.end(0));
							channel.exit(0);
							channel.close();
						});
						return;
					}
					if (command === 'exit status') {
						say(marks.end(0));
						channel.exit(0);
					}
					channel.close();
				});
			});
		});
		// Its own listening socket would hold back each answer until the one before is acknowledged.
		listener = createServer({noDelay: true}, socket => server.injectSocket(socket));
		await once(listener.listen(0, '127.0.0.1'), 'listening');
		({port} = listener.address() as AddressInfo);
	});
	afterAll(async () => new Promise<void>(resolve => listener.close(() => resolve())));

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

	test('exec: a refused channel is tried again after the last of ours has ended, however often it was refused before', async () => {
		const manager = createSessionManager(options);
		onTestFinished(() => manager.close());
		const session = manager.session(host());
		const holding = Array.from({length: 7}, () => Promise.withResolvers<void>());
		const holders = holding.map(({resolve}) => session.exec('hold', {lane: 'run', onStdout: () => resolve()}));
		await Promise.all(holding.map(({promise}) => promise));
		isFull = true;

		// Each refusal ends one of the seven, and two more come when none of them is left.
		expect(await session.exec('exit status', {lane: 'run'})).toMatchObject({code: 0});
		expect(refusals).toBe(9);
		expect((await Promise.all(holders)).map(({code}) => code)).toEqual(holders.map(() => 0));
	});

	test('session manager: close ends every session', async () => {
		const manager = createSessionManager(options);
		const session = manager.session(host());
		await session.connect();
		await manager.close();

		expect(session.status.state).toBe('closed');
	});
});

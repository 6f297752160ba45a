import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {ExecOptions, Session, SessionStatus} from '../../../src/domain/ports.ts';
import {type FaultProxy, startFaultProxy} from '../../support/fault-proxy.ts';
import {hasSshd, makeKey, startSshd} from '../../support/real-sshd.ts';
import {type SshLab, startSshLab} from '../../support/ssh-lab.ts';

const run: ExecOptions = {lane: 'run'};

/** Resolves with the first status that fits, the present one included. */
const until = async (session: Session, fits: (status: SessionStatus) => boolean): Promise<SessionStatus> =>
	new Promise(resolve => {
		if (fits(session.status)) {
			resolve(session.status);
			return;
		}
		const leave = session.subscribe(status => {
			if (!fits(status)) return;
			leave();
			resolve(status);
		});
	});

const endless = async function* () {
	for (;;) yield await Promise.resolve(Buffer.alloc(64 * 1024));
};

describe.skipIf(!hasSshd)('links over a real sshd and a faulty network (skipped without /usr/sbin/sshd)', () => {
	let lab: SshLab;
	let proxy: FaultProxy;
	beforeAll(async () => {
		lab = await startSshLab();
		proxy = await startFaultProxy({port: lab.sshd.port});
	});
	afterAll(async () => {
		await lab.stop();
		await proxy.stop();
	});

	test('link: cut under a command is link-lost, never success, and the next exec connects again', async () => {
		const session = lab.session({port: proxy.port});
		const onStdout = (): void => proxy.cut();
		const command = session.exec('echo up; sleep 30; true', {...run, onStdout});

		await expect(command).rejects.toMatchObject({
			code: 'link-lost',
			now: expect.stringMatching(/may or may not/),
		});
		expect(session.status.state).toBe('failed');
		expect((await session.exec('echo again', run)).stdout).toBe('again\n');
		expect(session.status.state).toBe('ready');
	});

	test('link: cut under an upload is link-lost', async () => {
		const session = lab.session({port: proxy.port});
		await session.connect();
		let hasCut = false;
		const upload = session.exec('cat >/dev/null', {
			...run,
			input: endless(),
			onSent: bytes => {
				if (hasCut || bytes < 4_000_000) return;
				hasCut = true;
				proxy.cut();
			},
		});

		await expect(upload).rejects.toMatchObject({code: 'link-lost'});
	});

	test('link: a black hole is degraded first, then link-lost within the keepalive limit', async () => {
		const session = lab.session({port: proxy.port}, {keepaliveMs: 150, keepaliveMisses: 4});
		await session.connect();
		await until(session, ({rttMs}) => rttMs !== undefined);
		const command = session.exec('sleep 30', run);
		proxy.blackhole();
		const startedAt = performance.now();
		const states: string[] = [];
		session.subscribe(({state}) => states.push(state));

		await expect(command).rejects.toMatchObject({
			code: 'link-lost',
			why: expect.stringMatching(/has not answered for 0\.6 s/),
		});
		expect(performance.now() - startedAt).toBeLessThan(5 * 150 + 1500);
		expect(states).toContain('degraded');
		expect(states.at(-1)).toBe('failed');
		proxy.restore();
		expect((await session.exec('echo again', run)).stdout).toBe('again\n');
	});

	test('link: a short silence is degraded and then ready again, on the same connection', async () => {
		const before = proxy.accepted;
		const session = lab.session({port: proxy.port}, {keepaliveMs: 150, keepaliveMisses: 60});
		await session.connect();
		proxy.blackhole();
		const degraded = await until(session, ({state}) => state === 'degraded');
		proxy.restore();
		await until(session, ({state}) => state === 'ready');

		expect(degraded.reason).toMatch(/^No answer for 0\.\d+ s\.$/);
		expect((await session.exec('echo same', run)).stdout).toBe('same\n');
		expect(proxy.accepted - before).toBe(1);
	});

	test('link: a delayed link reports its round trip', async () => {
		const session = lab.session({port: proxy.port}, {keepaliveMs: 100});
		await session.connect();
		proxy.setDelay(40);
		const {rttMs} = await until(session, status => (status.rttMs ?? 0) >= 75);
		proxy.restore();

		expect(rttMs).toBeGreaterThanOrEqual(75);
	});

	test('connect: with patience it goes on trying until the host is back', async () => {
		const session = lab.session({port: proxy.port});
		proxy.refuse();
		const attempts: SessionStatus[] = [];
		session.subscribe(status => {
			attempts.push(status);
			if (status.state === 'reconnecting' && status.attempt === 3 && status.retryAt === undefined)
				proxy.restore();
		});
		await session.connect({patienceMs: 20_000});
		proxy.restore();

		expect(session.status.state).toBe('ready');
		expect(attempts.some(({state, retryAt}) => state === 'reconnecting' && retryAt !== undefined)).toBe(true);
	});

	test('connect: patience ends with the last reason', async () => {
		const session = lab.session({port: proxy.port});
		proxy.refuse();
		const startedAt = performance.now();

		await expect(session.connect({patienceMs: 500})).rejects.toMatchObject({code: 'unreachable'});
		expect(performance.now() - startedAt).toBeLessThan(5000);
		proxy.restore();
	});

	test('connect: one caller leaving does not disturb another', async () => {
		const session = lab.session({port: proxy.port});
		const stop = new AbortController();
		const leaving = session.connect({signal: stop.signal}).catch((error: unknown) => error);
		const staying = session.connect();
		stop.abort();

		expect(await leaving).toMatchObject({code: 'cancelled'});
		await staying;
		expect(session.status.state).toBe('ready');
	});

	test('connect: cancelled while the network is silent, it ends at once and is idle', async () => {
		proxy.blackhole();
		const session = lab.session({port: proxy.port});
		const stop = new AbortController();
		const connecting = session.connect({signal: stop.signal});
		await until(session, ({state}) => state === 'connecting');
		stop.abort();

		await expect(connecting).rejects.toMatchObject({code: 'cancelled', now: 'Nothing was changed.'});
		await until(session, ({state}) => state === 'idle');
		proxy.restore();
	});

	test('connect: cancelled while waiting for the next attempt', async () => {
		proxy.refuse();
		const session = lab.session({port: proxy.port});
		const stop = new AbortController();
		const connecting = session.connect({signal: stop.signal, patienceMs: 60_000});
		await until(session, ({retryAt}) => retryAt !== undefined);
		stop.abort();

		await expect(connecting).rejects.toMatchObject({code: 'cancelled'});
		proxy.restore();
	});

	test('connect: a silent host is unreachable after the time-out, with address and reason', async () => {
		proxy.blackhole();
		const session = lab.session({port: proxy.port}, {connectTimeoutMs: 300});

		await expect(session.connect()).rejects.toMatchObject({
			code: 'unreachable',
			why: `127.0.0.1:${proxy.port} did not finish the handshake in 0.3 s.`,
			now: 'Nothing was changed.',
		});
		proxy.restore();
	});

	test('connect: a port nobody listens on is unreachable, with address and reason', async () => {
		const gone = await startFaultProxy({port: lab.sshd.port});
		await gone.stop();
		const session = lab.session({port: gone.port});

		await expect(session.connect()).rejects.toMatchObject({
			code: 'unreachable',
			what: 'web-1 cannot be reached',
			why: `127.0.0.1:${gone.port} refused the connection: nothing listens there (ECONNREFUSED).`,
		});
		expect(session.status).toMatchObject({
			state: 'failed',
			reason: expect.stringContaining('ECONNREFUSED'),
		});
	});

	test('session: the host killed and started again with the same key is found again', async () => {
		const [key, hostKey] = [makeKey(), makeKey()];
		const first = await startSshd({authorizedKeys: [key.publicKey], hostKeys: [hostKey]});
		const session = lab.session({port: first.port, identityFile: key.path, hostKeys: [hostKey.publicKey]});
		await session.connect();
		await first.kill();
		await until(session, ({state}) => state === 'failed');
		const second = await startSshd({authorizedKeys: [key.publicKey], hostKeys: [hostKey], port: first.port});

		await session.connect({patienceMs: 5000});
		expect((await session.exec('echo back', run)).stdout).toBe('back\n');
		await second.stop();
	});

	test('session: a login refused after a good session is a lost link that says to sign in again', async () => {
		const [key, other, hostKey] = [makeKey(), makeKey(), makeKey()];
		const first = await startSshd({authorizedKeys: [key.publicKey], hostKeys: [hostKey]});
		const session = lab.session({port: first.port, identityFile: key.path, hostKeys: [hostKey.publicKey]});
		await session.connect();
		await first.kill();
		await until(session, ({state}) => state === 'failed');
		const second = await startSshd({authorizedKeys: [other.publicKey], hostKeys: [hostKey], port: first.port});
		const startedAt = performance.now();

		await expect(session.connect({patienceMs: 60_000})).rejects.toMatchObject({
			code: 'link-lost',
			next: expect.stringMatching(/^Sign in again/),
		});
		expect(performance.now() - startedAt).toBeLessThan(10_000);
		await second.stop();
	});

	test('session: a reconnect that meets another key stops hard, although that key would be accepted anew', async () => {
		const [key, hostKey, otherHostKey] = [makeKey(), makeKey(), makeKey()];
		const pins = {hostKeys: [hostKey.publicKey, otherHostKey.publicKey], identityFile: key.path};
		const first = await startSshd({authorizedKeys: [key.publicKey], hostKeys: [hostKey]});
		const session = lab.session({port: first.port, ...pins});
		await session.connect();
		await first.kill();
		await until(session, ({state}) => state === 'failed');
		const second = await startSshd({authorizedKeys: [key.publicKey], hostKeys: [otherHostKey], port: first.port});

		await expect(session.connect({patienceMs: 60_000})).rejects.toMatchObject({
			code: 'host-key-changed',
			why: expect.stringContaining('this session'),
		});
		await second.stop();
	});
});

import {once} from 'node:events';
import {type AddressInfo, createServer} from 'node:net';
import {setImmediate as turn} from 'node:timers/promises';
import {afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi} from 'vitest';
import type {ExecOptions, Session, SessionStatus} from '../../../../src/domain/ports.ts';
import {type FaultProxy, startFaultProxy} from '../../../support/fault-proxy.ts';
import {hasSshd, makeKey, startSshd} from '../../../support/real-sshd.ts';
import {type SshLab, startSshLab} from '../../../support/ssh-lab.ts';
import {until, untilTold} from '../../../support/wait.ts';

const run: ExecOptions = {lane: 'run'};

/** Every status a session tells from now on, for what is waited for and for what must not have been told. */
const listen = (session: Session): readonly SessionStatus[] => {
	const told: SessionStatus[] = [];
	session.subscribe(status => told.push(status));
	return told;
};

/** Resolves with the first status that fits, the present one included. */
const untilStatus = async (
	session: Session,
	what: string,
	fits: (status: SessionStatus) => boolean,
): Promise<SessionStatus> => {
	const told = listen(session);
	return untilTold(what, session, () => fits(session.status) && session.status, {
		show: () => [session.status, ...told],
	});
};

const isState =
	(state: SessionStatus['state']) =>
	(status: SessionStatus): boolean =>
		status.state === state;

/** Lets everything arrive that lies ready in a socket. */
const turns = async (): Promise<void> => {
	for (let count = 0; count < 10; count += 1) await turn();
};

/** The intervals of the keepalive go by when the test says so. */
const holdKeepalive = (): void => {
	vi.useFakeTimers({toFake: ['setInterval', 'clearInterval']});
	onTestFinished(() => void vi.useRealTimers());
};

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

	afterEach(() => proxy.restore());

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
		holdKeepalive();
		const session = lab.session({port: proxy.port}, {keepaliveMs: 150, keepaliveMisses: 4});
		await session.connect();
		await untilStatus(session, 'a round trip', ({rttMs}) => rttMs !== undefined);
		const up = Promise.withResolvers<void>();
		const command = session.exec('echo up; sleep 30', {...run, onStdout: () => up.resolve()});
		const lost = command.catch((error: unknown) => error);
		await up.promise;
		proxy.blackhole();
		await turns();
		const told = listen(session);
		// The first interval still has heard the command.
		for (let count = 0; count < 5; count += 1) {
			expect(session.status.state, `after ${count} intervals`).not.toBe('failed');
			vi.advanceTimersByTime(150);
			await turns();
		}

		expect(told.map(({state}) => state)).toEqual(['degraded', 'degraded', 'degraded', 'failed']);
		expect(await lost).toMatchObject({
			code: 'link-lost',
			why: expect.stringMatching(/has not answered for 0\.6 s/),
		});
		proxy.restore();
		expect((await session.exec('echo again', run)).stdout).toBe('again\n');
	});

	test('link: a short silence is degraded and then ready again, on the same connection', async () => {
		const before = proxy.accepted;
		// However long this machine is busy, the link is not given up.
		const session = lab.session({port: proxy.port}, {keepaliveMs: 50, keepaliveMisses: 1_000_000});
		await session.connect();
		proxy.blackhole();
		const degraded = await untilStatus(session, 'a silence', isState('degraded'));
		proxy.restore();
		await untilStatus(session, 'an answer', isState('ready'));

		expect(degraded.reason).toMatch(/^No answer for \d+(?:\.\d)? s\.$/);
		expect((await session.exec('echo same', run)).stdout).toBe('same\n');
		expect(proxy.accepted - before).toBe(1);
	});

	test('link: a delayed link reports its round trip', async () => {
		holdKeepalive();
		const session = lab.session({port: proxy.port}, {keepaliveMs: 100});
		await session.connect();
		await untilStatus(session, 'the first round trip', ({rttMs}) => rttMs !== undefined);
		proxy.setDelay(40);
		const told = listen(session);
		vi.advanceTimersByTime(100);
		await untilTold('another round trip', session, () => told.length > 0, {show: () => session.status});
		proxy.restore();

		// What the proxy adds in both directions: a busy machine adds more, never less.
		expect(told.at(-1)?.rttMs).toBeGreaterThanOrEqual(75);
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

	test('connect: patience ends with the last reason, and no pause goes beyond it', async () => {
		// The time that patience is measured by goes by when the test says so.
		vi.useFakeTimers({toFake: ['performance']});
		onTestFinished(() => void vi.useRealTimers());
		const session = lab.session({port: proxy.port});
		proxy.refuse();
		const told = listen(session);
		let failed: unknown;
		session.connect({patienceMs: 60_000}).catch((error: unknown) => (failed = error));
		await untilTold('a pause between attempts', session, () => told.some(({retryAt}) => retryAt !== undefined));
		vi.advanceTimersByTime(59_999);
		const before = told.filter(({retryAt}) => retryAt !== undefined).length;

		expect(await until('the end of patience', () => failed, {show: () => told})).toMatchObject({
			code: 'unreachable',
		});
		expect(told.filter(({retryAt}) => retryAt !== undefined)).toHaveLength(before);
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
		await untilStatus(session, 'an attempt', isState('connecting'));
		stop.abort();

		await expect(connecting).rejects.toMatchObject({code: 'cancelled', now: 'Nothing was changed.'});
		await untilStatus(session, 'the end of it', isState('idle'));
	});

	test('connect: cancelled while waiting for the next attempt', async () => {
		proxy.refuse();
		const session = lab.session({port: proxy.port});
		const stop = new AbortController();
		const connecting = session.connect({signal: stop.signal, patienceMs: 60_000});
		await untilStatus(session, 'a pause between attempts', ({retryAt}) => retryAt !== undefined);
		stop.abort();

		await expect(connecting).rejects.toMatchObject({code: 'cancelled'});
	});

	test('connect: a silent host is unreachable after the time-out, with address and reason', async () => {
		vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'performance']});
		onTestFinished(() => void vi.useRealTimers());
		const greeted = Promise.withResolvers<void>();
		const silent = createServer(socket => socket.once('data', () => greeted.resolve()));
		await once(silent.listen(0, '127.0.0.1'), 'listening');
		const {port} = silent.address() as AddressInfo;
		const session = lab.session({port});
		const failed = session.connect().catch((error: unknown) => error);
		await greeted.promise;
		vi.advanceTimersByTime(14_999);
		await turns();
		expect(session.status.state).toBe('connecting');
		vi.advanceTimersByTime(1);

		expect(await failed).toMatchObject({
			code: 'unreachable',
			why: `127.0.0.1:${port} did not finish the handshake in 15 s.`,
			now: 'Nothing was changed.',
		});
		silent.close();
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
		await untilStatus(session, 'the end of the host', isState('failed'));
		const second = await startSshd({authorizedKeys: [key.publicKey], hostKeys: [hostKey], port: first.port});

		await session.connect({patienceMs: 20_000});
		expect((await session.exec('echo back', run)).stdout).toBe('back\n');
		await second.stop();
	});

	test('session: a login refused after a good session is a lost link that says to sign in again', async () => {
		const [key, other, hostKey] = [makeKey(), makeKey(), makeKey()];
		const first = await startSshd({authorizedKeys: [key.publicKey], hostKeys: [hostKey]});
		const session = lab.session({port: first.port, identityFile: key.path, hostKeys: [hostKey.publicKey]});
		await session.connect();
		await first.kill();
		await untilStatus(session, 'the end of the host', isState('failed'));
		const second = await startSshd({authorizedKeys: [other.publicKey], hostKeys: [hostKey], port: first.port});
		const told = listen(session);

		await expect(session.connect({patienceMs: 60_000})).rejects.toMatchObject({
			code: 'link-lost',
			next: expect.stringMatching(/^Sign in again/),
		});
		// Patience is for a host that may come back, not for one that says no.
		expect(told.map(({state, retryAt}) => ({state, retryAt}))).toEqual([
			{state: 'reconnecting', retryAt: undefined},
			{state: 'failed', retryAt: undefined},
		]);
		await second.stop();
	});

	test('session: a reconnect that meets another key stops hard, although that key would be accepted anew', async () => {
		const [key, hostKey, otherHostKey] = [makeKey(), makeKey(), makeKey()];
		const pins = {hostKeys: [hostKey.publicKey, otherHostKey.publicKey], identityFile: key.path};
		const first = await startSshd({authorizedKeys: [key.publicKey], hostKeys: [hostKey]});
		const session = lab.session({port: first.port, ...pins});
		await session.connect();
		await first.kill();
		await untilStatus(session, 'the end of the host', isState('failed'));
		const second = await startSshd({authorizedKeys: [key.publicKey], hostKeys: [otherHostKey], port: first.port});

		await expect(session.connect({patienceMs: 60_000})).rejects.toMatchObject({
			code: 'host-key-changed',
			why: expect.stringContaining('this session'),
		});
		await second.stop();
	});
});

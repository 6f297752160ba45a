import {createHash, randomBytes} from 'node:crypto';
import {existsSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test, vi} from 'vitest';
import type {ExecOptions} from '../../../src/domain/ports.ts';
import {hasSshd, makeDirectory} from '../../support/real-sshd.ts';
import {type SshLab, startSshLab} from '../../support/ssh-lab.ts';
import {until} from '../../support/wait.ts';

const run: ExecOptions = {lane: 'run'};
const poll: ExecOptions = {lane: 'poll'};

const failing = async function* () {
	yield await Promise.resolve(Buffer.from('first'));
	throw new Error('disk gone');
};

/** A command that says `up`, waits to be told to go on, and notes that it did: it has no end of its own. */
const heldCommand = () => {
	const directory = makeDirectory();
	const [go, went] = [join(directory, 'go'), join(directory, 'went')];
	return {
		line: `echo up; until test -e ${go}; do sleep 0.05; done; echo went >${went}`,
		/** Resolves once it has gone on: it was neither ended nor over before. */
		letGoOn: async (): Promise<void> => {
			expect(existsSync(went)).toBe(false);
			writeFileSync(go, '');
			await until('the command to go on', () => existsSync(went));
		},
	};
};

const throwing = (): void => {
	throw new Error('listener gone');
};

describe.skipIf(!hasSshd)('exec over a real sshd (skipped without /usr/sbin/sshd)', () => {
	let lab: SshLab;
	beforeAll(async () => {
		lab = await startSshLab();
	});
	afterAll(async () => lab.stop());

	test('exec: gives exit code, standard output and standard error apart', async () => {
		const result = await lab.session().exec('echo out; echo err >&2; exit 7', run);

		expect(result).toMatchObject({code: 7, stdout: 'out\n', stderr: 'err\n'});
		expect(result.durationMs).toBeGreaterThan(0);
	});

	test('exec: every byte value comes back in order', async () => {
		const chunks: Uint8Array[] = [];
		const bytes = randomBytes(300_000);
		const {stdout} = await lab.session().exec('cat', {...run, input: bytes, onStdout: chunk => chunks.push(chunk)});

		expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
		expect(stdout).toBe('');
	});

	test('exec: text with characters of several bytes survives chunk borders', async () => {
		const text = 'añ日本🚀'.repeat(50_000);

		expect((await lab.session().exec('cat', {...run, input: text})).stdout).toBe(text);
	});

	test('exec: without input, standard input is at its end', async () => {
		expect(await lab.session().exec('cat; echo done', run)).toMatchObject({code: 0, stdout: 'done\n'});
	});

	test('exec: 20 MB stream to standard input arrives whole, and progress ends at its size', async () => {
		const block = randomBytes(1024 * 1024);
		const hash = createHash('sha256');
		const source = async function* () {
			for (let count = 0; count < 20; count += 1) {
				hash.update(block);
				yield await Promise.resolve(block);
			}
		};
		const sent: number[] = [];
		const {stdout} = await lab
			.session()
			.exec('sha256sum', {...run, input: source(), onSent: bytes => sent.push(bytes)});

		expect(stdout).toBe(`${hash.digest('hex')}  -\n`);
		expect(sent.at(-1)).toBe(20 * 1024 * 1024);
		expect(sent).toEqual([...sent].sort((a, b) => a - b));
	});

	test('exec: a 20 MB array is sent in pieces and arrives whole', async () => {
		const bytes = randomBytes(20 * 1024 * 1024);
		const sent: number[] = [];
		const {stdout} = await lab
			.session()
			.exec('sha256sum', {...run, input: bytes, onSent: count => sent.push(count)});

		expect(stdout).toBe(`${createHash('sha256').update(bytes).digest('hex')}  -\n`);
		expect(sent.length).toBeGreaterThan(20);
	});

	test('exec: a command that reads only part of its input still gives its code', async () => {
		const {code, stdout} = await lab
			.session()
			.exec('head -c 3; exit 4', {...run, input: Buffer.alloc(8 * 1024 * 1024, 'x')});

		expect({code, stdout}).toEqual({code: 4, stdout: 'xxx'});
	});

	test('exec: a source that fails fails the call with its own error, and the session stays', async () => {
		const session = lab.session();

		await expect(session.exec('cat', {...run, input: failing()})).rejects.toThrow('disk gone');
		expect((await session.exec('echo alive', run)).stdout).toBe('alive\n');
	});

	test('exec: a listener that throws fails its own call, and the session stays', async () => {
		const session = lab.session();
		session.subscribe(() => {
			throw new Error('screen gone');
		});

		await expect(session.exec('echo x; sleep 5', {...run, onStdout: throwing})).rejects.toThrow('listener gone');
		expect((await session.exec('echo $SSH_CONNECTION', run)).code).toBe(0);
		expect(session.status.state).toBe('ready');
	});

	test('exec: cancelling an upload ends its source at once', async () => {
		const session = lab.session();
		const stop = new AbortController();
		let hasEnded = false;
		const source = async function* () {
			try {
				for (;;) yield await Promise.resolve(Buffer.alloc(64 * 1024));
			} finally {
				hasEnded = true;
			}
		};
		const onSent = (bytes: number): void => {
			if (bytes > 1_000_000) stop.abort();
		};

		await expect(
			session.exec('sleep 8; true', {...run, input: source(), onSent, signal: stop.signal}),
		).rejects.toMatchObject({code: 'cancelled'});
		await until('the end of the source', () => hasEnded);
	});

	test('exec: a command killed by a signal is remote-signal, never a code', async () => {
		await expect(lab.session().exec('kill -9 $$', run)).rejects.toMatchObject({
			code: 'remote-signal',
			why: expect.stringContaining('SIGKILL'),
		});
	});

	test('exec: output beyond the limit fails the call and leaves the session usable', async () => {
		const session = lab.session();

		await expect(session.exec('head -c 200000 /dev/zero', {...run, maxOutputBytes: 100_000})).rejects.toMatchObject(
			{
				code: 'answer-unreadable',
				why: expect.stringContaining('100000 bytes'),
			},
		);
		expect((await session.exec('echo alive', run)).stdout).toBe('alive\n');
	});

	test('exec: exactly the limit is allowed', async () => {
		const {stdout} = await lab.session().exec('head -c 1000 /dev/zero', {...run, maxOutputBytes: 1000});

		expect(stdout).toHaveLength(1000);
	});

	test('exec: 30 at once on one connection all give their own answer (sshd allows 10 sessions)', async () => {
		const session = lab.session();
		const answers = await Promise.all(
			Array.from({length: 30}, (_, index) => session.exec(`echo ${index}; exit ${index}`, run)),
		);

		expect(answers.map(({code, stdout}) => [code, stdout])).toEqual(
			Array.from({length: 30}, (_, index) => [index, `${index}\n`]),
		);
	});

	test('exec: a run does not wait behind a flood of polls', async () => {
		const session = lab.session();
		await session.connect();
		const stop = new AbortController();
		const polls = Array.from({length: 20}, async () =>
			session.exec('sleep 60', {...poll, signal: stop.signal}).catch((error: unknown) => error),
		);
		const {stdout} = await session.exec('echo now', {...run, timeoutMs: 20_000});
		// None of them is over: they last until the end of this test.
		const over = await Promise.race([...polls, Promise.resolve()]);
		stop.abort();

		expect({stdout, over}).toEqual({stdout: 'now\n', over: undefined});
		expect(await Promise.all(polls)).toEqual(polls.map(() => expect.objectContaining({code: 'cancelled'})));
	});

	test('exec: a time-out ends the call although the command goes on', async () => {
		const session = lab.session();
		await session.connect();
		vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
		onTestFinished(() => void vi.useRealTimers());
		const {line, letGoOn} = heldCommand();
		const up = Promise.withResolvers<void>();
		const failed = session
			.exec(line, {...run, timeoutMs: 200, onStdout: () => up.resolve()})
			.catch((error: unknown) => error);
		await up.promise;
		vi.advanceTimersByTime(199);
		vi.advanceTimersByTime(1);

		expect(await failed).toMatchObject({code: 'timeout', why: expect.stringContaining('0.2 s')});
		vi.useRealTimers();
		await letGoOn();
	});

	test('exec: cancelling ends the call at once, even for a command that ignores TERM', async () => {
		const session = lab.session();
		const stop = new AbortController();
		const onStdout = (): void => stop.abort();
		const {line, letGoOn} = heldCommand();

		await expect(
			session.exec(`trap '' TERM; ${line}`, {...run, signal: stop.signal, onStdout}),
		).rejects.toMatchObject({code: 'cancelled'});
		expect((await session.exec('echo alive', run)).stdout).toBe('alive\n');
		await letGoOn();
	});

	test('exec: an aborted signal starts nothing', async () => {
		const session = lab.session();

		await expect(session.exec('true', {...run, signal: AbortSignal.abort()})).rejects.toMatchObject({
			code: 'cancelled',
		});
		expect(session.status.state).toBe('idle');
	});

	test('session: many callers share one connection', async () => {
		const session = lab.session();
		const answers = await Promise.all(Array.from({length: 6}, () => session.exec('echo $SSH_CONNECTION', run)));

		expect(new Set(answers.map(({stdout}) => stdout)).size).toBe(1);
	});

	test('session: tells the fingerprint of the key the host accepted', async () => {
		const session = lab.session();
		expect(session.keyFingerprint).toBeUndefined();
		await session.connect();

		expect(session.keyFingerprint).toBe(lab.key.fingerprint);
	});

	test('session: a closed one connects no more', async () => {
		const session = lab.session();
		await session.connect();
		await session.close();

		expect(session.status.state).toBe('closed');
		await expect(session.exec('true', run)).rejects.toMatchObject({code: 'cancelled'});
	});
});

describe.skipIf(!hasSshd)('a host that allows two sessions (skipped without /usr/sbin/sshd)', () => {
	test('exec: refused channels are opened again when one is free', async () => {
		const lab = await startSshLab({sshdOptions: ['MaxSessions 2']});
		const session = lab.session();
		const answers = await Promise.all(Array.from({length: 12}, (_, index) => session.exec(`echo ${index}`, run)));
		await lab.stop();

		expect(answers.map(({stdout}) => stdout.trim())).toEqual(Array.from({length: 12}, (_, index) => `${index}`));
	});
});

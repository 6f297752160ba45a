import {spawn, type ChildProcessByStdio} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Readable, Writable} from 'node:stream';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {haltJobs, renderScript, startOrAttachJob} from '../../src/commands/job.ts';
import {checkLock, closeRun, takeLock} from '../../src/commands/lock.ts';
import {renderCommand} from '../../src/commands/shell.ts';
import type {Command} from '../../src/domain/command.ts';

const state = {directory: 'state', app: 'backend', run: 'run-1'};

type Ended = {readonly code: number | null; readonly stdout: Buffer; readonly stderr: string};

/** How many ended with each code. */
const codes = (ends: readonly Ended[]): Readonly<Record<string, number>> =>
	Object.fromEntries(
		Object.entries(Object.groupBy(ends, ({code}) => String(code))).map(([code, all]) => [code, all?.length ?? 0]),
	);

/** Job programs need /proc, flock(1) and setsid(1), as the hosts have them. */
const isLinux = process.platform === 'linux';

describe.skipIf(!isLinux)(`jobs through a real sh${isLinux ? '' : ' (needs Linux)'}`, () => {
	let directory: string;
	const files = (...path: string[]): string => join(directory, 'state', ...path);
	const read = (...path: string[]): string => readFileSync(join(directory, ...path), 'utf8');

	beforeEach(() => {
		directory = mkdtempSync(join(tmpdir(), 'cockpit-job-'));
	});
	afterEach(async () => {
		for (const run of existsSync(files('jobs')) ? readdirSync(files('jobs')) : []) {
			const jobs = readdirSync(files('jobs', run), {withFileTypes: true}).filter(entry => entry.isDirectory());
			const attempt = Number(read('state/jobs', run, 'holder').split(' ')[1]);
			await finish(haltJobs({...state, run}, {attempt, jobs: jobs.map(({name}) => name)}));
		}
		rmSync(directory, {recursive: true});
	});

	const start = (command: Command): ChildProcessByStdio<Writable, Readable, Readable> => {
		const child = spawn('sh', ['-c', renderCommand(command)], {cwd: directory, stdio: 'pipe'});
		// One that only attaches does not read it.
		child.stdin.on('error', () => undefined);
		child.stdin.end(command.input ?? '');
		return child;
	};
	const collect = async (child: ChildProcessByStdio<Writable, Readable, Readable>): Promise<Ended> => {
		const [out, error]: [Buffer[], Buffer[]] = [[], []];
		child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
		child.stderr.on('data', (chunk: Buffer) => error.push(chunk));
		const [code] = (await once(child, 'close')) as [number | null];
		return {code, stdout: Buffer.concat(out), stderr: Buffer.concat(error).toString()};
	};
	const finish = async (command: Command): Promise<Ended> => collect(start(command));

	const take = async (attempt: number, name = 'Ravi', run = state.run): Promise<Ended> =>
		finish(
			takeLock(
				{...state, run},
				{attempt, holder: {name, machine: 'laptop'}, record: {version: 1, run}, entry: {type: 'started', run}},
			),
		);
	const job = (text: string, options: {attempt?: number; offset?: number; run?: string} = {}): Command => {
		const {attempt = 1, offset = 0, run = state.run} = options;
		return startOrAttachJob({...state, run}, {job: 'build', attempt, offset, script: text});
	};
	/** Members of the job's process group that live, leader and grandchildren alike. */
	const members = (): string[] => {
		const group = String(groupOf('build'));
		return readdirSync('/proc').filter(pid => {
			try {
				const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
					.replace(/^.*\) /s, '')
					.split(' ');
				return fields[2] === group && fields[0] !== 'Z';
			} catch {
				return false;
			}
		});
	};
	const groupOf = (name: string): number => Number(read('state/jobs/run-1', name, 'group').split(' ')[0]);
	/** Parent of the group's leader. */
	const supervisorOf = (name: string): number =>
		Number(
			readFileSync(`/proc/${groupOf(name)}/stat`, 'utf8')
				.replace(/^.*\) /s, '')
				.split(' ')[1],
		);
	const appears = async (name: string): Promise<void> => {
		await vi.waitFor(() => expect(existsSync(join(directory, name))).toBe(true), {timeout: 5000, interval: 10});
	};

	test('start: 8 who start one job at the same moment start it once, and all read all of it', async () => {
		await take(1);
		const script = renderScript([
			{argv: ['sh', '-c', 'echo ran >>runs; seq 2000']},
			{argv: ['sh', '-c', 'sleep 0.2; seq 2000 >&2; exit 7']},
		]);
		const ends = await Promise.all(Array.from({length: 8}, async () => finish(job(script))));

		const log = readFileSync(files('jobs/run-1/build/log'));
		expect(read('runs')).toBe('ran\n');
		expect(log.subarray(0, 2).toString()).toBe('\u001E0');
		for (const {code, stdout, stderr} of ends) {
			expect(code).toBe(0);
			expect(stdout.equals(log)).toBe(true);
			expect(stderr).toBe(`J exit 7 ${log.length}\n`);
		}
	});

	test('attach: at any offset, of a job that runs and of one that has ended, the rest comes byte for byte', async () => {
		await take(1);
		const text = String.raw`printf 'a\303\251\000\033[31m\r\n\036x\n'; echo 1 >half; while ! [ -e go ]; do sleep 0.01; done; printf 'end without newline'`;
		const first = start(job(text));
		const whole = collect(first);
		await appears('half');
		const size = readFileSync(files('jobs/run-1/build/log')).length;
		const running = Array.from({length: size + 1}, async (_, offset) => finish(job(text, {offset})));
		writeFileSync(join(directory, 'go'), '');
		const [{stdout}, ...others] = await Promise.all([whole, ...running]);

		const log = readFileSync(files('jobs/run-1/build/log'));
		expect(stdout.equals(log)).toBe(true);
		for (const [offset, other] of others.entries()) expect(other.stdout).toEqual(log.subarray(offset));
		for (const offset of [0, 5, log.length - 1, log.length]) {
			const {stdout: rest, stderr} = await finish(job(text, {offset}));
			expect(rest).toEqual(log.subarray(offset));
			expect(stderr).toBe(`J exit 0 ${log.length}\n`);
		}
	});

	test('a reader that is killed leaves the job alone', async () => {
		await take(1);
		const reader = start(job('echo 1 >half; while ! [ -e go ]; do sleep 0.01; done; echo done'));
		await appears('half');
		reader.kill('SIGKILL');
		writeFileSync(join(directory, 'go'), '');

		expect((await finish(job('', {offset: 0}))).stdout.toString()).toBe('done\n');
	});

	test('fence: without the lock nothing starts, and nothing is written for the run', async () => {
		await take(1, 'Ravi', 'run-0');
		const {code} = await finish(job('echo 1 >ran'));

		expect(code).toBe(97);
		expect(existsSync(join(directory, 'ran'))).toBe(false);
		expect(readdirSync(files('jobs'))).toEqual(['run-0']);
	});

	test('fence: a driver that was replaced may neither start, attach nor end, and learns by whom', async () => {
		await take(1);
		const text = 'echo 1 >half; while ! [ -e go ]; do sleep 0.01; done; echo done';
		const reading = finish(job(text));
		await appears('half');
		expect((await take(2, 'Asha')).stdout.toString()).toMatch(/^started build\ntoken 2\n/);

		for (const refused of [job(text), haltJobs(state, {attempt: 1, jobs: ['build']})]) {
			const {code, stderr} = await finish(refused);
			expect(code).toBe(97);
			expect(stderr).toContain('"name":"Asha"');
		}
		expect((await finish(checkLock(state, 1))).code).toBe(96);
		expect((await finish(checkLock(state, 2))).code).toBe(0);
		writeFileSync(join(directory, 'go'), '');
		expect((await reading).stdout.toString()).toBe('done\n');
		expect((await finish(job(text, {attempt: 2}))).stdout.toString()).toBe('done\n');
	});

	test('fence: after the run is closed its last driver still reads the end, the one before does not', async () => {
		await take(1);
		await take(2, 'Asha');
		const close = renderScript([closeRun(state, 'done', {type: 'finished'})]);
		expect((await finish(job(close, {attempt: 2}))).stderr).toMatch(/^J exit 0 /);
		expect(existsSync(files('lock/backend'))).toBe(false);

		expect((await finish(job(close, {attempt: 2}))).stderr).toMatch(/^J exit 0 /);
		expect((await finish(job(close, {attempt: 1}))).code).toBe(97);
		const other = startOrAttachJob(state, {job: 'other', attempt: 2, offset: 0, script: 'true'});
		expect((await finish(other)).code).toBe(97);
	});

	test('halt: the whole group ends, grandchildren and one that ignores TERM too', {timeout: 20_000}, async () => {
		await take(1);
		const text = `trap '' TERM; sh -c 'sh -c "sleep 600; :" & sleep 600; :' & echo 1 >half; sleep 600; :`;
		const reading = finish(job(text));
		await appears('half');
		await vi.waitFor(() => expect(members().length).toBeGreaterThanOrEqual(5), {interval: 10});

		expect(await finish(haltJobs(state, {attempt: 1, jobs: ['build']}))).toMatchObject({code: 0, stderr: ''});
		expect(members()).toEqual([]);
		expect((await reading).stderr).toMatch(/^J exit 137 /);
	});

	test('halt: a job asked for but not begun never begins', async () => {
		await take(1);
		expect((await finish(haltJobs(state, {attempt: 1, jobs: ['build']}))).code).toBe(0);

		expect((await finish(job('echo 1 >ran'))).stderr).toBe('J exit 143 0\n');
		expect(existsSync(join(directory, 'ran'))).toBe(false);
	});

	test('halt: a group of the same number that is not the job is left alone', async () => {
		await take(1);
		await finish(job('false'));
		const stranger = spawn('sleep', ['600'], {detached: true, stdio: 'ignore'});
		writeFileSync(files('jobs/run-1/build/group'), `${stranger.pid} 1\n`);

		expect((await finish(haltJobs(state, {attempt: 1, jobs: ['build']}))).code).toBe(0);
		expect(stranger.exitCode ?? stranger.signalCode).toBe(null);
		writeFileSync(files('jobs/run-1/build/group'), `${stranger.pid}\n`);
		writeFileSync(files('jobs/run-1/build/boot'), 'an earlier one\n');
		expect((await finish(haltJobs(state, {attempt: 1, jobs: ['build']}))).code).toBe(0);
		expect(stranger.exitCode ?? stranger.signalCode).toBe(null);
		stranger.kill('SIGKILL');
	});

	test('lost: a supervisor and its job that were killed, and a host that restarted, are told apart', async () => {
		await take(1);
		const reading = finish(job('echo said; sleep 600; :'));
		await vi.waitFor(() => expect(read('state/jobs/run-1/build/log')).toBe('said\n'), {interval: 10});
		const [group = ''] = read('state/jobs/run-1/build/group').split(' ');
		const supervisor = readFileSync(`/proc/${group}/stat`, 'utf8')
			.replace(/^.*\) /s, '')
			.split(' ')[1];
		process.kill(Number(supervisor), 'SIGKILL');
		process.kill(-Number(group), 'SIGKILL');

		expect(await reading).toMatchObject({code: 0, stderr: 'J lost killed 5\n'});
		writeFileSync(files('jobs/run-1/build/boot'), 'an earlier one\n');
		expect((await finish(job(''))).stderr).toBe('J lost reboot 5\n');
	});

	test('lost: a job that outlives its supervisor is called lost, and halt still finds and ends it', async () => {
		await take(1);
		const reading = finish(job('echo said; sleep 600; :'));
		await vi.waitFor(() => expect(read('state/jobs/run-1/build/log')).toBe('said\n'), {interval: 10});
		process.kill(supervisorOf('build'), 'SIGKILL');

		expect((await reading).stderr).toBe('J lost killed 5\n');
		expect(members().length).toBeGreaterThan(0);
		expect((await finish(haltJobs(state, {attempt: 1, jobs: ['build']}))).code).toBe(0);
		expect(members()).toEqual([]);
	});

	test('lock: of 8 who take it at the same moment one wins, the others are told who, and leave nothing', async () => {
		const names = Array.from({length: 8}, (_, index) => `run-${index}`);
		const ends = await Promise.all(names.map(async name => take(1, name, name)));

		const winner = ends.findIndex(({code}) => code === 0);
		expect(codes(ends)).toEqual({0: 1, 96: 7});
		for (const {code, stdout} of ends)
			if (code === 96) expect(stdout.toString()).toContain(`"name":"run-${winner}"`);
		expect(readdirSync(files('jobs'))).toEqual([`run-${winner}`]);
		expect(read('state/ledger.jsonl').trim().split('\n')).toHaveLength(1);
	});

	test('lock: of 8 who resume one run with the same attempt one goes on', async () => {
		await take(1);
		const ends = await Promise.all(Array.from({length: 8}, async (_, index) => take(2, `engineer ${index}`)));

		expect(codes(ends)).toEqual({0: 1, 96: 7});
	});
});

import {spawn, type ChildProcessByStdio} from 'node:child_process';
import {once} from 'node:events';
import {
	chmodSync,
	closeSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Readable, Writable} from 'node:stream';
import {describe, expect, test} from 'vitest';
import {haltJobs, renderScript, startOrAttachJob} from '../../../src/commands/job/job.ts';
import {closeRun, takeLock} from '../../../src/commands/lock/lock.ts';
import {renderCommand} from '../../../src/commands/shell.ts';
import type {Command} from '../../../src/domain/command.ts';
import {isDeep} from '../../support/depth.ts';
import {outputOf} from '../../support/run-program.ts';
import {until} from '../../support/wait.ts';

const state = {directory: 'state', app: 'backend', run: 'run-1'};

type Ended = {readonly code: number | null; readonly stdout: Buffer; readonly stderr: string};

/** How many ended with each code. */
const codes = (ends: readonly Ended[]): Readonly<Record<string, number>> =>
	Object.fromEntries(
		Object.entries(Object.groupBy(ends, ({code}) => String(code))).map(([code, all]) => [code, all?.length ?? 0]),
	);

type Reader = ChildProcessByStdio<Writable, Readable, Readable>;

const collect = async (child: Reader): Promise<Ended> => {
	const [out, error]: [Buffer[], Buffer[]] = [[], []];
	child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
	child.stderr.on('data', (chunk: Buffer) => error.push(chunk));
	const [code] = (await once(child, 'close')) as [number | null];
	return {code, stdout: Buffer.concat(out), stderr: Buffer.concat(error).toString()};
};

/** Resolves once each has printed something, or one has ended: what it said is then to be looked at. */
const attached = async (readers: readonly Reader[]): Promise<void> => {
	let printed = 0;
	for (const {stdout} of readers) stdout.once('data', () => (printed += 1));
	const isOver = (): boolean => readers.some(({exitCode}) => exitCode !== null);
	await until('every reader to print', () => printed === readers.length || isOver(), {
		show: () => `${printed} of ${readers.length} have`,
	});
};

/** Fields of `/proc/PID/stat` from the third on: state, parent, group. Undefined when it is gone. */
const statOf = (pid: string | number): readonly string[] | undefined => {
	try {
		return readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /s, '')
			.split(' ');
	} catch {
		return undefined;
	}
};

/** A login directory of its own; what runs there is ended with it. */
const openHost = () => {
	const directory = mkdtempSync(join(tmpdir(), 'cockpit-job-'));
	const gates: number[] = [];
	const files = (...path: string[]): string => join(directory, 'state', ...path);
	const read = (...path: string[]): string => readFileSync(join(directory, ...path), 'utf8');
	const start = (command: Command, path = process.env['PATH']): Reader => {
		const env = {...process.env, PATH: path};
		const child = spawn('sh', ['-c', renderCommand(command)], {cwd: directory, stdio: 'pipe', env});
		// One that only attaches does not read it.
		child.stdin.on('error', () => undefined);
		child.stdin.end(command.input ?? '');
		return child;
	};
	const finish = (command: Command, path?: string): Promise<Ended> => collect(start(command, path));
	const groupOf = (name: string): number => Number(read('state/jobs/run-1', name, 'group').split(' ')[0]);
	return {
		directory,
		files,
		read,
		start,
		finish,
		take: (attempt: number, name = 'Ravi', run = state.run): Promise<Ended> =>
			finish(
				takeLock(
					{...state, run},
					{
						attempt,
						holder: {name, machine: 'laptop'},
						record: {version: 1, run},
						entry: {type: 'started', run},
					},
				),
			),
		/** Members of the job's process group that live, leader and grandchildren alike. */
		members: (): string[] => {
			const group = String(groupOf('build'));
			return readdirSync('/proc').filter(pid => {
				const [kind, , of] = (/^\d/.test(pid) && statOf(pid)) || [];
				return of === group && kind !== 'Z';
			});
		},
		groupOf,
		/** Parent of the group's leader. */
		supervisorOf: (name: string): number => Number(statOf(groupOf(name))?.[1]),
		appears: (name: string): Promise<unknown> =>
			until(`the file ${name}`, () => existsSync(join(directory, name)), {
				show: () => readdirSync(directory, {recursive: true}),
			}),
		said: (text: string): Promise<unknown> => {
			const log = (): string =>
				existsSync(files('jobs/run-1/build/log')) ? read('state/jobs/run-1/build/log') : '';
			return until(`the job to say ${JSON.stringify(text)}`, () => log() === text, {show: log});
		},
		/** A job that reads a line of the file `go` waits until the gate is opened. */
		gate: async (): Promise<() => void> => {
			await outputOf(['mkfifo', join(directory, 'go')]);
			const gate = openSync(join(directory, 'go'), 'r+');
			gates.push(gate);
			return () => void writeSync(gate, '\n');
		},
		[Symbol.asyncDispose]: async (): Promise<void> => {
			for (const run of existsSync(files('jobs')) ? readdirSync(files('jobs')) : []) {
				const jobs = readdirSync(files('jobs', run), {withFileTypes: true}).filter(entry =>
					entry.isDirectory(),
				);
				const attempt = Number(read('state/jobs', run, 'holder').split(' ')[1]);
				await finish(haltJobs({...state, run}, {attempt, jobs: jobs.map(({name}) => name)}));
			}
			for (const gate of gates) closeSync(gate);
			rmSync(directory, {recursive: true});
		},
	};
};

const job = (text: string, options: {attempt?: number; offset?: number; run?: string} = {}): Command => {
	const {attempt = 1, offset = 0, run = state.run} = options;
	return startOrAttachJob({...state, run}, {job: 'build', attempt, offset, script: text});
};

/** Job programs need /proc, flock(1) and setsid(1), as the hosts have them. */
const isLinux = process.platform === 'linux';

// Each has a host of its own, and most of them wait.
describe.skipIf(!isLinux).concurrent(`jobs through a real sh${isLinux ? '' : ' (needs Linux)'}`, () => {
	test('start: 8 who start one job at the same moment start it once, and all read all of it', async () => {
		await using host = openHost();
		const {files, read, start, take, gate} = host;
		await take(1);
		const open = await gate();
		const script = renderScript([
			{argv: ['sh', '-c', 'echo ran >>runs; seq 2000']},
			{argv: ['sh', '-c', 'read -r go <go; seq 2000 >&2; exit 7']},
		]);
		const readers = Array.from({length: 8}, () => start(job(script)));
		const reading = Promise.all(readers.map(collect));
		await attached(readers);
		open();
		const ends = await reading;

		const log = readFileSync(files('jobs/run-1/build/log'));
		expect(read('runs')).toBe('ran\n');
		expect(log.subarray(0, 2).toString()).toBe('\u001E0');
		for (const {code, stdout, stderr} of ends) {
			expect({code, stderr}).toEqual({code: 0, stderr: `J exit 7 ${log.length}\n`});
			expect(stdout).toEqual(log);
		}
	});

	test('attach: at any offset, of a job that runs and of one that has ended, the rest comes byte for byte', async () => {
		await using host = openHost();
		const {files, start, finish, take, appears, gate} = host;
		await take(1);
		const text = String.raw`printf 'a\303\251\000\033[31m\r\n\036x\n'; echo 1 >half; read -r go <go; printf 'end without newline'`;
		const open = await gate();
		const whole = finish(job(text));
		await appears('half');
		const written = (): number => readFileSync(files('jobs/run-1/build/log')).length;
		await until('what was printed to be in the log', () => written() === 14, {show: written});
		const size = written();
		// In the middle of a character and of a line, and at the end of what is there.
		const offsets = isDeep ? Array.from({length: size + 1}, (_, offset) => offset) : [0, 1, 2, size - 1, size];
		const readers = offsets.map(offset => start(job(text, {offset})));
		const running = Promise.all(readers.map(collect));
		await attached(readers.slice(0, -1));
		open();
		const [{stdout}, others] = await Promise.all([whole, running]);

		const log = readFileSync(files('jobs/run-1/build/log'));
		expect(stdout).toEqual(log);
		for (const [index, offset] of offsets.entries()) expect(others[index]?.stdout).toEqual(log.subarray(offset));
		for (const offset of [0, 5, log.length - 1, log.length]) {
			const {stdout: rest, stderr} = await finish(job(text, {offset}));
			expect(rest).toEqual(log.subarray(offset));
			expect(stderr).toBe(`J exit 0 ${log.length}\n`);
		}
	});

	test('a reader that is killed leaves the job alone', async () => {
		await using host = openHost();
		const {start, finish, take, appears, gate} = host;
		await take(1);
		const open = await gate();
		const reader = start(job('echo 1 >half; read -r go <go; echo done'));
		await appears('half');
		reader.kill('SIGKILL');
		open();

		expect((await finish(job('', {offset: 0}))).stdout.toString()).toBe('done\n');
	});

	test('log: no secret is written down, by its name, its form, or because the host knows it; all else comes as it was', async () => {
		await using host = openHost();
		const {directory, read, finish, take} = host;
		await take(1);
		const env = join(directory, '.env');
		writeFileSync(
			env,
			'APP_ENV=local\nMAIL_PASSWORD="swordfish plain"\nAPP_KEY=base64:c3dvcmRmaXNo/c3dvcmRmaXNo+c3dv=\nJWT_SECRET=local\n',
		);
		const key = '-----BEGIN OPENSSH PRIVATE KEY-----\\nMIIEsecretkey\\n-----END OPENSSH PRIVATE KEY-----';
		const script = renderScript([
			{
				argv: [
					'sh',
					'-c',
					`printf 'mail by swordfish plain, %s\\n' 'bytes c3dvcmRmaXNo/c3dvcmRmaXNo+c3dv='; printf '%b\\n' '${key}'`,
				],
			},
			{
				argv: [
					'sh',
					'-c',
					'printf "APP_ENV is local; using password: YES; url https://bob:pw12@host/x, npm_abcdefghijklmnopqrst1"; exit 7',
				],
			},
		]);
		const command = startOrAttachJob(state, {
			job: 'build',
			attempt: 1,
			offset: 0,
			script,
			secrets: {owner: 'nobody', files: [env, `${env}.none`]},
		});
		const {stdout, stderr} = await finish(command);

		const log = [
			'\u001E0',
			'mail by ***, bytes ***',
			'-----BEGIN OPENSSH PRIVATE KEY-----',
			'***',
			'***-----END OPENSSH PRIVATE KEY-----',
			'\u001E1',
			'APP_ENV is local; using password: YES; url https://***@host/x, ***',
		].join('\n');
		expect(read('state/jobs/run-1/build/log')).toBe(log);
		expect(stdout.toString()).toBe(log);
		expect(stderr).toBe(`J exit 7 ${Buffer.byteLength(log)}\n`);
	});

	test('log: where there is no perl it says that nothing is hidden in it', async () => {
		await using host = openHost();
		const {directory, finish, take} = host;
		await take(1);
		const tools = join(directory, 'tools');
		mkdirSync(tools);
		for (const place of ['/bin', '/usr/bin'])
			for (const tool of readdirSync(place).filter(name => !name.startsWith('perl')))
				if (!existsSync(join(tools, tool))) symlinkSync(join(place, tool), join(tools, tool));

		const {stdout, stderr} = await finish(job('echo built'), tools);

		const log = '[no perl on this host: secrets that programs print are not hidden in its log]\nbuilt\n';
		expect({stdout: stdout.toString(), stderr}).toEqual({stdout: log, stderr: `J exit 0 ${log.length}\n`});
	});

	test('log: what has no end yet is there all the same, but for what may become a secret', async () => {
		await using host = openHost();
		const {finish, take, said, gate} = host;
		await take(1);
		const open = await gate();
		const ended = finish(job("printf 'working 45%% DB_PASSWORD=abc'; read -r go <go; printf 'def done'"));
		await said('working 45% ');
		open();

		expect((await ended).stdout.toString()).toBe('working 45% DB_PASSWORD=*** done');
	});

	test('log: a job ends whatever it leaves running, and what that says is read on', async () => {
		await using host = openHost();
		const {finish, take, said, gate} = host;
		await take(1);
		const open = await gate();
		const {stdout, stderr} = await finish(
			job('(echo 1 >half; read -r go <go; echo token=abcdef12) & until [ -e half ]; do :; done; echo first'),
		);
		expect({stdout: stdout.toString(), stderr}).toEqual({stdout: 'first\n', stderr: 'J exit 0 6\n'});
		open();
		await said('first\ntoken=***\n');
	});

	test('log: a redactor that somebody kills is followed by another, and the job hears nothing of it', async () => {
		await using host = openHost();
		const {finish, take, said, gate, supervisorOf} = host;
		await take(1);
		const open = await gate();
		const reading = finish(job('echo before; read -r go <go; echo password=abc'));
		await said('before\n');
		const supervisor = String(supervisorOf('build'));
		const parentOf = (pid: string | undefined): string | undefined => statOf(pid ?? '')?.[1];
		const redactors = readdirSync('/proc').filter(
			pid =>
				/^\d/.test(pid) &&
				parentOf(parentOf(pid)) === supervisor &&
				parentOf(pid) !== String(host.groupOf('build')),
		);
		for (const pid of redactors) process.kill(Number(pid), 'SIGKILL');
		open();

		expect(redactors).toHaveLength(1);
		const {stdout, stderr} = await reading;
		expect({stdout: stdout.toString(), stderr}).toEqual({
			stdout: 'before\npassword=***\n',
			stderr: 'J exit 0 20\n',
		});
	});

	test('fence: without the lock nothing starts, and nothing is written for the run', async () => {
		await using host = openHost();
		const {directory, files, finish, take} = host;
		await take(1, 'Ravi', 'run-0');
		const {code} = await finish(job('echo 1 >ran'));

		expect(code).toBe(97);
		expect(existsSync(join(directory, 'ran'))).toBe(false);
		expect(readdirSync(files('jobs'))).toEqual(['run-0']);
	});

	test('fence: a driver that was replaced may neither start, attach nor end, and learns by whom', async () => {
		await using host = openHost();
		const {finish, take, appears, gate} = host;
		await take(1);
		const open = await gate();
		const text = 'echo 1 >half; read -r go <go; echo done';
		const reading = finish(job(text));
		await appears('half');
		expect((await take(2, 'Asha')).stdout.toString()).toMatch(/^started build\ntoken 2\n/);

		for (const refused of [job(text), haltJobs(state, {attempt: 1, jobs: ['build']})]) {
			const {code, stderr} = await finish(refused);
			expect(code).toBe(97);
			expect(stderr).toContain('"name":"Asha"');
		}
		open();
		expect((await reading).stdout.toString()).toBe('done\n');
		expect((await finish(job(text, {attempt: 2}))).stdout.toString()).toBe('done\n');
	});

	test('fence: after the run is closed its last driver still reads the end, the one before does not', async () => {
		await using host = openHost();
		const {files, finish, take} = host;
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

	/** The real one once it has been asked for 50 times. */
	const sleep = `#!/bin/sh
echo "$1" >>slept
[ "$(wc -l <slept)" -le 50 ] || exec /bin/sleep "$1"
`;

	test('halt: the whole group ends, grandchildren too, and after 5 s one that ignores TERM', async () => {
		await using host = openHost();
		const {directory, read, finish, take, members, appears} = host;
		await take(1);
		const text = `trap '' TERM; sh -c 'sh -c "sleep 600; :" & sleep 600; :' & echo 1 >half; sleep 600; :`;
		const reading = finish(job(text));
		await appears('half');
		await until('five members of the group', () => members().length >= 5, {show: members});
		// A sleep that notes what it is asked for and keeps nobody waiting, until all the time before KILL is used up.
		mkdirSync(join(directory, 'bin'));
		writeFileSync(join(directory, 'bin/sleep'), sleep);
		chmodSync(join(directory, 'bin/sleep'), 0o755);
		const halting = haltJobs(state, {attempt: 1, jobs: ['build']});

		expect(await finish(halting, `${join(directory, 'bin')}:${process.env['PATH']}`)).toMatchObject({
			code: 0,
			stderr: '',
		});
		const slept = read('slept').trim().split('\n').map(Number);
		expect(slept.slice(0, 50)).toEqual(Array.from({length: 50}, () => 0.1));
		expect(members()).toEqual([]);
		expect((await reading).stderr).toMatch(/^J exit 137 /);
	});

	test('halt: a job asked for but not begun never begins', async () => {
		await using host = openHost();
		const {directory, finish, take} = host;
		await take(1);
		expect((await finish(haltJobs(state, {attempt: 1, jobs: ['build']}))).code).toBe(0);

		expect((await finish(job('echo 1 >ran'))).stderr).toBe('J exit 143 0\n');
		expect(existsSync(join(directory, 'ran'))).toBe(false);
	});

	test('halt: a group of the same number that is not the job is left alone', async () => {
		await using host = openHost();
		const {files, finish, take} = host;
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
		await using host = openHost();
		const {files, finish, take, groupOf, supervisorOf, said} = host;
		await take(1);
		const reading = finish(job('echo said; sleep 600; :'));
		await said('said\n');
		const group = groupOf('build');
		process.kill(supervisorOf('build'), 'SIGKILL');
		process.kill(-group, 'SIGKILL');

		expect(await reading).toMatchObject({code: 0, stderr: 'J lost killed 5\n'});
		writeFileSync(files('jobs/run-1/build/boot'), 'an earlier one\n');
		expect((await finish(job(''))).stderr).toBe('J lost reboot 5\n');
	});

	test('lost: a job that outlives its supervisor is called lost, and halt still finds and ends it', async () => {
		await using host = openHost();
		const {finish, take, members, supervisorOf, said} = host;
		await take(1);
		const reading = finish(job('echo said; sleep 600; :'));
		await said('said\n');
		process.kill(supervisorOf('build'), 'SIGKILL');

		expect((await reading).stderr).toBe('J lost killed 5\n');
		expect(members().length).toBeGreaterThan(0);
		expect((await finish(haltJobs(state, {attempt: 1, jobs: ['build']}))).code).toBe(0);
		expect(members()).toEqual([]);
	});

	test('lock: of 8 who take it at the same moment one wins, the others are told who, and leave nothing', async () => {
		await using host = openHost();
		const {files, read, take} = host;
		const names = Array.from({length: 8}, (_, index) => `run-${index}`);
		const ends = await Promise.all(names.map(async name => take(1, name, name)));

		const winner = ends.findIndex(({code}) => code === 0);
		expect(codes(ends)).toEqual({0: 1, 96: 7});
		for (const {stdout} of ends.filter(({code}) => code === 96))
			expect(stdout.toString()).toContain(`"name":"run-${winner}"`);
		expect(readdirSync(files('jobs'))).toEqual([`run-${winner}`]);
		expect(read('state/ledger.jsonl').trim().split('\n')).toHaveLength(1);
	});

	test('lock: of 8 who resume one run with the same attempt one goes on', async () => {
		await using host = openHost();
		const {take} = host;
		await take(1);
		const ends = await Promise.all(Array.from({length: 8}, async (_, index) => take(2, `engineer ${index}`)));

		expect(codes(ends)).toEqual({0: 1, 96: 7});
	});
});

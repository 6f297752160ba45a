import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.ts';
import {startCockpit, type CockpitEvent, type Finished, type RunningCockpit} from '../support/cockpit.ts';
import {connect, exec, type Result} from '../sandbox/support.ts';
import {sandboxPast} from '../support/sandbox-past.ts';
import {runProgram} from '../support/run-program.ts';
import {until} from '../support/wait.ts';

let directory: string;
let sandbox: Sandbox;
let host: string;
const www = (path: string): string => join(host, 'var/www/qsights', path);
const state = (path: string): string => join(host, 'home/ubuntu/.cockpit/qsights/preprod', path);
const lock = (): string => readFileSync(state('lock/backend'), 'utf8');

beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-abandon-'));
	sandbox = await startSandbox({directory: join(directory, 'box'), past: sandboxPast});
	host = join(directory, 'box/preprod');
});
afterAll(async () => {
	await sandbox.close();
	rmSync(directory, {recursive: true});
});

const start = (name: string, ...args: readonly string[]): RunningCockpit => {
	const home = join(directory, name);
	mkdirSync(home, {recursive: true});
	return startCockpit([...args, '--env', 'preprod'], {
		config: sandbox.config,
		home,
		environment: {COCKPIT_ACTOR: name},
	});
};
const cockpit = (name: string, ...args: readonly string[]): Promise<Finished> => start(name, ...args).finished;

/** The release before, by its name: behind a rollback it is the one that was left. */
const besideLive = (): string => readFileSync(state('previous-backend'), 'utf8').trim();

/** A deploy whose cockpit is killed at the first event that matches. Answers with its run. */
const killedAt = async (matches: (event: CockpitEvent) => boolean): Promise<string> => {
	const running = start('Ravi', 'deploy', 'backend', '--confirm', 'yes', '--migrate', 'run', '--json');
	await running.waitFor(matches);
	running.child.kill('SIGKILL');
	await running.finished;
	return lock().split(' ')[0] ?? '';
};

test('a run that was killed before its swap is ended by a colleague, and a rollback goes on from there', async () => {
	const live = readlinkSync(www('backend'));
	const releases = readdirSync(www('.backend/releases'));
	const run = await killedAt(({type}) => type === 'lock.taken');
	const back = (): Promise<Finished> =>
		cockpit('Asha', 'rollback', 'backend', '--to', besideLive(), '--confirm', 'ROLLBACK');

	expect((await cockpit('Asha', 'status')).stdout).toContain(`run ${run}, `);

	const before = lock();
	const unasked = await cockpit('Asha', 'resume', run, '--abandon');
	expect(unasked.code).toBe(1);
	expect(lock()).toBe(before);

	const {code, stdout, stderr} = await cockpit('Asha', 'resume', run, '--abandon', '--confirm', 'TAKE-OVER');

	expect(code, stderr + stdout).toBe(0);
	expect(stdout).toContain(`Run ${run} is over: abandoned. Live backend is untouched`);
	expect(existsSync(state('lock/backend'))).toBe(false);
	expect(readlinkSync(www('backend'))).toBe(live);
	expect(readdirSync(www('.backend/releases'))).toEqual(releases);
	const told = readFileSync(state('ledger.jsonl'), 'utf8')
		.trim()
		.split('\n')
		.map(line => JSON.parse(line) as {type: string; actor?: {name: string}; data: {run?: string}})
		.flatMap(({type, actor, data}) => (data.run === run ? [`${type} by ${actor?.name}`] : []));
	expect(told.filter(line => !line.startsWith('deploy.resumed'))).toEqual([
		'deploy.started by Ravi',
		'deploy.abandoned by Asha',
	]);
	expect((await cockpit('Ravi', 'resume', run)).stdout).toMatch(
		/ended: abandoned\. It gave up deploying backend \w+, by Asha, .*Live is backend \w/,
	);
	expect((await back()).code).toBe(0);
	expect(readlinkSync(www('backend'))).not.toBe(live);
});

test('a rollback leaves a run alone that lives, takes over one that was killed, and needs no disk here', async () => {
	const running = start('Ravi', 'deploy', 'backend', '--confirm', 'yes', '--migrate', 'run', '--json');
	await running.waitFor(({type}) => type === 'lock.taken');
	const run = lock().split(' ')[0] ?? '';
	const jobs = (): readonly string[] =>
		readdirSync(state(`jobs/${run}`)).filter(name => existsSync(state(`jobs/${run}/${name}/started`)));
	await until('its driver is known', () => statSync(state(`jobs/${run}/driver.1`)).mtimeMs === 0);
	// It waits, as for its person: nothing of it runs on the host.
	running.child.kill('SIGSTOP');
	await until('no job of it runs', () => jobs().every(job => existsSync(state(`jobs/${run}/${job}/exit`))));
	const live = readlinkSync(www('backend'));
	const goBack = ['rollback', 'backend', '--to', besideLive(), '--confirm', 'ROLLBACK'] as const;

	const refused = await cockpit('Asha', ...goBack);
	expect(refused.code, refused.stderr).toBe(6);
	expect(refused.stderr).toContain(`Ravi on `);
	expect(refused.stderr).toContain(`cockpit resume ${run} --env preprod`);
	expect(readlinkSync(www('backend'))).toBe(live);

	running.child.kill('SIGKILL');
	await running.finished;
	const home = join(directory, 'full');
	mkdirSync(home);
	// A disk of 16 kB, which is full before the run begins.
	const {code, stdout, stderr} = await runProgram(
		[
			'unshare',
			'-m',
			'sh',
			'-c',
			'mount -t tmpfs -o size=16k tmpfs "$XDG_STATE_HOME" && head -c 16384 /dev/zero >"$XDG_STATE_HOME/all" && exec "$@"',
			'sh',
			process.execPath,
			new URL('../../dist/cockpit.mjs', import.meta.url).pathname,
			'--config',
			sandbox.config,
			...goBack,
			'--env',
			'preprod',
		],
		{env: {...process.env, HOME: home, XDG_STATE_HOME: home, COCKPIT_ACTOR: 'Asha'}},
	);

	expect(code, stderr + stdout).toBe(0);
	expect(stdout).toMatch(/the log of this run is not kept here: no room on .*; it goes on/);
	expect(stdout).toContain(`took over run ${run} of Ravi on `);
	expect(readlinkSync(www('backend'))).not.toBe(live);
	expect(existsSync(state('lock/backend'))).toBe(false);
	const ends = readFileSync(state('ledger.jsonl'), 'utf8')
		.split('\n')
		.filter(line => line.includes(`"run":"${run}"`) && /deploy\.(?:abandoned|failed)/.test(line));
	expect(ends).toHaveLength(1);
	expect(ends[0]).toContain('"takenOverBy":"');
	const {stdout: history} = await cockpit('Asha', 'history');
	expect(history).toMatch(/taken over by rollback \S+-backend-/);
});

test('a run whose swap has begun is not ended so: nothing is taken from its driver, and it can be driven on', async () => {
	const run = await killedAt(({type}) => type === 'live.changed');
	const before = lock();

	const refused = await cockpit('Asha', 'resume', run, '--abandon', '--confirm', 'TAKE-OVER');

	expect(refused.stderr).toMatch(/Run \S+ is not ended\n +Why +its swap has begun/);
	expect(refused.stderr).toContain(`cockpit resume ${run} --env preprod`);
	expect(refused.code).toBe(1);
	expect(lock()).toBe(before);
	expect((await cockpit('Ravi', 'resume', run)).code).toBe(0);
});

test('a run that was killed at its swap and undone by hand ends with what is live, and records nothing', async () => {
	const live = readlinkSync(www('backend'));
	const run = await killedAt(({type}) => type === 'live.changed');
	await until('the end of the swap on the host', () => existsSync(state(`jobs/${run}/swap/exit`)));
	const candidate = readlinkSync(www('backend'));
	expect(candidate).not.toBe(live);
	const login = sandbox.hosts.find(({environment}) => environment === 'preprod');
	if (!login) throw new TypeError('no host');
	const client = await connect(login, readFileSync(sandbox.keyFile, 'utf8'));
	const byHand = (): Promise<Result> => exec(client, 'sh .cockpit/qsights/preprod/rollback-backend.sh');
	const nameOf = (link: string): string => link.split('/').at(-1) ?? '';

	const back = await byHand();
	expect(back, back.stderr).toMatchObject({code: 0});
	expect(back.stdout).toContain(`run ${run} holds the lock of the backend: Ravi on `);
	expect(back.stdout).toContain(`the backend goes from ${nameOf(candidate)} to ${nameOf(live)}\n`);
	expect(readlinkSync(www('backend'))).toBe(live);

	const {stdout: status} = await cockpit('Asha', 'status');
	expect(status).toMatch(new RegExp(`backend +${nameOf(live)}, put live by hand at .* by `));
	expect(status).toContain(`run ${run} holds the lock still`);
	expect(status).not.toMatch(new RegExp(`${nameOf(live)}.*live since`));

	const resumed = await cockpit('Ravi', 'resume', run);
	expect(resumed.code, resumed.stderr + resumed.stdout).toBe(4);
	expect(resumed.stderr).toContain('Somebody changed by hand what is live of the backend');
	expect(resumed.stderr).toMatch(new RegExp(`live is ${nameOf(live)} now, put live by hand at .* by `));
	expect(resumed.stderr).toContain('put there by hand.');
	expect(resumed.stdout).not.toContain('live is now');
	expect(readlinkSync(www('backend'))).toBe(live);
	expect(existsSync(state('lock/backend'))).toBe(false);
	const told = readFileSync(state('ledger.jsonl'), 'utf8')
		.split('\n')
		.filter(line => line.includes(run));
	expect(told.at(-1)).toMatch(/"type":"deploy\.failed".*"byHand":true/);
	expect(told.join('\n')).not.toContain('deploy.finished');

	expect((await byHand()).stdout).toContain(`live is ${nameOf(live)}, the release before already`);
	expect(readlinkSync(www('backend'))).toBe(live);
});

test('what was kept here and on the host is for its owner alone', () => {
	const open = (root: string): readonly string[] =>
		readdirSync(root, {recursive: true, withFileTypes: true}).flatMap(entry => {
			const path = join(entry.parentPath, entry.name);
			if (!entry.isDirectory() && !entry.isFile()) return [];
			return (statSync(path).mode & 0o077) === 0 ? [] : [path];
		});

	expect(existsSync(join(directory, 'Ravi/state/cockpit'))).toBe(true);
	for (const root of [join(directory, 'Ravi/state'), join(directory, 'Asha/state'), state('')])
		expect(open(root)).toEqual([]);
});

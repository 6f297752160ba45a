import {execFileSync} from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.ts';
import {startCockpit, type CockpitEvent, type Finished, type RunningCockpit} from '../support/cockpit.ts';
import {sandboxPast} from '../support/sandbox-past.ts';

let directory: string;
let sandbox: Sandbox;
let host: string;
const base = (path: string): string => join(host, 'var/www/qsights/.backend', path);
const state = (path: string): string => join(host, 'home/ubuntu/.cockpit/qsights/preprod', path);
const env = (): string => readFileSync(base('shared/.env'), 'utf8');
const cached = (): string => readFileSync(join(host, 'var/www/qsights/backend/bootstrap/cache/config.php'), 'utf8');
const hushed = 'Hushed 4711';

beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-set-env-'));
	sandbox = await startSandbox({directory: join(directory, 'box'), past: sandboxPast});
	host = join(directory, 'box/preprod');
	const policy = 'environments/preprod.yaml';
	const file = join(sandbox.config, policy);
	const text = readFileSync(file, 'utf8').replaceAll(/within: 30s/g, 'within: 5s');
	writeFileSync(file, text);
	const git = (...args: readonly string[]): unknown =>
		execFileSync('git', ['-C', sandbox.config, '-c', 'user.name=Ravi', '-c', 'user.email=r@example.com', ...args]);
	git('commit', '--quiet', '--message', 'Wait less', '--', policy);
});
afterAll(async () => {
	await sandbox.close();
	rmSync(directory, {recursive: true});
});

const start = (name: string, input: string, ...args: readonly string[]): RunningCockpit => {
	const home = join(directory, name);
	mkdirSync(home, {recursive: true});
	return startCockpit([...args, '--env', 'preprod'], {
		config: sandbox.config,
		home,
		environment: {COCKPIT_ACTOR: name},
		input,
	});
};
const cockpit = (name: string, input: string, ...args: readonly string[]): Promise<Finished> =>
	start(name, input, ...args).finished;
const set = (name: string, key: string, value: string, ...more: readonly string[]): Promise<Finished> =>
	cockpit(name, value, 'env', 'set', key, '--confirm', 'yes', ...more);

/** A change whose cockpit is killed at the first event that matches. Answers with its run. */
const killedAt = async (value: string, matches: (event: CockpitEvent) => boolean): Promise<string> => {
	const running = start('Ravi', value, 'env', 'set', 'APP_NAME', '--confirm', 'yes', '--json');
	await running.waitFor(matches);
	running.child.kill('SIGKILL');
	await running.finished;
	return readFileSync(state('lock/backend'), 'utf8').split(' ')[0] ?? '';
};

const told = (): readonly string[] =>
	readFileSync(state('ledger.jsonl'), 'utf8')
		.trim()
		.split('\n')
		.map(line => JSON.parse(line) as {type: string; data: {wentBack?: boolean}})
		.flatMap(({type, data}) =>
			/^(?:set-env|env)\./.test(type) ? [`${type}${data.wentBack === true ? ', went back' : ''}`] : [],
		);

/** Every file below a directory that holds a text. */
const holding = (top: string, text: string): readonly string[] =>
	readdirSync(top, {recursive: true, encoding: 'utf8', withFileTypes: true}).flatMap(entry => {
		const file = join(entry.parentPath, entry.name);
		return entry.isFile() && readFileSync(file).includes(text) ? [file] : [];
	});

test('a value is set: the app runs with it, the old file is kept, and it stands in no record of anything', async () => {
	const old = env();
	const mode = statSync(base('shared/.env')).mode;

	const {code, stdout, stderr} = await set('Ravi', 'APP_NAME', `${hushed}\n`);

	expect(code, stderr + stdout).toBe(0);
	expect(env()).toBe(old.replace(/^APP_NAME=.*$/m, `APP_NAME='${hushed}'`));
	expect(statSync(base('shared/.env')).mode).toBe(mode);
	expect(cached()).toContain(`'app_name' => '${hushed}'`);
	const [kept = ''] = readdirSync(base('env-kept'));
	expect(readFileSync(base(`env-kept/${kept}`), 'utf8')).toBe(old);
	expect(stdout).toContain(kept);
	expect(told()).toEqual(['set-env.started', 'env.set', 'set-env.finished']);
	expect(stdout + stderr).not.toContain(hushed);
	const places = new Set(holding(directory, hushed).map(file => realpathSync(file).slice(realpathSync(host).length)));
	const caches = [...places].filter(place => place.endsWith('/bootstrap/cache/config.php'));
	expect([...places].filter(place => !caches.includes(place))).toEqual(['/var/www/qsights/.backend/shared/.env']);
	// That of live, and those that can be gone back to.
	expect(caches).toHaveLength(readdirSync(base('releases')).length);

	const again = await set('Ravi', 'APP_NAME', hushed);
	expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('nothing to change')]);
	expect(told()).toHaveLength(3);
});

test('the next board names the change, and takes the release for the one that was deployed', async () => {
	const {stdout} = await startCockpit(['gate', 'backend', '--env', 'production', '--json'], {
		config: sandbox.config,
		home: join(directory, 'Ravi'),
	}).finished;

	expect(stdout).toMatch(/soak restarted at \d\d:\d\d IST by env\.set APP_NAME, Ravi/);
	expect(stdout).toMatch(/"gate":"identity","state":"met"/);
});

test('killed behind the rename: a colleague is kept out, then drives it to its end', async () => {
	const run = await killedAt('Second', ({type}) => type === 'live.changed');

	const locked = await set('Asha', 'APP_NAME', 'Third');
	expect(locked.code, locked.stderr).toBe(6);
	expect(locked.stderr).toContain(`cockpit resume ${run} --env preprod`);

	const {code, stdout, stderr} = await cockpit('Asha', '', 'resume', run, '--confirm', 'TAKE-OVER');
	expect(code, stderr + stdout).toBe(0);
	expect(env()).toContain("APP_NAME='Second'\n");
	expect(cached()).toContain("'app_name' => 'Second'");
	expect(told().slice(-2)).toEqual(['env.set', 'set-env.finished']);
});

test('killed before the value was written: nobody else has it, and the run ends with live untouched', async () => {
	const before = env();
	const run = await killedAt('Fourth', ({type}) => type === 'lock.taken');

	const {code, stderr} = await cockpit('Asha', '', 'resume', run, '--confirm', 'TAKE-OVER');

	// The job under way may have come further than the cockpit that was killed, but not to what it did not send.
	expect(code, stderr).toBe(3);
	expect(stderr).toContain('in the memory of the cockpit that began the run');
	expect(stderr).toMatch(/\.env on preprod-1 is untouched, and so is the app\./);
	expect(env()).toBe(before);
	expect(readdirSync(base('shared')).toSorted()).toEqual(['.env', 'public', 'storage']);
	expect(existsSync(state('lock/backend'))).toBe(false);
	expect(told().at(-1)).toBe('set-env.abandoned');
});

test('a value that the app can not run with goes back by itself, caches and all', async () => {
	const before = env();
	const cache = cached();

	const {code, stderr} = await set('Ravi', 'APP_KEY', '', '--empty');

	expect(code, stderr).toBe(4);
	expect(stderr).toMatch(/Went back: .*\.env on preprod-1 is the one before again, and the app is healthy\./);
	expect(env()).toBe(before);
	expect(cached()).toBe(cache);
	expect(told().at(-1)).toBe('set-env.failed, went back');
});

test('what a run has found is put back by the line that it has printed, unless somebody has changed it since', async () => {
	const before = env();
	const changed = await set('Ravi', 'PRIVATE_PEM', 'one\ntwo\n');
	const [, run = ''] =
		/cockpit --config \S+ env restore (\S+) --env preprod --confirm yes/.exec(changed.stdout) ?? [];
	const left = env();
	expect(left).toContain('"one\ntwo"');
	const restore = (): Promise<Finished> => cockpit('Asha', '', 'env', 'restore', run, '--confirm', 'yes');

	writeFileSync(base('shared/.env'), `${left}BY_HAND=1\n`);
	const refused = await restore();
	expect(refused.code, refused.stderr).toBe(1);
	expect(refused.stderr).toContain(`is not as run ${run} has left it: it was changed since`);
	expect(env()).toBe(`${left}BY_HAND=1\n`);

	writeFileSync(base('shared/.env'), left);
	const {code, stdout, stderr} = await restore();
	expect(code, stderr + stdout).toBe(0);
	expect(env()).toBe(before);
	expect((await restore()).stdout).toContain('nothing to put back');
	expect(told().slice(-3)).toEqual(['set-env.started', 'env.set', 'set-env.finished']);
});

test('without the word nothing is changed', async () => {
	const before = env();
	const lines = told().length;

	const {code, stderr} = await cockpit('Ravi', hushed, 'env', 'set', 'APP_NAME', '--confirm', 'Yes');

	expect(code, stderr).toBe(1);
	expect(stderr).toContain('CHANGE BLOCKED');
	expect([env(), told().length]).toEqual([before, lines]);
});

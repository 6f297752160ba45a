import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.ts';
import {startCockpit, type CockpitEvent, type Finished, type RunningCockpit} from '../support/cockpit.ts';
import {sandboxPast} from '../support/sandbox-past.ts';

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
		cockpit('Asha', 'rollback', 'backend', '--to', 'previous', '--confirm', 'ROLLBACK');

	const locked = await back();
	expect(locked.stderr).toContain(`cockpit resume ${run} --env preprod --abandon`);
	expect(locked.code).toBe(6);
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
	expect((await cockpit('Ravi', 'resume', run)).stdout).toContain('is over: abandoned');
	expect((await back()).code).toBe(0);
	expect(readlinkSync(www('backend'))).not.toBe(live);
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

import {execFile} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test} from 'vitest';
import {endProcesses} from '../../src/sandbox/host/end-processes.ts';
import type {HostLayout} from '../../src/sandbox/host/host-layout.ts';
import {serveEnvironment} from '../../src/sandbox/http/serve-environment.ts';
import {freePort, untilListening} from '../../src/sandbox/listen.ts';
import {until} from '../support/wait.ts';
import {type Run, bareHost, processesOf, runOn, writeSample} from './support.ts';

let layout: HostLayout;
let token: string;
let port: number;
let live: string;

beforeEach(async () => {
	layout = await bareHost();
	token = randomUUID();
	port = await freePort();
	live = layout.frontend;
	onTestFinished(() => endProcesses(token));
});
/** Two builds of the sample, made once: a test gets copies. */
let builds: string;
beforeAll(async () => {
	builds = mkdtempSync(join(tmpdir(), 'cockpit-sandbox-'));
	await Promise.all(
		['first', 'second'].map(async name => {
			await writeSample('frontend', join(builds, name));
			await promisify(execFile)(process.execPath, ['scripts/build.mjs'], {cwd: join(builds, name)});
		}),
	);
});
afterAll(() => rmSync(builds, {recursive: true}));

/** Both on the host, the first one live. */
const twoReleases = (): void => {
	for (const name of ['first', 'second']) cpSync(join(builds, name), placeOf(name), {recursive: true});
	pointTo('first');
};

const run = (line: string): Promise<Run> => runOn(layout, line, token);
const pm2 = (words: string): Promise<Run> => run(`pm2 ${words}`);

const placeOf = (name: string): string => join(live, `../.frontend/releases/${name}`);
const pointTo = (name: string): void => {
	symlinkSync(placeOf(name), `${live}.next`);
	renameSync(`${live}.next`, live);
};
const idOf = (name: string): string => readFileSync(join(placeOf(name), '.next/BUILD_ID'), 'utf8');

const served = async (from = port): Promise<string | undefined> =>
	fetch(`http://127.0.0.1:${from}/login`, {headers: {connection: 'close'}}).then(
		async answer => /"buildId":"([^"]+)"/.exec(await answer.text())?.[1],
		() => undefined,
	);
const start = async (options = ''): Promise<void> => {
	// A busy machine takes longer to start one than PM2 waits for by itself.
	const line = `start scripts/start.mjs --name web --cwd '${live}' --listen-timeout 60000 ${options} -- -H 127.0.0.1 -p ${port}`;
	expect(await pm2(line)).toMatchObject({code: 0});
	await untilListening(port, 60_000);
};

type Entry = {
	readonly name: string;
	readonly pid: number;
	readonly pm_id: number;
	readonly monit: {readonly memory: number};
	readonly pm2_env: Readonly<Record<string, unknown>> & {readonly restart_time: number};
};
const jlist = async (): Promise<readonly Entry[]> => JSON.parse((await pm2('jlist')).stdout);
const statuses = async () => (await jlist()).map(({pm2_env}) => pm2_env['status']);

describe('sandbox pm2, fork mode', () => {
	beforeEach(twoReleases);

	test('starts a real process, which jlist describes as PM2 does', async () => {
		await start();

		const [entry] = await jlist();
		expect(entry).toMatchObject({
			name: 'web',
			pm_id: 0,
			monit: {memory: expect.any(Number), cpu: 0},
			pm2_env: {
				status: 'online',
				pm_cwd: live,
				pm_exec_path: join(live, 'scripts/start.mjs'),
				exec_mode: 'fork_mode',
				instances: 1,
				args: ['-H', '127.0.0.1', '-p', String(port)],
				restart_time: 0,
				unstable_restarts: 0,
				version: '2.3.0',
			},
		});
		expect(await processesOf(layout.root)).toContain(entry?.pid);
		expect(await served()).toBe(idOf('first'));
	});

	test('serves the new build after a restart, not after the swap: the link is followed at each start', async () => {
		await start();
		pointTo('second');
		expect(await served()).toBe(idOf('first'));

		expect(await pm2('restart web')).toMatchObject({code: 0});

		await untilListening(port, 60_000);
		expect(await served()).toBe(idOf('second'));
		expect((await jlist())[0]?.pm2_env).toMatchObject({restart_time: 1, pm_cwd: live});
	});

	test('started from inside the directory it stays there, whatever the link points to later', async () => {
		await run(`cd '${live}' && pm2 start scripts/start.mjs --name web -- -H 127.0.0.1 -p ${port}`);
		await untilListening(port, 60_000);
		pointTo('second');

		await pm2('restart web');

		await untilListening(port, 60_000);
		expect(await served()).toBe(idOf('first'));
	});

	test('stop ends the process before it returns, start brings it back, delete takes it off the list', async () => {
		await start();

		expect(await pm2('stop web')).toMatchObject({code: 0});
		expect(await processesOf(layout.root)).toEqual([]);
		expect(await statuses()).toEqual(['stopped']);
		expect(await served()).toBeUndefined();

		expect(await pm2('start web')).toMatchObject({code: 0});
		await untilListening(port, 60_000);
		expect(await served()).toBe(idOf('first'));

		expect(await pm2('delete web')).toMatchObject({code: 0});
		expect(await jlist()).toEqual([]);
		expect(await processesOf(layout.root)).toEqual([]);
	});

	test('a process that dies at its start is errored, and the start exits with 0', async () => {
		rmSync(join(placeOf('first'), '.next/BUILD_ID'));

		expect(await pm2(`start scripts/start.mjs --name web --cwd '${live}'`)).toMatchObject({code: 0});

		let seen: readonly unknown[] = [];
		await until('errored', async () => (seen = await statuses())[0] === 'errored', {show: () => seen});
		expect((await jlist())[0]).toMatchObject({pid: 0, pm2_env: {restart_time: 15}});
		expect((await pm2('logs web --nostream --raw')).stdout).toContain('Could not find a production build');
	});

	test('--update-env takes the environment of the call, a plain restart keeps the old one', async () => {
		await start();
		const color = async () => (await jlist())[0]?.pm2_env['COLOR'];

		await run('COLOR=red pm2 restart web');
		expect(await color()).toBeUndefined();
		await run('COLOR=red pm2 restart web --update-env');
		expect(await color()).toBe('red');
	});

	test('npm start under PM2 is ended whole', async () => {
		const line = `start npm --name web --cwd '${live}' -- start -- -H 127.0.0.1 -p ${port}`;
		expect(await pm2(line)).toMatchObject({code: 0});
		await untilListening(port, 60_000);
		expect(await served()).toBe(idOf('first'));

		expect(await pm2('stop web')).toMatchObject({code: 0});

		let left: readonly number[] = [];
		await until('all of them to end', async () => (left = await processesOf(layout.root)).length === 0, {
			show: () => left,
		});
	});

	test('an ecosystem file names the process, its directory and its arguments', async () => {
		const file = join(layout.home, 'ecosystem.config.cjs');
		const app = {name: 'web', script: 'scripts/start.mjs', cwd: live, args: `-H 127.0.0.1 -p ${port}`};
		writeFileSync(file, `module.exports = ${JSON.stringify({apps: [app]})};\n`);

		expect(await pm2(`startOrReload '${file}' --update-env`)).toMatchObject({code: 0});

		await untilListening(port, 60_000);
		expect(await served()).toBe(idOf('first'));
	});
});

describe('sandbox pm2, cluster mode', () => {
	beforeEach(twoReleases);

	test('reload: no request fails, and afterwards both serve the new build', async () => {
		await start('-i 2');
		const before = (await jlist()).map(({pid}) => pid);
		expect(before).toHaveLength(2);
		pointTo('second');
		const site = await serveEnvironment({layout, nextPort: port, now: () => new Date()});
		onTestFinished(() => site.close());
		await writeFile(join(layout.units, 'nginx'), 'active 0 0\n');
		const answers = [await served(site.port)];
		const reload = {isOver: false};
		const polling = (async () => {
			while (!reload.isOver) answers.push(await served(site.port));
		})();

		expect(await pm2('reload web')).toMatchObject({code: 0});
		reload.isOver = true;
		await polling;
		answers.push(await served(site.port));

		expect(answers).not.toContain(undefined);
		expect([answers[0], answers.at(-1)]).toEqual([idOf('first'), idOf('second')]);
		expect(await Promise.all(Array.from({length: 8}, () => served()))).toEqual(
			Array.from({length: 8}, () => idOf('second')),
		);
		const after = await jlist();
		expect(after.map(({pid}) => pid)).not.toContain(before[0]);
		expect(after.map(({pm2_env}) => pm2_env)).toMatchObject([
			{status: 'online', exec_mode: 'cluster_mode', instances: 2, restart_time: 1},
			{status: 'online', exec_mode: 'cluster_mode', instances: 2, restart_time: 1},
		]);
		expect(new Set(await processesOf(layout.root))).toEqual(new Set(after.map(({pid}) => pid)));
	});
});

describe('sandbox pm2, the list it keeps', () => {
	beforeEach(twoReleases);

	test('save and resurrect bring back what was saved, a stopped one as stopped', async () => {
		await start();
		await pm2('start web');
		expect((await pm2('save')).stdout).toMatch(
			/Saving current process list\.\.\.\n.*Successfully saved in .*dump\.json/,
		);
		await pm2('kill');
		expect(await jlist()).toEqual([]);
		expect(await served()).toBeUndefined();

		expect(await pm2('resurrect')).toMatchObject({code: 0});
		await untilListening(port, 60_000);
		expect(await served()).toBe(idOf('first'));

		await pm2('stop web');
		await pm2('save');
		await pm2('kill');
		await pm2('resurrect');
		expect(await statuses()).toEqual(['stopped']);
	});

	test('an empty list is not saved over a full one', async () => {
		await start();
		await pm2('save');
		await pm2('delete all');

		expect((await pm2('save')).stdout).toContain('PM2 is not managing any process, skipping save...');

		await pm2('resurrect');
		expect(await statuses()).toEqual(['online']);
	});

	test('list, describe, pid, ping and --version answer', async () => {
		await start();

		expect((await pm2('ls')).stdout).toMatch(/│ 0 +│ web +│ default +│ 2\.3\.0 +│ fork /);
		expect((await pm2('describe web')).stdout).toContain(`│ exec cwd          │ ${live} │`);
		expect((await pm2('pid web')).stdout).toBe(`${(await jlist())[0]?.pid}\n`);
		expect((await pm2('ping')).stdout).toBe("{ msg: 'pong' }\n");
		expect((await pm2('--version')).stdout).toBe('7.0.4\n');
		expect(await pm2('restart web -s')).toEqual({code: 0, stdout: '', stderr: ''});
	});
});

describe('sandbox pm2, what it refuses', () => {
	test.each([
		{words: 'restart nope', stderr: '[PM2][ERROR] Process or Namespace nope not found'},
		{words: 'stop nope', stderr: '[PM2][ERROR] Process or Namespace nope not found'},
		{words: 'describe nope', stderr: "[PM2][WARN] nope doesn't exist"},
		{words: 'restart', stderr: 'missing required argument'},
		{words: 'restart web --frobnicate', stderr: "error: unknown option `--frobnicate'"},
		{words: 'jlist --update-env', stderr: "error: unknown option `--update-env'"},
		{words: 'frobnicate', stderr: '[PM2][ERROR] Command not found'},
		{words: 'start nope.js', stderr: '[PM2][ERROR] Script not found: '},
		{words: 'start no.config.js', stderr: '[PM2][ERROR] File no.config.js not found'},
	])('pm2 $words is refused', async ({words, stderr}) => {
		const answer = await pm2(words);

		expect(answer.code).toBe(1);
		expect(answer.stderr).toContain(stderr);
	});
});

test("sandbox node: takes itself for the host's own, so that programs beside it are the host's", async () => {
	const {stdout} = await run(`node -e 'console.log(process.execPath, process.argv[1])' -- word`);

	expect(stdout).toBe(`${join(layout.shims, 'node')} word\n`);
});

describe('sandbox npm', () => {
	beforeEach(twoReleases);

	test('ci, --version and start are known, others refused; a lock file out of step too', async () => {
		expect(await run(`cd '${live}' && npm ci --omit=dev`)).toMatchObject({code: 0, stdout: '\nup to date in 1s\n'});
		expect(await run(`cd '${live}' && npm ls --omit=dev`)).toMatchObject({code: 0});
		expect((await run('npm --version')).stdout).toMatch(/^\d+\.\d+/);
		expect((await run('npm frobnicate')).code).toBe(1);
		const file = join(live, 'package.json');
		writeFileSync(file, readFileSync(file, 'utf8').replace('"dependencies": {}', '"dependencies": {"next": "1"}'));

		expect(await run(`cd '${live}' && npm ci`)).toMatchObject({
			code: 1,
			stderr: expect.stringContaining('npm error Missing: next from lock file'),
		});
		expect((await run(`cd '${live}' && npm ls`)).code).toBe(1);
	});
});

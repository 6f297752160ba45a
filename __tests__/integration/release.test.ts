import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Finished, runCockpit} from '../support/cockpit.ts';
import {git} from '../support/real-host/make-source-repository.ts';
import {type Sandbox, startSandbox} from '../support/tui/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const as = (name: string, ...args: readonly string[]): Promise<Finished> => {
	const home = join(sandbox.home, name);
	mkdirSync(home, {recursive: true});
	return runCockpit(args, {config: sandbox.config, home, environment: {COCKPIT_ACTOR: name}});
};

/** Commits in the sample project; answers with the commit. */
const commit = async (path: string, content: string): Promise<string> => {
	writeFileSync(join(sandbox.config, path), content);
	await git(sandbox.config, 'commit', '--quiet', '--all', '--message=Change it');
	return git(sandbox.config, 'rev-parse', 'HEAD');
};

/** Types of what one run after the other wrote into the ledger, as the file on the host has them. */
const runsOf = (environment: string): readonly string[] =>
	readFileSync(
		join(sandbox.home, `sandbox/${environment}/home/ubuntu/.cockpit/qsights/${environment}/ledger.jsonl`),
		'utf8',
	)
		.trim()
		.split('\n')
		.map(line => JSON.parse(line) as {type: string; data: {app?: string}; actor?: {name: string}})
		.filter(({type, actor}) => /^(?:deploy|rollback)\./.test(type) && actor?.name === 'Tom')
		.map(({type, data}) => `${type} ${data.app}`);

const liveCommits = async (environment: string): Promise<readonly unknown[]> => {
	const [status] = (await as('Tom', 'status', '--env', environment, '--json')).events;
	return ['backend', 'frontend'].map(app => (status?.[app] as {commit?: string} | undefined)?.commit);
};

const words = ['--confirm', 'VERIFIED', '--confirm', 'DEPLOY-TO-PRODUCTION', '--migrate', 'run'];

test('release: what closes either app is named, and neither begins', async () => {
	const {code, stderr} = await as('Tom', 'deploy', 'release', '--env', 'production', ...words);

	expect(code).toBe(1);
	expect(stderr).toContain('DEPLOYMENT BLOCKED: backend and frontend to production');
	expect(stderr).toMatch(/backend: checklist: .*3 open/);
	expect(stderr).toMatch(/frontend: checklist: .*1 failed/);
	expect(runsOf('production')).toEqual([]);
});

test('release: backend, then frontend, with one word; both are live', {timeout: 240_000}, async () => {
	const head = await commit('frontend/README.md', 'The site in front of the API.\n');
	const missing = await as('Tom', 'deploy', 'release', '--env', 'preprod', '--migrate', 'run');
	expect(missing.code).toBe(1);
	expect(runsOf('preprod')).toEqual([]);

	const {code, stdout, stderr} = await as(
		'Tom',
		'deploy',
		'release',
		'--env',
		'preprod',
		'--confirm',
		'yes',
		'--migrate',
		'run',
	);
	expect(code, stdout + stderr).toBe(0);
	expect(runsOf('preprod')).toEqual([
		'deploy.started backend',
		'deploy.finished backend',
		'deploy.started frontend',
		'deploy.finished frontend',
	]);
	expect(await liveCommits('preprod')).toEqual([head, head]);
});

const half = 'Half of the pair is live on Pre-Prod (sandbox): the backend is the new one, the other app is not.';

test(
	'release: the second fails: half of the pair is told, with the way back; by policy it goes back by itself',
	{timeout: 240_000},
	async () => {
		const [before] = await liveCommits('preprod');
		const path = 'frontend/package.json';
		const good = readFileSync(join(sandbox.config, path), 'utf8');
		const broken = await commit(path, good.replace('node scripts/build.mjs', 'node scripts/gone.mjs'));
		const deploy = ['deploy', 'release', '--env', 'preprod', '--confirm', 'yes', '--migrate', 'run'] as const;
		const known = runsOf('preprod').length;

		const kept = await as('Tom', ...deploy);
		expect(kept.code, kept.stderr).toBe(3);
		expect(kept.stderr).toContain('gone.mjs');
		expect(kept.stderr).toContain(half);
		expect(kept.stderr).toContain('cockpit rollback backend --env preprod --to previous --confirm ROLLBACK');
		const runs = [
			'deploy.started backend',
			'deploy.finished backend',
			'deploy.started frontend',
			'deploy.abandoned frontend',
		];
		expect(runsOf('preprod').slice(known)).toEqual(runs);
		expect(await liveCommits('preprod')).toEqual([broken, before]);

		const policy = 'environments/preprod.yaml';
		const next = await commit(policy, `${readFileSync(join(sandbox.config, policy), 'utf8')}onFailure: rollback\n`);
		const back = await as('Tom', ...deploy);
		expect(back.code, back.stderr).toBe(3);
		expect(back.stderr).toContain(half);
		expect(runsOf('preprod').slice(known + runs.length)).toEqual([
			...runs,
			'rollback.started backend',
			'rollback.finished backend',
		]);
		expect(next).not.toBe(broken);
		expect(await liveCommits('preprod')).toEqual([broken, before]);
	},
);

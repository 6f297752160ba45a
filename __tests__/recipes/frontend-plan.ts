import type {Environment, NextTarget} from '../../src/domain/environments/environment.ts';
import type {FrontendHostFacts} from '../../src/recipes/nextjs/check-host.ts';
import {planFrontendDeploy, type FrontendPlan} from '../../src/recipes/nextjs/plan.ts';
import {goodFacts, laravelPlan} from './laravel-plan.ts';

const target: NextTarget = {
	recipe: 'nextjs',
	source: '/src/frontend',
	path: '/var/www/qsights/frontend',
	owner: 'www-data',
	group: 'www-data',
	fileMode: 0o644,
	directoryMode: 0o755,
	excludes: ['docs'],
	shared: {files: [], directories: []},
	services: [],
	health: {
		url: 'http://127.0.0.1',
		status: 200,
		passes: 3,
		stableForMs: 1,
		withinMs: 10,
		everyMs: 1,
		timeoutMs: 10_000,
		sameFailureMs: 5000,
	},
	keepReleases: 3,
	pm2Names: ['qsights-frontend-preprod', 'qsights-frontend'],
	buildEnvironment: {NODE_ENV: 'production', NEXT_PUBLIC_API_URL: 'http://127.0.0.1/api'},
	port: 3000,
	pm2: 'pm2',
	npm: 'npm',
	node: 'node',
};

export const frontendEnvironment = (changes: Partial<Environment> = {}): Environment => ({
	...laravelPlan().environment,
	urls: {site: 'http://127.0.0.1/', api: 'http://127.0.0.1/api'},
	apps: {frontend: target},
	...changes,
});

const entry = (path: string) => ({path, mode: '100644' as const, sha256: 'a'.repeat(64), sizeBytes: 1});

/** A deploy of a small site to pre-prod. */
export const frontendPlan = (changes: Partial<Parameters<typeof planFrontendDeploy>[0]> = {}): FrontendPlan =>
	planFrontendDeploy({
		record: {...laravelPlan().record, app: 'frontend', run: '20260210T055341Z-frontend-9b1d'},
		environment: frontendEnvironment(),
		environments: [],
		source: {
			commit: '7f3a9c2000000000000000000000000000000000',
			subject: 'Release',
			digest: 'd'.repeat(64),
			entries: ['package.json', 'package-lock.json'].map(entry),
		},
		uncommitted: [],
		...changes,
	});

/** A host that allows a deploy. */
export const goodFrontendFacts: FrontendHostFacts & {readonly frontend: NonNullable<FrontendHostFacts['frontend']>} = {
	...goodFacts,
	npm: '10.8.2',
	frontend: {
		hasPm2: true,
		pm2: '7.0.4',
		pm2User: 'ubuntu',
		instances: [
			{
				name: 'qsights-frontend',
				pid: 100,
				id: 0,
				status: 'online',
				mode: 'fork',
				restarts: 0,
				uptime: goodFacts.time * 1000 - 3_600_000,
				cwd: '/var/www/qsights/frontend',
				script: '/usr/bin/npm',
				args: 'start',
				node: '20.20.2',
			},
		],
		otherNames: [],
		daemons: [],
		owners: [
			{
				pid: 102,
				user: 'ubuntu',
				startedAt: '2026-02-10T04:53:41Z',
				cwd: '/var/www/qsights/.frontend/releases/one',
				command: 'next-server',
				of: 'qsights-frontend',
			},
		],
		node: 'v20.20.2',
		live: {buildId: 'abc', lockSha256: 'a'.repeat(64), modules: 'directory'},
	},
};

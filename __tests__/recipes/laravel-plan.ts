import type {HostFacts} from '../../src/commands/host/host-facts.ts';
import type {Environment} from '../../src/domain/environments/environment.ts';
import {planBackendDeploy, type LaravelPlan} from '../../src/recipes/laravel/plan.ts';

const environment: Environment = {
	project: 'qsights',
	name: 'preprod',
	title: 'Pre-Prod',
	tier: 'preprod',
	timeZone: 'Asia/Kolkata',
	urls: {site: 'http://127.0.0.1', api: 'http://127.0.0.1/api'},
	database: {host: '127.0.0.1'},
	drivers: {mail: 'log', cache: 'file'},
	debug: false,
	hosts: [{name: 'web-1', address: '127.0.0.1', user: 'ubuntu'}],
	stateDirectory: '.cockpit/qsights/preprod',
	backups: {directory: '/home/ubuntu/backups/preprod', policy: 'before-swap', keep: 10},
	approvals: 0,
	identity: 'claimed',
	headless: 'expect',
	onFailure: 'ask',
	soakHours: 24,
	apps: {
		backend: {
			recipe: 'laravel',
			source: '/src/backend',
			path: '/var/www/qsights/backend',
			owner: 'www-data',
			group: 'www-data',
			fileMode: 0o644,
			directoryMode: 0o755,
			excludes: ['vendor'],
			shared: {files: ['.env'], directories: ['storage/app']},
			services: [
				{unit: 'php8.1-fpm', after: 'reload'},
				{unit: 'nginx', after: 'reload', test: ['nginx', '-t']},
			],
			health: {
				url: 'http://127.0.0.1/api/health',
				status: 200,
				passes: 3,
				stableForMs: 1,
				withinMs: 10,
				everyMs: 1,
				timeoutMs: 10_000,
				sameFailureMs: 5000,
			},
			keepReleases: 3,
			php: 'php',
			composer: 'composer',
			restartQueue: true,
		},
	},
	file: '/set/environments/preprod.yaml',
};

const entry = (path: string) => ({path, mode: '100644' as const, sha256: 'a'.repeat(64), sizeBytes: 1});

/** A deploy of a small app to pre-prod. */
export const laravelPlan = (changes: Partial<Parameters<typeof planBackendDeploy>[0]> = {}): LaravelPlan =>
	planBackendDeploy({
		record: {
			version: 1,
			run: '20260210T055341Z-backend-9b1d',
			kind: 'deploy',
			app: 'backend',
			environment: 'preprod',
			startedAt: '2026-02-10T05:53:41.000Z',
			commit: '7f3a9c2000000000000000000000000000000000',
			digest: 'd'.repeat(64),
			actor: {name: 'Ravi', machine: 'laptop'},
		},
		environment,
		canAsk: true,
		source: {
			commit: '7f3a9c2000000000000000000000000000000000',
			subject: 'Release',
			digest: 'd'.repeat(64),
			entries: ['artisan', 'composer.json', 'composer.lock'].map(entry),
		},
		uncommitted: [],
		...changes,
	});

/** A host that allows a deploy. */
export const goodFacts: HostFacts = {
	time: 1_770_702_821,
	machine: 'm',
	missingTools: [],
	denied: [],
	hasZstd: true,
	layout: 'releases',
	live: 'one',
	liveKib: 100 * 1024,
	sharedKib: 50 * 1024,
	ownPaths: [],
	missingEnv: undefined,
	notWritable: undefined,
	freeKib: {app: 10_000_000, backups: 10_000_000, state: 10_000_000, tmp: 10_000_000},
	places: {app: '', backups: '', state: '', tmp: ''},
	device: {app: '1', backups: '2', state: '3', tmp: '4'},
	freeInodes: {app: 1_000_000, backups: 1_000_000, state: 1_000_000, tmp: 1_000_000},
	killsUserProcesses: false,
	stateOnNfs: false,
	lock: undefined,
	answers: {},
	php: 'PHP 8.1.2',
	composer: 'Composer version 2.2.6',
	owner: 'ok',
	manifest: '',
};

import {decideStart} from '../../../../src/domain/gates/gates.ts';
import {laravel} from '../../../../src/recipes/laravel/recipe.ts';
import {nextjs} from '../../../../src/recipes/nextjs/recipe.ts';
import {verificationEvidence} from '../../../../src/app/gates/verification-evidence.ts';
import {environment as backendOnly} from '../../../control/fake-services.ts';
import {ledgerReading} from '../../../support/ledger.ts';
import type {DeployReview} from '../../../../src/app/deploy/review-deploy.ts';
import type {HostReading} from '../../../../src/app/status/status.ts';
import type {RunEvent} from '../../../../src/domain/runs/events.ts';
import type {Prompt} from '../../../../src/domain/runs/prompt.ts';
import type {RunRecord, Touches} from '../../../../src/domain/runs/pipeline.ts';
import {createCockpitStore, type CockpitStore} from '../../../../src/store/create-store.ts';
import type {PlanView} from '../../../../src/store/runs/run.ts';
import type {PolicyMemory} from '../../../../src/domain/gates/policy.ts';
import {wordsFor, type TakeOver} from '../../../../src/store/deploy/wizard.ts';
import {decisionOf, emergencyOf, factsAt, items} from './blocked-decision.ts';
import {noHealth} from '../../../../src/domain/releases/live-health.ts';
import {emptyRun} from '../../../../src/domain/runs/run-state.ts';

/** Tue 10 Feb 2026, 11:23:41 IST. */
export const now = Date.parse('2026-02-10T05:53:41Z');

export const commit = '7f3a9c2b41d0e8f6a5c4b3d2e1f0a9b8c7d6e5f4';

export const record: RunRecord = {
	version: 1,
	run: '20260210T055341Z-backend-9b1d',
	kind: 'deploy',
	app: 'backend',
	environment: 'preprod',
	startedAt: '2026-02-10T05:53:41Z',
	commit,
	digest: '9c41e07b'.repeat(8),
	actor: {name: 'Ravi', machine: 'ravi-thinkpad'},
};

const takeOver: TakeOver = {
	run: record.run,
	title: 'Deploy backend to pre-prod',
	place: {title: 'Pre-Prod', tier: 'preprod', timeZone: 'Asia/Kolkata', address: 'ubuntu@10.0.0.7'},
	name: 'Ravi',
	machine: 'ravi-thinkpad',
	since: now - 12 * 60_000,
	running: ['composer'],
};

export const steps: readonly {readonly id: string; readonly title: string; readonly touches: Touches}[] = [
	{id: 'pre-flight-checks', title: 'Pre-flight checks', touches: 'nothing'},
	{id: 'back-up', title: 'Back up', touches: 'backups'},
	{id: 'upload-files', title: 'Upload files', touches: 'candidate'},
	{id: 'extract-files', title: 'Extract files', touches: 'candidate'},
	{id: 'install-dependencies', title: 'Install dependencies', touches: 'candidate'},
	{id: 'rebuild-caches', title: 'Clear and build caches', touches: 'candidate'},
	{id: 'restart-services', title: 'Restart services', touches: 'live'},
	{id: 'verify', title: 'Verify', touches: 'live'},
];

const usual: DeployReview['usual'] = {
	count: 5,
	totalMs: 400_000,
	downtimeMs: 2000,
	stepMs: {
		'pre-flight-checks': 15_000,
		'back-up': 51_000,
		'upload-files': 18_000,
		'extract-files': 3000,
		'install-dependencies': 145_000,
		'rebuild-caches': 9000,
		'restart-services': 4000,
		verify: 55_000,
	},
	recent: [
		{run: 'a', at: now - 86_400_000, commit: '4e81d0c'.padEnd(40, '0'), outcome: 'done', durationMs: 391_000},
		{run: 'b', at: now - 2 * 86_400_000, commit: '5a90c1e'.padEnd(40, '0'), outcome: 'failed', durationMs: 8000},
	],
};

/** Every gate of a deploy to pre-prod met. */
const openReport = (app: 'backend' | 'frontend') =>
	decideStart(
		{
			app,
			usualMs: 0,
			policy: {
				value: {commit: 'c'.repeat(40), digest: 'e'.repeat(64), changes: [], isAccepted: false, differs: []},
			},
			to: {title: 'Pre-Prod', now: {value: now}, lock: {value: {state: 'free'}}},
		},
		{timeZone: 'Asia/Kolkata'},
	);

export const review: DeployReview = {
	readAt: now - 3000,
	app: 'backend',
	about: laravel.about,
	environment: 'preprod',
	tier: 'preprod',
	timeZone: 'Asia/Kolkata',
	title: 'Deploy backend 7f3a9c2 to Pre-Prod',
	address: 'ubuntu@10.0.0.7',
	warning: 'Testers use this environment from 10:00 to 18:00.',
	build: {commit, digest: record.digest, subject: 'Reminders: skip evaluators who left', branch: 'main'},
	actor: record.actor,
	live: {release: '20260203T055341Z-4e81d0c', commit: '4e81d0c'},
	commits: {
		behind: 0,
		commits: Array.from({length: 14}, (_, index) => ({
			commit: (0x7f_3a_9c_20 + index).toString(16).padEnd(40, '0'),
			author: index % 2 ? 'Asha' : 'Ravi',
			at: now - index * 40_000_000,
			subject: `Change number ${index + 1} with a subject of some length that goes on`,
		})),
	},
	files: {
		files: Array.from({length: 70}, (_, index) => ({
			path: `app/Http/Controllers/Directory${index}/Controller${index}.php`,
			kind: (['changed', 'new', 'deleted'] as const)[index % 3] ?? 'new',
			sizeBytes: index * 1000,
		})),
		directories: [
			{directory: 'public/build/', changed: 8, added: 0, deleted: 0, sizeBytes: 17_900_000},
			{directory: 'app/', changed: 38, added: 5, deleted: 1, sizeBytes: 412_000},
			{directory: 'resources/views/', changed: 11, added: 2, deleted: 2, sizeBytes: 61_000},
			{directory: 'database/migrations/', changed: 0, added: 2, deleted: 0, sizeBytes: 3000},
			{directory: 'routes/', changed: 2, added: 0, deleted: 0, sizeBytes: 2000},
			{directory: '.', changed: 2, added: 0, deleted: 0, sizeBytes: 900},
		],
		uploadBytes: 18_400_000,
		total: 2418,
		totalBytes: 96_000_000,
	},
	kept: ['.env', 'storage/app/', 'storage/logs/', 'public/uploads/'],
	packages: 'changed',
	cost: {liveBytes: 300_000_000, lastBackupBytes: 212_000_000, backupsFreeBytes: 11_000_000_000},
	takesBack: undefined,
	usual,
	decision: {report: openReport('backend'), words: ['yes'], weaker: []},
	verifications: verificationEvidence({verifications: {backend: [], frontend: []}}, 'backend', []),
	checks: [
		{name: 'source', text: 'main, clean'},
		{name: 'lock', text: 'free'},
		{name: 'layout', text: 'release 20260203T055341Z-4e81d0c'},
		{name: 'tools', text: 'php 8.1.27, composer 2.7.1'},
		{name: 'sudo', text: 'without a password, as www-data too'},
		{name: 'jobs', text: 'outlive the connection'},
		{name: 'places', text: 'backups, lock and releases writable'},
		{name: 'belongings', text: '4 paths kept apart'},
		{name: 'space', text: '11 GB free, backups 11 GB'},
	],
	refusal: undefined,
	wayBack: ['ssh ubuntu@10.0.0.7 sh .cockpit/qsights/preprod/rollback-backend.sh'],
	steps,
	swapStep: 'restart-services',
	plan: steps.flatMap(({id}) => [
		{
			step: id,
			action: 'look',
			kind: 'read' as const,
			on: 'host' as const,
			line: `sh -c 'one\ntwo three'`,
			does: ['ask the host'],
			needs: ['www-data: true'],
		},
	]),
};

export const plan: PlanView = {
	kind: 'deploy',
	app: 'backend',
	environment: 'preprod',
	environmentTitle: 'Pre-Prod',
	tier: 'preprod',
	timeZone: 'Asia/Kolkata',
	title: review.title,
	address: review.address,
	actor: record.actor,
	replaces: '20260203T055341Z-4e81d0c',
	becomes: '/var/www/qsights/.backend/releases/20260210T055341Z-7f3a9c2',
	wayBack: review.wayBack,
	usual,
	serves: 'api',
	testUrl: 'https://preprod.example.com',
	logPath: '/home/ravi/.local/state/cockpit/qsights/preprod/runs/20260210T055341Z-backend-9b1d/run.log',
};

export const started: RunEvent = {
	at: now,
	type: 'run.started',
	record,
	title: review.title,
	host: 'preprod-1',
	swapStep: 'restart-services',
	steps,
};

const done = (step: string, at: number, durationMs: number, summary?: string): readonly RunEvent[] => [
	{at, type: 'step.started', step},
	{at: at + durationMs, type: 'step.finished', step, state: 'done', durationMs, ...(summary ? {summary} : {})},
];

/** What a host says that is as the old scripts left it. */
export const notAdopted: HostReading = {
	time: now,
	backend: {live: undefined, isAdopted: false, commit: undefined, digest: undefined, by: undefined, since: undefined},
	services: [],
	disk: {freeKib: 1, used: '1%', inodesUsed: '1%'},
	locks: [],
	holds: [],
	ledger: ledgerReading(),
};

/** The events up to the middle of backup and upload, 58 s in. */
export const running: readonly RunEvent[] = [
	started,
	...done('pre-flight-checks', now, 17_000, 'PHP 8.1.27'),
	{at: now + 17_000, type: 'lock.taken', token: 7},
	{at: now + 17_000, type: 'step.started', step: 'back-up'},
	{at: now + 17_000, type: 'action.announced', step: 'back-up', action: 'back-up'},
	{at: now + 47_000, type: 'step.started', step: 'upload-files'},
	{at: now + 48_000, type: 'action.announced', step: 'upload-files', action: 'upload'},
	{at: now + 58_000, type: 'step.progress', step: 'upload-files', done: 11_800_000, total: 18_400_000, unit: 'bytes'},
];

const upToSwap: readonly RunEvent[] = [
	...running,
	...done('back-up', now + 17_000, 52_000, 'backend_20260210_112341.tar.gz, 212 MB').slice(1),
	...done('upload-files', now + 47_000, 17_000, '70 sent, 3 removed, 18.4 MB').slice(1),
	...done('extract-files', now + 70_000, 3000, '2424 files, digests proven'),
	...done('install-dependencies', now + 73_000, 121_000),
	...done('rebuild-caches', now + 194_000, 9000, '3 caches'),
];

export const swapped: readonly RunEvent[] = [
	...upToSwap,
	{at: now + 203_000, type: 'step.started', step: 'restart-services'},
	{at: now + 204_000, type: 'live.changed', to: plan.becomes},
];

export const verifying: readonly RunEvent[] = [
	...swapped,
	...done('restart-services', now + 203_000, 3000, 'php8.1-fpm active, nginx active').slice(1),
	{at: now + 206_000, type: 'step.started', step: 'verify'},
	{at: now + 210_000, type: 'health.sampled', step: 'verify', durationMs: 71, answer: '500'},
];

export const finished: readonly RunEvent[] = [
	...verifying,
	...done('verify', now + 206_000, 59_000, '200 in 64 ms, 12 tries').slice(1),
	{at: now + 372_000, type: 'run.finished', outcome: 'done', exitCode: 0, durationMs: 372_000},
];

export const failed: readonly RunEvent[] = [
	...verifying,
	{at: now + 236_000, type: 'step.finished', step: 'verify', state: 'failed', durationMs: 30_000},
	{
		at: now + 240_000,
		type: 'run.finished',
		outcome: 'failed',
		exitCode: 4,
		durationMs: 240_000,
		error: {
			what: 'Health check failed on preprod',
			why: 'GET https://preprod.example.com/api/health answered 500; 0 of 6 tries answered 200',
			now: 'Live backend is the new release 20260210T055341Z-7f3a9c2.',
			next: `Look at the log of the app, or go back.\nGo back with:\n  ${review.wayBack[0] ?? ''}`,
			log: plan.logPath,
		},
	},
];

const pending = ['2026_02_05_093000_add_department_to_evaluation_triggers', '2026_02_06_110000_drop_old_scores'];

export const migrations: Prompt = {
	id: 'ask-migrations',
	kind: 'migrations',
	title: '2 migrations are pending. Run them now?',
	facts: [
		...pending,
		'1 of 3 statements take something away',
		'They run before the swap: they must work with the code that is live now.',
	],
	sql: [
		{
			migration: pending[0] ?? '',
			text: 'alter table `evaluation_triggers` add `department_id` bigint unsigned null after `program_id`',
			isDestructive: false,
		},
		{
			migration: pending[0] ?? '',
			text: 'alter table `evaluation_triggers` add index `evaluation_triggers_department_id_index`(`department_id`)',
			isDestructive: false,
		},
		{migration: pending[1] ?? '', text: 'drop table if exists `old_scores`', isDestructive: true},
	],
	choices: [
		{id: 'abort', label: 'Stop here', detail: 'live and the database stay as they are'},
		{id: 'run', label: 'Run them', detail: 'the database is changed now, live follows at the swap'},
		{id: 'skip', label: 'Skip them', detail: 'the new release goes live without them'},
	],
};

const asking: readonly RunEvent[] = [
	...upToSwap.slice(0, -2),
	{at: now + 194_000, type: 'step.started', step: 'rebuild-caches'},
	{at: now + 194_500, type: 'prompt.raised', step: 'rebuild-caches', prompt: migrations},
];

/** A run whose last step is a closing check, without a number. */
const closing: readonly RunEvent[] = verifying.map(event =>
	event.type === 'run.started'
		? {
				...event,
				steps: event.steps.map(step => (step.id === 'verify' ? {...step, isClosing: true as const} : step)),
			}
		: event,
);

/** Failed behind the swap, and asks what to do. */
const deciding: readonly RunEvent[] = [
	...verifying,
	{at: now + 236_000, type: 'step.finished', step: 'verify', state: 'failed', durationMs: 30_000},
	{
		at: now + 236_000,
		type: 'prompt.raised',
		step: 'go-back',
		prompt: {
			id: 'go-back',
			kind: 'go-back',
			title: 'Pre-Prod runs the new backend, and it is not healthy. Roll back?',
			facts: ['Health check failed on preprod', 'GET /api/health answered 500; 0 of 6 tries answered 200'],
			choices: [
				{id: 'back', label: 'Roll back now', detail: 'swap back, make the services see it, check health'},
				{id: 'keep', label: 'Keep it and look', detail: 'Pre-Prod stays as it is; the lock is given back'},
			],
		},
	},
];

/** The same, with what the app says itself. */
const decidingByLog: readonly RunEvent[] = deciding.map(event =>
	event.type === 'prompt.raised'
		? {
				...event,
				prompt: {
					...event.prompt,
					facts: [
						...event.prompt.facts,
						'laravel.log says since the swap:',
						String.raw`11:29:21 IST error Class "App\Services\ReminderPolicy" not found`,
						'  at app/Jobs/SendReminder.php:41',
						'  #0 app/Http/Controllers/HealthController.php(22)',
						'  12 more lines of trace, same error 36 times above',
						'/var/www/qsights/backend/storage/logs/laravel.log',
					],
				},
			}
		: event,
);

const wentBack: readonly RunEvent[] = [
	...deciding,
	{at: now + 237_000, type: 'prompt.answered', step: 'go-back', prompt: 'go-back', choice: 'back', by: 'person'},
	{at: now + 237_000, type: 'going-back.started', from: plan.becomes},
	{
		at: now + 245_000,
		type: 'going-back.finished',
		state: 'done',
		live: '/var/www/qsights/.backend/releases/20260203T055341Z-4e81d0c',
		durationMs: 8000,
	},
	{at: now + 246_000, type: 'downtime.measured', downtimeMs: 38_000, asked: 246, failed: 38},
	{
		at: now + 246_000,
		type: 'run.finished',
		outcome: 'failed',
		exitCode: 4,
		durationMs: 246_000,
		error: {
			what: 'Health check failed on preprod',
			why: 'GET /api/health answered 500; 0 of 6 tries answered 200',
			now: 'Went back: live backend on preprod-1 is 20260203T055341Z-4e81d0c again, and healthy. The failed release 20260210T055341Z-7f3a9c2 is kept.',
			next: 'Mend what is named above, then deploy again.',
			log: plan.logPath,
		},
	},
];

/** A store with the deploy screen open and nothing chosen yet. */
export const emptyStore = (): CockpitStore => {
	const view = {tier: 'preprod', timeZone: 'Asia/Kolkata', status: undefined, readAt: undefined} as const;
	const store = createCockpitStore({
		project: 'qsights',
		now,
		environments: [{name: 'preprod', title: 'Pre-Prod', ...view}],
	});
	store.getState().show('deploy');
	store.getState().offer({
		options: [
			{
				id: 'backend@preprod',
				app: 'backend',
				environment: 'preprod',
				title: 'Pre-Prod',
				tier: 'preprod',
				address: 'ubuntu@10.0.0.7',
			},
			{
				id: 'frontend@preprod',
				app: 'frontend',
				environment: 'preprod',
				title: 'Pre-Prod',
				tier: 'preprod',
				refusal: {why: 'the frontend pipelines are not part of this version', next: 'Deploy the backend.'},
			},
			{
				id: 'backend@production',
				app: 'backend',
				environment: 'production',
				title: 'Production',
				tier: 'production',
				address: 'ubuntu@10.0.0.9',
				refusal: {
					why: 'production needs the evidence gates, which are not part of this version',
					next: 'Deploy to Pre-Prod.',
				},
			},
		],
	});
	return store;
};

/** A run that ended with this before it began. */
const notBegun =
	(error: NonNullable<Extract<RunEvent, {type: 'run.finished'}>['error']>) =>
	(store: CockpitStore): void => {
		store.getState().beginDriving();
		store
			.getState()
			.applyRunEvents([{at: now, type: 'run.finished', outcome: 'failed', exitCode: 1, durationMs: 0, error}]);
		store.getState().endDriving();
		store.getState().setStage('failed');
	};

const reviewed = (): CockpitStore => {
	const store = emptyStore();
	store.getState().beginReview({app: 'backend', environment: 'preprod'});
	store.getState().setReview({state: 'ready', review});
	return store;
};

/** The frontend on its way to production, held up as in the picture. */
export const blockedReview: DeployReview = {
	...review,
	app: 'frontend',
	about: nextjs.about,
	environment: 'production',
	tier: 'production',
	title: 'Deploy frontend 7f3a9c2 to Production',
	address: 'ubuntu@10.0.0.9',
	...decisionOf(factsAt(now)),
};

const hotfix = 'the site is down for everybody since 11:05';

/** The same by the emergency profile: two approvals are missing, and one item failed. */
export const emergencyReview: DeployReview = {
	...blockedReview,
	hasEmergency: true,
	...emergencyOf(factsAt(now), hotfix),
};

/** An emergency in which every gate is open. */
const openEmergency: DeployReview = {
	...emergencyReview,
	...emergencyOf(
		{
			...factsAt(now),
			items: {value: items.filter(({state}) => state !== 'failed')},
			probes: {value: []},
			approvals: {value: ['Asha']},
		},
		hotfix,
	),
};

/** A review with closed gates on screen. */
/** A policy that asks less than the last one, and nothing else that is closed. */
export const otherPolicy: DeployReview = {
	...review,
	tier: 'production',
	decision: {
		report: decideStart(
			{
				app: 'backend',
				usualMs: 0,
				policy: {
					value: {
						commit: 'c0ffee1'.padEnd(40, '0'),
						digest: 'ab12cd34ef56'.padEnd(64, '0'),
						changes: [
							'tier production, now preprod',
							'promoted from preprod, now none',
							'soak 24 h, now 0 h',
						],
						isAccepted: false,
						differs: [],
					},
				},
				to: {title: 'Production', now: {value: now}, lock: {value: {state: 'free'}}},
			},
			{timeZone: 'Asia/Kolkata'},
		),
		words: ['VERIFIED', 'DEPLOY-TO-PRODUCTION'],
		weaker: ['tier production, now preprod', 'promoted from preprod, now none', 'soak 24 h, now 0 h'],
		policy: {
			project: 'qsights',
			environment: 'production',
			commit: 'c0ffee1'.padEnd(40, '0'),
			digest: 'ab12cd34ef56'.padEnd(64, '0'),
		} as PolicyMemory,
	},
};

export const blockedStore = (blocked: DeployReview = blockedReview): CockpitStore => {
	const store = emptyStore();
	store.getState().offer({
		options: (['preprod', 'production'] as const).map(environment => ({
			id: `frontend@${environment}`,
			app: 'frontend',
			environment,
			title: environment === 'preprod' ? 'Pre-Prod' : 'Production',
			tier: environment,
			address: 'ubuntu@10.0.0.9',
		})),
	});
	store.setState({checklistEnvironment: backendOnly});
	store.getState().beginReview({app: blocked.app, environment: blocked.environment});
	store.getState().setReview({state: 'ready', review: blocked});
	return store;
};

const driven = (events: readonly RunEvent[], at: number): CockpitStore => {
	const store = reviewed();
	const state = store.getState();
	state.beginDriving(emptyRun, plan);
	state.setStage('run');
	state.applyRunEvents(events);
	for (let index = 0; index < 8; index++)
		state.sampleLive({at: at - 8000 + index * 1000, durationMs: 60 + index, text: '200', isGood: true});
	for (let index = 0; index < 40; index++)
		state.output.push(now + index * 1000, index % 2 ? 'backup' : 'upload', [
			`app/Models/Model${index}.php with a long line of output ${'x'.repeat(60)}`,
		]);
	state.bumpOutput();
	state.tick(at);
	return store;
};

const ended = (events: readonly RunEvent[], stage: 'done' | 'failed', at: number): CockpitStore => {
	const store = driven(events, at);
	store.getState().endDriving();
	store.getState().setStage(stage);
	return store;
};

const with_ = (store: CockpitStore, change: (store: CockpitStore) => void): CockpitStore => {
	change(store);
	return store;
};

/** Every state a deploy can be seen in, by name. */
export const stages: Readonly<Record<string, () => CockpitStore>> = {
	choose: emptyStore,
	'choose, a run was left': () =>
		with_(emptyStore(), store =>
			store.getState().offer({
				left: {
					run: record.run,
					environment: 'preprod',
					title: review.title,
					done: 3,
					of: 8,
					at: now - 600_000,
				},
			}),
		),
	'choose, resume highlighted': () =>
		with_(emptyStore(), store => {
			store.getState().offer({
				left: {
					run: record.run,
					environment: 'preprod',
					title: review.title,
					done: 3,
					of: 8,
					at: now - 600_000,
				},
			});
			store.getState().highlight('resume');
		}),
	'review, loading': () =>
		with_(emptyStore(), store => store.getState().beginReview({app: 'backend', environment: 'preprod'})),
	review: reviewed,
	'review, blocked': () =>
		with_(reviewed(), store =>
			store.getState().setReview({
				state: 'ready',
				review: {
					...review,
					refusal: {
						code: 'locked',
						why: 'Asha on asha-mac holds the lock since 05:50, run x',
						next: 'Wait for it, or take it over with: cockpit resume x --env preprod',
					},
				},
			}),
		),
	blocked: () => blockedStore(),
	'blocked, emergency': () => blockedStore(emergencyReview),
	'blocked, a reason': () =>
		with_(blockedStore({...blockedReview, hasEmergency: true}), store => store.getState().setReason('the si')),
	'review, emergency': () => blockedStore(openEmergency),
	'confirm, emergency': () =>
		with_(blockedStore(openEmergency), store =>
			store
				.getState()
				.askWords('deploy', {app: 'frontend', environment: 'production', emergency: hotfix}, [
					'VERIFIED',
					'DEPLOY-TO-PRODUCTION',
				]),
		),
	'blocked, the whole review': () => with_(blockedStore(), store => store.getState().openPage('summary')),
	'blocked, loading': () =>
		with_(blockedStore(), store => store.getState().beginReview({app: 'frontend', environment: 'production'})),
	'review, nothing known of live': () =>
		with_(reviewed(), store =>
			store.getState().setReview({
				state: 'ready',
				review: {
					...review,
					live: {release: undefined, commit: undefined},
					commits: undefined,
					files: undefined,
					packages: 'unknown',
					usual: {count: 0, totalMs: undefined, downtimeMs: undefined, stepMs: {}, recent: []},
				},
			}),
		),
	'review, commits': () => with_(reviewed(), store => store.getState().openPage('commits')),
	'review, files': () => with_(reviewed(), store => store.getState().openPage('files')),
	'review, commands': () => with_(reviewed(), store => store.getState().openPage('commands')),
	'review, failed': () =>
		with_(emptyStore(), store => {
			store.getState().beginReview({app: 'backend', environment: 'preprod'});
			store.getState().setReview({
				state: 'failed',
				problem: {
					what: 'preprod-1 could not be asked',
					why: 'No route',
					now: 'Nothing was changed.',
					next: 'Try again.',
				},
			});
		}),
	confirm: () =>
		with_(reviewed(), store =>
			store.getState().askWords('deploy', {app: 'backend', environment: 'preprod'}, ['yes']),
		),
	'confirm, adoption': () =>
		with_(emptyStore(), store =>
			store.getState().askWords('adopt', {app: 'backend', environment: 'preprod'}, ['adopt']),
		),
	'confirm, production': () =>
		with_(reviewed(), store => {
			store.getState().setReview({state: 'ready', review: {...review, tier: 'production'}});
			store
				.getState()
				.askWords('deploy', {app: 'backend', environment: 'production'}, ['VERIFIED', 'DEPLOY-TO-PRODUCTION']);
		}),
	'confirm, the server': () =>
		with_(reviewed(), store => {
			store.getState().setReview({state: 'ready', review: {...review, tier: 'production'}});
			store
				.getState()
				.askWords('deploy', {app: 'backend', environment: 'production'}, ['VERIFIED', 'DEPLOY-TO-PRODUCTION']);
			store.getState().nextWord();
		}),
	'review, another policy': () =>
		with_(reviewed(), store => store.getState().setReview({state: 'ready', review: otherPolicy})),
	'confirm, another policy': () =>
		with_(reviewed(), store => {
			store.getState().setReview({state: 'ready', review: otherPolicy});
			store.getState().askWords('deploy', {app: 'backend', environment: 'production'}, wordsFor(otherPolicy));
		}),
	'confirm, takeover': () => with_(emptyStore(), store => store.getState().askTakeOver(takeOver)),
	'confirm, takeover on production': () =>
		with_(emptyStore(), store =>
			store.getState().askTakeOver({
				...takeOver,
				place: {...takeOver.place, title: 'Production', tier: 'production', address: 'ubuntu@10.0.0.9'},
			}),
		),
	'failed, another word': () =>
		with_(
			reviewed(),
			notBegun({
				what: 'DEPLOYMENT BLOCKED: VERIFIED was not typed',
				why: 'The word has to be exactly VERIFIED; typed was "verified".',
				now: 'Nothing was changed on production.',
				next: 'Prove the backend on Pre-Prod first, then begin again with Choose.',
			}),
		),
	'run, preparing': () =>
		with_(reviewed(), store => {
			store.getState().beginDriving();
			store.getState().setStage('run');
		}),
	run: () => driven(running, now + 58_000),
	'run, full output': () =>
		with_(driven(running, now + 58_000), store =>
			store.getState().setOutputView({...store.getState().outputView, isWide: true}),
		),
	'run, searching': () => with_(driven(running, now + 58_000), store => store.getState().setSearching(true)),
	'run, swapped': () => driven(swapped, now + 205_000),
	'run, production': () =>
		with_(driven(running, now + 58_000), store => {
			store.getState().beginDriving(emptyRun, {
				...plan,
				tier: 'production',
				environment: 'production',
				environmentTitle: 'Production',
			});
			store.getState().applyRunEvents(running);
		}),
	'run, link lost': () =>
		driven(
			[...running, {at: now + 58_000, type: 'link.lost', host: 'preprod-1', reason: 'no answer'}],
			now + 65_000,
		),
	'run, migrations': () => driven(asking, now + 195_000),
	'run, migrations, production': () =>
		with_(driven(asking, now + 195_000), store =>
			store.setState({
				runPlan: {...plan, tier: 'production', environment: 'production', environmentTitle: 'Production'},
			}),
		),
	'run, closing': () => driven(closing, now + 215_000),
	'run, decide': () =>
		with_(driven(deciding, now + 236_000), store => {
			const {sampleLive, tick} = store.getState();
			store.setState({liveHealth: noHealth});
			sampleLive({at: now + 207_000, durationMs: 12, text: '500', isGood: false});
			tick(now + 236_000);
		}),
	'run, decide, own words': () => driven(decidingByLog, now + 236_000),
	'run, decide, full output': () =>
		with_(driven(deciding, now + 236_000), store =>
			store.getState().setOutputView({...store.getState().outputView, isWide: true}),
		),
	'run, going back': () =>
		driven(
			[
				...deciding,
				{
					at: now + 237_000,
					type: 'prompt.answered',
					step: 'go-back',
					prompt: 'go-back',
					choice: 'back',
					by: 'person',
				},
				{at: now + 237_000, type: 'going-back.started', from: plan.becomes},
			],
			now + 240_000,
		),
	'failed, went back': () => ended(wentBack, 'failed', now + 250_000),
	'failed, blocked': () =>
		ended(
			[
				started,
				{at: now, type: 'step.started', step: 'pre-flight-checks'},
				{at: now + 2000, type: 'step.finished', step: 'pre-flight-checks', state: 'failed', durationMs: 2000},
				{
					at: now + 3000,
					type: 'run.finished',
					outcome: 'failed',
					exitCode: 1,
					durationMs: 3000,
					error: {
						what: 'Pre-flight checks failed on preprod-1',
						why: 'artisan is not in the sources',
						now: 'Nothing was changed.',
						next: 'Commit what is missing.',
					},
				},
			],
			'failed',
			now + 4000,
		),
	done: () => ended(finished, 'done', now + 373_000),
	failed: () => ended(failed, 'failed', now + 241_000),
	'failed, before the swap': () =>
		ended(
			[
				...running,
				{at: now + 60_000, type: 'step.finished', step: 'upload-files', state: 'failed', durationMs: 13_000},
				{
					at: now + 61_000,
					type: 'run.finished',
					outcome: 'failed',
					exitCode: 3,
					durationMs: 61_000,
					error: {
						what: 'Upload files failed',
						why: 'disk full',
						now: 'Live backend is untouched: 20260203T055341Z-4e81d0c. The release being prepared was removed, the lock given back.',
						next: 'Free space.',
					},
				},
			],
			'failed',
			now + 62_000,
		),
	'failed, cancelled': () =>
		ended(
			[
				...running,
				{
					at: now + 61_000,
					type: 'run.finished',
					outcome: 'cancelled',
					exitCode: 130,
					durationMs: 61_000,
					error: {
						what: 'Run was cancelled',
						why: 'you asked for it',
						now: 'Live backend is untouched.',
						next: 'Start again.',
					},
				},
			],
			'failed',
			now + 62_000,
		),
	'failed, left': () =>
		ended(
			[
				...running,
				{
					at: now + 61_000,
					type: 'run.finished',
					outcome: 'left',
					exitCode: 130,
					durationMs: 61_000,
					error: {
						what: 'Run goes on without us',
						why: 'the cockpit stopped driving it',
						now: 'The job under way ends by itself; no further step starts.',
						next: 'cockpit resume',
					},
				},
			],
			'failed',
			now + 62_000,
		),
	'failed, not started': () =>
		with_(
			reviewed(),
			notBegun({
				what: 'DEPLOYMENT BLOCKED',
				why: 'the sources moved on',
				now: 'Nothing was changed.',
				next: 'Review it again.',
			}),
		),
};

import {describe, expect, test} from 'vitest';
import {parseBackupName} from '../../src/domain/backups/backup.ts';
import type {Pipeline, RollbackTarget, RunRecord} from '../../src/domain/runs/pipeline.ts';
import {rollbackBackend} from '../../src/recipes/laravel/rollback-backend.ts';
import {rollbackFrontend} from '../../src/recipes/nextjs/rollback-frontend.ts';
import {planRollback, type BackendRollbackPlan, type FrontendRollbackPlan} from '../../src/recipes/rollback/plan.ts';
import {checkWaysBack} from '../../src/recipes/rollback/look-back.ts';
import {checkRights, rightsOf} from '../../src/recipes/rollback/rights.ts';
import type {WaysBack} from '../../src/commands/rollback/ways-back.ts';
import {laravelPlan} from './laravel-plan.ts';

const {environment: withBackend} = laravelPlan();
const backend = withBackend.apps.backend;
if (!backend) throw new TypeError('the fixture has a backend');
const {php: _php, composer: _composer, restartQueue: _restartQueue, ...target} = backend;
const environment = {
	...withBackend,
	apps: {
		backend,
		frontend: {
			...target,
			recipe: 'nextjs' as const,
			path: '/var/www/qsights/frontend',
			services: [],
			pm2Names: ['qsights-frontend'] as const,
			buildEnvironment: {},
			port: 3000,
			pm2: 'pm2',
			npm: 'npm',
			node: 'node',
		},
	},
};

const record = (app: 'backend' | 'frontend', goal: RollbackTarget): RunRecord => ({
	version: 1,
	run: `20260210T060000Z-${app}-9b1d`,
	kind: 'rollback',
	app,
	environment: environment.name,
	startedAt: '2026-02-10T06:00:00.000Z',
	commit: '',
	digest: '',
	actor: {name: 'Ravi', machine: 'laptop'},
	target: goal,
});
const snapshot: RollbackTarget = {kind: 'snapshot', release: 'previous'};
const archive = (app: string): RollbackTarget => ({kind: 'backup', name: `${app}_20260203_113512`});
const backendPipeline = (goal: RollbackTarget): Pipeline =>
	rollbackBackend(planRollback({record: record('backend', goal), environment}) as BackendRollbackPlan);
const frontendPipeline = (goal: RollbackTarget): Pipeline =>
	rollbackFrontend(planRollback({record: record('frontend', goal), environment}) as FrontendRollbackPlan);

const titles = ({steps}: Pipeline): readonly string[] =>
	steps.map(({title, isClosing}) => (isClosing ? `closing: ${title}` : title));

/** Steps that are surely done when a step starts. */
const doneBefore = ({steps}: Pipeline, id: string): ReadonlySet<string> => {
	const done = new Set<string>();
	const add = (step: string): void => {
		for (const before of steps.find(({id}) => id === step)?.after ?? []) {
			done.add(before);
			add(before);
		}
	};
	add(id);
	return done;
};

test('the way back from a rollback leaves out the script of the host, which never goes forward', () => {
	for (const [app, pipeline] of [
		['backend', backendPipeline(snapshot)],
		['frontend', frontendPipeline(archive('frontend'))],
	] as const)
		expect(pipeline.wayBack).toEqual([`cockpit rollback ${app} --env preprod --to previous --confirm ROLLBACK`]);
});

describe('rollback of the backend', () => {
	test.each([
		['snapshot', snapshot],
		['archive', archive('backend')],
	])('%s: the eight steps of the workflow, and the closing check', (_, goal) => {
		expect(titles(backendPipeline(goal))).toEqual([
			'Verify backup',
			'Create pre-rollback backup',
			'Stop php8.1-fpm',
			'Move live to backend_failed_20260210_113000',
			'Extract backup',
			'Install composer dependencies',
			'Clear and rebuild caches',
			'Restart services',
			'closing: Health check',
		]);
	});

	test('nothing stops before everything slow is done beside live', () => {
		const before = doneBefore(backendPipeline(archive('backend')), 'stop-services');

		for (const id of [
			'verify-backup',
			'pre-rollback-backup',
			'restore-files',
			'install-dependencies',
			'rebuild-caches',
		])
			expect(before).toContain(id);
	});

	test('stop, swap and start are one job, so that what stopped it also starts it', () => {
		const pipeline = backendPipeline(snapshot);
		const [job] = pipeline.steps.find(({id}) => id === 'stop-services')?.actions ?? [];
		if (job?.kind !== 'job') throw new TypeError('the stop is a job');
		const labels = job.commands.map(({label, argv}) => label ?? argv.join(' '));

		expect(labels.indexOf('stop php8.1-fpm')).toBeLessThan(labels.indexOf('swap'));
		expect(labels.indexOf('swap')).toBeLessThan(labels.indexOf('start php8.1-fpm'));
		expect(job.swap).toBe(labels.indexOf('swap'));
		expect(job.spans?.map(({from, step}) => [labels[from], step])).toEqual([
			['swap', 'keep-failed'],
			['start php8.1-fpm', 'restart-services'],
		]);
	});

	test('to a snapshot: neither archive nor composer is in it, and of the caches only what is older than .env', () => {
		const actions = backendPipeline(snapshot).steps.flatMap(({actions}) => actions.map(({id}) => id));

		expect(actions).not.toContain('restore');
		expect(actions).not.toContain('composer');
		expect(actions).not.toContain('caches');
		expect(actions).toContain('config-cache');
	});

	test('which release is live afterwards is what the host settled on', () => {
		const {resolveLive} = backendPipeline(snapshot);

		expect(resolveLive?.({})).toBeUndefined();
		expect(resolveLive?.({'verify-target': 'target r1\nfiles 3 differ 0\n'})).toBe(
			'/var/www/qsights/.backend/releases/r1',
		);
	});
});

describe('rollback of the frontend', () => {
	test.each([
		['snapshot', snapshot],
		['archive', archive('frontend')],
	])('%s: the seven steps of the workflow, and the closing checks', (_, goal) => {
		expect(titles(frontendPipeline(goal))).toEqual([
			'Verify backup',
			'Create pre-rollback backup',
			'Stop PM2 process',
			'Move .next to .next_failed_20260210_113000',
			'Extract backup',
			'Verify BUILD_ID in restored backup',
			'Restart PM2 process',
			'closing: Health checks',
		]);
	});

	test('BUILD_ID is verified before anything stops, and proven as served at the end', () => {
		const pipeline = frontendPipeline(archive('frontend'));

		expect(doneBefore(pipeline, 'stop-pm2')).toContain('verify-build-id');
		expect(pipeline.steps.at(-1)?.actions.map(({kind}) => kind)).toContain('served');
	});

	test('another BUILD_ID on disk than in the archive fails the run before anything stops', () => {
		const [action] =
			frontendPipeline(archive('frontend')).steps.find(({id}) => id === 'verify-build-id')?.actions ?? [];
		const results = (id: string) => ({
			'verify-target': `entries 3\nbytes 10\nunpacked 20\nmodified 1770700000\nstrip 0\nsha256 ${'a'.repeat(64)}\nbuild-id b1\n`,
			'restored-build-id': `BUILD_ID ${id}\n`,
		});

		expect(action?.check?.(results('b1'))).toBeUndefined();
		expect(action?.check?.(results('b2'))?.why).toBe('the backup holds BUILD_ID b1, restored was b2');
	});

	test('a run that ends before the swap lets PM2 run again', () => {
		const labels = frontendPipeline(snapshot).abandon.commands.map(({label}) => label);

		expect(labels[0]).toBe('let PM2 run');
	});
});

describe('whether there is something to go back to', () => {
	const ways: WaysBack = {
		time: 1,
		layout: 'releases',
		live: 'r2',
		previous: 'r1',
		releases: ['r1', 'r2'],
		failed: [],
		lock: undefined,
		denied: [],
		rights: undefined,
		adoptedAt: undefined,
		notes: [],
		backups: [
			{file: 'backend_20260203_113512.tar.gz', sizeBytes: 1, modified: 1, isNoted: true},
			{file: 'backend_20260128_112030.tar.gz', sizeBytes: 1, modified: 1, isNoted: true},
			{file: '$(touch pwned).tar.gz', sizeBytes: 1, modified: 1, isNoted: true},
			{file: 'frontend_20260203_113512.tar.gz', sizeBytes: 1, modified: 1, isNoted: true},
		],
	};
	const check = (goal: RollbackTarget, changes: Partial<WaysBack> = {}) =>
		checkWaysBack(planRollback({record: record('backend', goal), environment}), {...ways, ...changes});

	test('what the swap calls as root is asked about before it begins, and named where it is missing', () => {
		const plan = planRollback({record: record('backend', snapshot), environment});
		const asked = rightsOf(plan).asRoot.map(argv => argv.join(' '));
		const swap = backendPipeline(snapshot)
			.steps.flatMap(({actions}) => actions)
			.flatMap(action => (action.kind === 'job' && action.id === 'swap' ? action.commands : []));
		const called = swap.flatMap(({as, argv, sudo = []}) => [
			...(as === 'root' ? [`root: ${argv.join(' ')}`] : []),
			...sudo,
		]);
		for (const service of called.filter(words => words.startsWith('root: systemctl ')))
			expect(asked).toContain(service.slice('root: '.length));
		expect(asked.join('\n')).toMatch(/^ln -sfn .*\nmv -fT /);

		expect(checkRights(plan, ways)).toBeUndefined();
		expect(checkRights(plan, {...ways, denied: ['systemctl stop php8.1-fpm', 'mv -fT']})).toMatchObject({
			why: 'sudo refuses without a password: systemctl stop php8.1-fpm; mv -fT',
		});
		expect(checkRights(plan, {...ways, rights: 'a password is required'})?.why).toBe(
			'sudo to www-data does not work without a password: a password is required',
		);
	});

	test('rights of the owner are asked about only where nothing goes without them, those of services where they must', () => {
		const rights = (app: 'backend' | 'frontend', goal: RollbackTarget) =>
			rightsOf(planRollback({record: record(app, goal), environment}));

		expect(rights('backend', snapshot).owner).toBe('');
		expect(rights('backend', archive('backend')).owner).toBe('www-data');
		expect(rights('frontend', snapshot)).toMatchObject({owner: 'www-data'});
		expect(rights('frontend', snapshot).asRoot.map(([word]) => word)).toEqual(['ln', 'mv']);
	});

	test('no window, soak or checklist is asked', () => {
		expect(check(snapshot)).toBeUndefined();
		expect(check(archive('backend'))).toBeUndefined();
	});

	test('a name that is not there lists those there are, and nothing with another name', () => {
		const refusal = check({kind: 'backup', name: 'backend_20260101_000000'});

		expect(refusal).toMatchObject({code: 'answer-needed', why: 'there is no backup backend_20260101_000000'});
		expect(refusal?.next).toBe('There are:\n  previous (r1)\n  backend_20260203_113512\n  backend_20260128_112030');
	});

	test('an archive that nothing is written about is refused unless it is older than the adoption', () => {
		const adoptedAt = Date.parse('2026-02-03T12:00:00+05:30');
		const [backup] = ways.backups;
		if (!backup) throw new TypeError('no backup');
		const {name = ''} = parseBackupName(backup.file) ?? {};
		const refusal = (changes: Partial<typeof backup>, more: Partial<WaysBack> = {adoptedAt}) =>
			check({kind: 'backup', name}, {backups: [{...backup, isNoted: false, ...changes}], ...more});

		expect(refusal({modified: adoptedAt / 1000})).toBeUndefined();
		expect(refusal({modified: adoptedAt / 1000 + 1})).toEqual({
			code: 'blocked',
			why: `nobody recorded how it came here: ${name} has no note, and is newer than the adoption of the backend`,
			next: `Ask who put it there. If it is to be trusted, have it read, and noted under your name: cockpit backups verify ${name} --env preprod`,
		});
		expect(refusal({}, {adoptedAt: Date.parse('2026-02-03T11:35:11+05:30')})).toMatchObject({code: 'blocked'});
		expect(refusal({modified: adoptedAt / 1000 + 1, isNoted: true})).toBeUndefined();
		expect(refusal({modified: adoptedAt / 1000 + 1}, {adoptedAt: undefined})).toBeUndefined();
	});

	test('what is live already is refused, and what else there is is named', () => {
		const back = check(snapshot, {live: 'r1', releases: ['r0', 'r1', 'r2', '$(touch pwned)'], failed: ['r2']});

		expect(back).toMatchObject({code: 'answer-needed', why: 'r1 is live already: it is the release before'});
		expect(back?.next).not.toContain('previous (');
		expect(back?.next).toContain('backend_20260203_113512');
		expect(back?.next).toMatch(/r2, gone back from once\n {2}r0\n/);
		expect(back?.next).toContain('COCKPIT_RELEASE=r2');
		expect(back?.next).not.toContain('pwned');
	});

	test('behind a rollback the release before is the one that was left: the word does not lead there, its name does', () => {
		const id = '20260210T055341Z-7f3a9c2';
		const left = {previous: id, releases: [id, 'r2'], failed: [id]};
		const refusal = check(snapshot, left);

		expect(refusal).toMatchObject({
			code: 'answer-needed',
			why: expect.stringContaining('gone back from once') as string,
		});
		expect(refusal?.next).not.toContain('previous (');
		expect(refusal?.next).toContain(`cockpit rollback backend --env preprod --to ${id}`);
		expect(check({kind: 'snapshot', release: id}, left)).toBeUndefined();
		expect(check({kind: 'snapshot', release: id}, {...left, live: id})?.why).toBe(`${id} is live already`);
	});

	test('a backup of what is live, or live made of it, would change nothing', () => {
		const name = 'backend_20260203_113512';
		const note = {file: `${name}.tar.gz`, release: 'r2', commit: '', run: '', kept: {}};
		const refusal = check(archive('backend'), {notes: [note]});

		expect(refusal).toMatchObject({
			code: 'answer-needed',
			why: `${name} holds r2, which is live already: nothing would change`,
		});
		expect(refusal?.next).toBe('There are:\n  previous (r1)\n  backend_20260128_112030');
		expect(check(archive('backend'), {live: `20260210T055341Z-from-${name}`})?.why).toContain('live already');
		expect(check(archive('backend'), {notes: [{...note, release: 'r1'}]})).toBeUndefined();
	});

	test('an empty archive is refused, and never offered', () => {
		const backups = ways.backups.map(backup => ({...backup, sizeBytes: 0}));

		expect(check(archive('backend'), {backups})?.why).toBe('backend_20260203_113512 is empty');
		expect(check(archive('backend'), {backups})?.next).toBe('There are:\n  previous (r1)');
	});

	test('the release before is gone, or was never written down', () => {
		expect(check(snapshot, {releases: ['r2']})?.why).toBe('release r1 is not on the host any more');
		expect(check(snapshot, {previous: undefined})?.why).toBe('no earlier release is written down');
	});

	test('a run of somebody else stands in the way, its own lock does not', () => {
		const lock = {
			run: 'other',
			attempt: 1,
			token: 3,
			since: 'then',
			name: 'Asha',
			machine: 'desk',
			running: ['composer'],
		};

		expect(check(snapshot, {lock})).toMatchObject({code: 'locked'});
		expect(check(snapshot, {lock})?.why).toContain('now at "composer"');
		expect(check(snapshot, {lock: {...lock, run: record('backend', snapshot).run}})).toBeUndefined();
	});

	test.each([
		{what: 'no job and no driver', state: {driver: 'gone', running: []}, code: undefined},
		{what: 'a driver that waits', state: {driver: 'here', running: []}, code: 'locked'},
		{what: 'a job alone', state: {driver: 'gone', running: ['swap']}, code: 'locked'},
		{what: 'a driver that does not make itself known', state: {running: []}, code: 'locked'},
	] as const)('a run of which there is $what', ({state, code}) => {
		const holder = {run: 'other', attempt: 1, token: 3, since: 'then', name: 'Asha', machine: 'desk'};

		expect(check(snapshot, {lock: {...holder, ...state}})?.code).toBe(code);
	});

	test('a host that was not taken over is not guessed at', () => {
		expect(check(snapshot, {layout: 'directory'})?.next).toContain('cockpit adopt --env preprod');
	});
});

import {describe, expect, test} from 'vitest';
import type {Command} from '../../src/domain/command.ts';
import type {Action, Pipeline, Results, Step} from '../../src/domain/runs/pipeline.ts';
import {adopt} from '../../src/recipes/adopt/adopt.ts';
import {planAdoption} from '../../src/recipes/adopt/plan.ts';
import {deployBackend} from '../../src/recipes/laravel/deploy-backend.ts';
import {deployFrontend} from '../../src/recipes/nextjs/deploy-frontend.ts';
import {frontendPlan} from './frontend-plan.ts';
import {laravelPlan} from './laravel-plan.ts';
import {adoptPipeline, deployPipeline, preprod, production, recordOf, rollbackPipeline} from './pipelines.ts';

/*
 * What each action looks at once it is done, and refuses; the checks of a host have tests of their own.
 */

const actionOf = ({steps}: Pipeline, id: string): Action => {
	const found = steps.flatMap(({actions}) => actions).find(action => action.id === id);
	if (!found) throw new Error(`no action ${id}`);
	return found;
};
const stepOf = ({steps}: Pipeline, id: string): Step => {
	const found = steps.find(step => step.id === id);
	if (!found) throw new Error(`no step ${id}`);
	return found;
};
test.each(['backend', 'frontend'] as const)(
	'back-up of the %s: its size is carried as a value beside the words; none where nothing was live',
	app => {
		const backUp = stepOf(deployPipeline(app), 'back-up');

		expect(backUp.sizeBytes?.({'back-up': 'verified 4711 entries, 212000000 bytes\n'})).toBe(212_000_000);
		expect(backUp.sizeBytes?.({'back-up': 'nothing is live\n'})).toBeUndefined();
	},
);

const refusal = (pipeline: Pipeline, id: string, results: Results) => actionOf(pipeline, id).check?.(results);
const commandOf = (pipeline: Pipeline, id: string, label: string): Command => {
	const action = actionOf(pipeline, id);
	const found = action.kind === 'job' ? action.commands.find(command => command.label === label) : undefined;
	if (!found) throw new Error(`no ${label} in ${id}`);
	return found;
};

test.each([
	{app: 'backend', pipeline: deployBackend(laravelPlan({uncommitted: ['a']}))},
	{app: 'frontend', pipeline: deployFrontend(frontendPlan({uncommitted: ['a']}))},
])(
	'check, deploy of the $app: sources that are not committed are refused before the lock, then what the host lacks',
	({app, pipeline}) => {
		expect(refusal(pipeline, 'ask-host', {})).toMatchObject({
			code: 'blocked',
			why: `1 uncommitted change below /src/${app}: a`,
		});
		const clean = app === 'backend' ? deployBackend(laravelPlan()) : deployFrontend(frontendPlan());
		expect(refusal(clean, 'ask-host', {'ask-host': 'time\t1770700000\nlayout\tdirectory\nmanifest\n'})?.why).toBe(
			`/var/www/qsights/${app} is a plain directory, as the old scripts leave it`,
		);
		expect(() => refusal(clean, 'ask-host', {'ask-host': 'layout\treleases\n'})).toThrow('is cut, or is no answer');
	},
);

describe('migrations', () => {
	const entry = (path: string) => ({path, mode: '100644' as const, sha256: 'a'.repeat(64), sizeBytes: 1});
	const name = '2026_02_05_101500_add_department';
	const source = {
		...laravelPlan().source,
		entries: ['artisan', 'composer.json', 'composer.lock', `database/migrations/${name}.php`].map(entry),
	};
	const ran = `  ${name} ......................... [1] Ran\n`;
	const pending = `  ${name} ......................... Pending\n`;
	const headless = deployBackend(laravelPlan({source, canAsk: false}));

	test.each([
		{what: 'pending ones', status: pending, why: `migrations are pending: ${name}`},
		{
			what: 'a live release that can not tell',
			status: 'unknown could not connect\n',
			why: "the live release can't say which migrations ran: could not connect",
		},
		{what: 'nothing live yet, so that all are pending', status: '', why: `migrations are pending: ${name}`},
	])('check, migrations: where nobody can answer, $what end the run before the lock', ({status, why}) => {
		expect(refusal(headless, 'ask-migrations', {'ask-migrations': status})).toEqual({
			code: 'answer-needed',
			why,
			guide: 'failures',
			next: 'Say what becomes of them: cockpit deploy backend --env preprod --migrate run (or skip) ...',
		});
	});

	test('check, migrations: none pending, and none at all, are in nobody’s way', () => {
		expect(refusal(headless, 'ask-migrations', {'ask-migrations': ran})).toBeUndefined();
		const none = deployBackend(laravelPlan({canAsk: false}));
		expect(refusal(none, 'ask-migrations', {'ask-migrations': 'unknown x\n'})).toBeUndefined();
	});

	test('left behind: which migrations ran, by the status or by what the job has said, and the snapshot from before', () => {
		const base = laravelPlan({source});
		const hook = {id: 'x', run: ['x'], where: 'here', timeoutMs: 1, fails: 'stop', variables: []} as const;
		const plan = {...base, target: {...base.target, hooks: {beforeMigrate: [hook]}}};
		const told = (results: Results, log = '', said = '') =>
			deployBackend(plan).leftBehind?.tell({
				results: {'migrations-before': pending, ...results},
				log: () => log,
				said,
				is: 'new',
			});
		const left = (results: Results, log = '', host = ''): string => told(results, log, host)?.now ?? '';
		const said = `A migration of it ran and stays in the database: ${name}.`;
		const unknown = 'Its migrations had begun; that one of them changed something is not known.';
		const kept = {'hook-before-migrate-x': 'cockpit-keep database-snapshot=pre-1'};

		expect(left(kept)).toBe(`${unknown} Database snapshot from before: pre-1.`);
		expect(left({migrate: '', 'migrations-after': ran})).toBe(said);
		// The job has failed on its way, or whoever resumes finds that it had ended.
		expect(left(kept, `Migrated:  ${name} (12.3ms)\n`)).toBe(`${said} Database snapshot from before: pre-1.`);
		expect(left({'migrations-before': ran, migrate: `  ${name} ..... 12ms DONE\n`})).toBe(said);
		const half = `${name} failed on its way: what it had done by then stays, where the database keeps it.`;
		expect(left({}, `  ${name} ..... 12ms FAIL\n`)).toBe(half);
		expect(left({}, `Migrating: ${name}\n`)).toBe(half);
		// Whoever drives it on from elsewhere has neither results nor a copy of the log: the host has.
		const host = `log Migrating: ${name}\n\nkept {"database-snapshot":"pre-2"}\nlive 2014_10_12_000000_other\n`;
		expect(left({}, '', host)).toBe(`${half} Database snapshot from before: pre-2.`);
		expect(left({}, '', `${host}status ${ran.trim()}\n`)).toContain(said);
		expect(told({})?.next).toMatch(/^Which have run: ssh .*artisan migrate:status'$/);
	});

	test('left behind: that live does not expect it is said where live was made before', () => {
		const {leftBehind} = deployBackend(laravelPlan({source}));
		const told = (is: 'before' | 'new', said = '') =>
			leftBehind?.tell({results: {migrate: `Migrated:  ${name} (1ms)\n`}, log: () => '', said, is}).now;

		expect(told('before')).toContain('Live is the code from before, which does not expect that.');
		expect(told('before', `live ${name}\n`)).not.toContain('does not expect');
		expect(told('new')).not.toContain('does not expect');
	});

	const asking = deployBackend(laravelPlan({source, environment: production}));

	test('check, migrations: are run by an answer alone, and only where some are pending', () => {
		const prompt = actionOf(asking, 'migrations');
		if (prompt.kind !== 'prompt') throw new TypeError('it asks');
		const migrate = actionOf(asking, 'migrate').when;

		expect(prompt.prompt({'migrations-before': ran})).toBeUndefined();
		expect(prompt.prompt({'migrations-before': pending})).toMatchObject({kind: 'migrations', id: 'migrations'});
		expect(prompt.prompt({'migrations-before': pending})).not.toHaveProperty('settled');
		expect([undefined, '', 'skip', 'run'].map(migrations => migrate?.holds({migrations}))).toEqual([
			false,
			false,
			false,
			true,
		]);
		const preview = actionOf(asking, 'migrations-preview').when;
		expect([ran, pending].map(status => preview?.holds({'migrations-before': status}))).toEqual([false, true]);
	});

	test('check, migrations: what artisan left pending is refused, whatever it exited with', () => {
		expect(refusal(asking, 'migrations-after', {'migrations-after': pending})?.why).toBe(
			`artisan migrate ended well, but these are still pending: ${name}`,
		);
		expect(refusal(asking, 'migrations-after', {'migrations-after': ran})).toBeUndefined();
	});

	test('check, migrations: the answer that was settled before is the one of the record', () => {
		const settled = deployBackend(laravelPlan({source, record: recordOf('backend', {migrate: 'skip'})}));
		const prompt = actionOf(settled, 'migrations');

		expect(prompt.kind === 'prompt' ? prompt.prompt({'migrations-before': pending}) : undefined).toMatchObject({
			settled: 'skip',
		});
	});
});

test('check, build: what is on disk must be what was built', () => {
	const pipeline = deployPipeline('frontend');
	const built = (buildId: string, sizeBytes: number): string =>
		JSON.stringify({buildId, sizeBytes, files: 3, isReused: false});

	expect(refusal(pipeline, 'read-build-back', {build: built('b1', 9), 'read-build-back': built('b1', 9)})).toBe(
		undefined,
	);
	for (const [id, size] of [
		['b2', 9],
		['b1', 8],
	] as const)
		expect(
			refusal(pipeline, 'read-build-back', {build: built('b1', 9), 'read-build-back': built(id, size)}),
		).toMatchObject({code: 'blocked', why: `built was b1 (9 bytes), on disk is ${id} (${size} bytes)`});
});

test('check, served: the site must show the build that the host says is live', () => {
	const served = actionOf(deployPipeline('frontend'), 'served');
	if (served.kind !== 'served') throw new TypeError('it asks the site');

	expect(served.expect({'follow-start': 'BUILD_ID b7\n'})).toEqual({buildId: 'b7'});
	const back = actionOf(rollbackPipeline('frontend', 'snapshot'), 'served');
	expect(back.kind === 'served' ? back.expect({'restored-build-id': 'BUILD_ID b6\n'}) : undefined).toEqual({
		buildId: 'b6',
	});
});

test('check, rollback: nothing to go back to ends it before the lock', () => {
	const found = 'time\t1770700000\nlive\tr2\nrelease\tr1\nrelease\tr2\nprevious\tr1\n';
	const pipeline = rollbackPipeline('backend', 'snapshot');

	expect(refusal(pipeline, 'look-back', {'look-back': found})).toBeUndefined();
	expect(
		refusal(pipeline, 'look-back', {'look-back': 'time\t1770700000\nlive\tr2\nrelease\tr2\nprevious\tr1\n'})?.why,
	).toBe('release r1 is not on the host any more');
	expect(refusal(rollbackPipeline('backend', 'backup'), 'look-back', {'look-back': found})?.why).toBe(
		'there is no backup backend_20260203_113512',
	);
});

test.each([
	{app: 'backend', needed: ['artisan', 'vendor/autoload.php', 'public/index.php']},
	{app: 'frontend', needed: ['.next/BUILD_ID', 'package.json']},
] as const)(
	'check, rollback of the $app: a snapshot is whole only with what it can not run without',
	({app, needed}) => {
		const {argv} = commandOf(rollbackPipeline(app, 'snapshot'), 'verify-target', 'settle what to go back to');

		expect(argv.slice(4)).toEqual([
			'.cockpit/qsights/preprod',
			app,
			`20260210T055341Z-${app}-9b1d`,
			`/var/www/qsights/.${app}/releases`,
			'previous',
			...needed,
		]);
	},
);

test('check, rollback: of the services only what runs PHP and is told of a release stops for the swap, all are looked at', () => {
	const {backend} = preprod.apps;
	if (!backend) throw new TypeError('the fixture has a backend');
	const services = [
		{unit: 'php8.1-fpm', after: 'restart'},
		{unit: 'php-exporter', after: 'nothing'},
		{unit: 'nginx', after: 'reload'},
		{unit: 'mysql', after: 'nothing'},
	] as const;
	const environment = {...preprod, apps: {backend: {...backend, services}}};
	const swap = actionOf(rollbackPipeline('backend', 'snapshot', {environment}), 'swap');

	expect(swap.kind === 'job' ? swap.commands.map(({label}) => label).slice(3) : []).toEqual([
		'note where the logs end',
		'stop php8.1-fpm',
		'swap',
		'start php8.1-fpm',
		'keep the failed release',
		'reload nginx',
		'artisan queue:restart',
		'service states',
	]);
	expect(
		commandOf(rollbackPipeline('backend', 'snapshot', {environment}), 'swap', 'service states').argv.slice(4),
	).toEqual(['php8.1-fpm', 'php-exporter', 'nginx', 'mysql']);
});

test.each([
	{name: 'stop of php-fpm', command: commandOf(rollbackPipeline('backend', 'snapshot'), 'swap', 'stop php8.1-fpm')},
	{name: 'swap behind it', command: commandOf(rollbackPipeline('backend', 'snapshot'), 'swap', 'swap')},
])('swap, rollback of the backend: a $name that fails starts php-fpm again', ({command}) => {
	expect(command.argv[4]).toBe('php8.1-fpm');
});

test.each([
	{name: 'deploy', command: commandOf(deployPipeline('frontend'), 'swap', 'swap')},
	{name: 'check of BUILD_ID', command: commandOf(deployPipeline('frontend'), 'swap', 'verify BUILD_ID')},
	{name: 'rollback', command: commandOf(rollbackPipeline('frontend', 'backup'), 'swap', 'swap')},
	{
		name: 'adoption',
		command: commandOf(adoptPipeline('frontend', 'adopt'), 'exchange', 'exchange directory and link'),
	},
])('swap, $name of the frontend: one that fails lets PM2 run again', ({command}) => {
	expect(command.argv[2]).toContain('starts PM2 again');
	expect(command.argv[6]).toContain('"isStrict":true');
});

test('swap: the link leads to the candidate, and going back to what was remembered before it', () => {
	const pipeline = deployPipeline('backend');
	const next = '/var/www/qsights/.backend/next';

	expect(commandOf(pipeline, 'swap', 'make the new link').argv).toEqual([
		'ln',
		'-sfn',
		'--',
		'.backend/releases/20260210T055341Z-7f3a9c2',
		next,
	]);
	const claim = [
		'/var/www/qsights/backend',
		'/var/www/qsights/.backend',
		'.cockpit/qsights/preprod',
		'qsights',
		'preprod',
		'backend',
	];
	expect(commandOf(pipeline, 'swap', 'swap').argv.slice(4)).toEqual([
		...claim,
		'20260210T055341Z-backend-9b1d',
		'mv',
		'-fT',
		'--',
		next,
		'/var/www/qsights/backend',
	]);
	expect(pipeline.liveAfterSwap).toBe('/var/www/qsights/.backend/releases/20260210T055341Z-7f3a9c2');
	expect(pipeline.readLive.argv).toEqual(['readlink', '-f', '--', '/var/www/qsights/backend']);
	const run = '20260210T055341Z-backend-9b1d';
	expect(commandOf(pipeline, 'swap', 'remember the release to go back to').argv.slice(4)).toEqual([
		'/var/www/qsights/backend',
		'.cockpit/qsights/preprod',
		'backend',
		run,
		'usual',
	]);
	expect(pipeline.goBack?.job.commands[0]?.argv.slice(4)).toEqual([...claim, next, '.backend/releases', run]);
});

test('settle: as many releases and backups are kept as the environment says, and never what is live', () => {
	const backups = {...preprod.backups, keep: 7};
	const pipeline = deployPipeline('backend', {environment: {...preprod, backups}});

	const releases = commandOf(pipeline, 'close', 'remove old releases').argv.slice(4);
	expect(releases.slice(0, 5)).toEqual([
		'.cockpit/qsights/preprod',
		'backend',
		'www-data',
		'/var/www/qsights/backend',
		'/var/www/qsights/.backend',
	]);
	expect(releases.slice(12, 15)).toEqual([
		'20260210T055341Z-backend-9b1d',
		'/var/www/qsights/.backend/releases',
		'3',
	]);
	const prune = commandOf(pipeline, 'close', 'remove old backups').argv;
	expect(prune).toContain('7');
	expect(prune).toContain('/home/ubuntu/backups/preprod');
});

describe('adoption', () => {
	const good = {layout: 'directory', sudo: 'ok', exchange: 'mv'};
	const found = (facts: Readonly<Record<string, string>>): Results => ({
		inventory: Object.entries(facts)
			.map(([name, value]) => `${name}\t${value}\n`)
			.join(''),
	});
	const live = '/var/www/qsights/backend';

	test('check, adoption: a host as the old scripts left it is taken over, one that was taken over is undone', () => {
		expect(refusal(adoptPipeline('backend', 'adopt'), 'inventory', found(good))).toBeUndefined();
		expect(
			refusal(adoptPipeline('backend', 'adopt-undo'), 'inventory', found({...good, layout: 'releases'})),
		).toBeUndefined();
		expect(refusal(adoptPipeline('backend', 'adopt-undo'), 'inventory', found(good))?.why).toBe(
			`${live} is a plain directory already`,
		);
	});

	test.each([
		{facts: {...good, layout: 'releases'}, why: `${live} is a release already`},
		{facts: {...good, layout: 'none'}, why: `${live} is neither a directory nor a release`},
		{
			facts: {...good, sudo: 'sudo: a password is required'},
			why: 'sudo does not work without a password: sudo: a password is required',
		},
		{facts: {...good, mount: live}, why: `${live} is a mount point and can't be renamed`},
		{
			facts: {...good, escape: 'public/storage'},
			why: `relative symlinks lead out of ${live} and would break one level deeper: public/storage`,
		},
		{facts: {layout: 'directory', sudo: 'ok'}, why: 'neither "mv --exchange" nor perl is on the host'},
	])('check, adoption: $why', ({facts, why}) => {
		expect(refusal(adoptPipeline('backend', 'adopt'), 'inventory', found(facts))?.why).toBe(why);
	});

	test('check, adoption: what is shared may lead out of the app', () => {
		expect(refusal(adoptPipeline('backend', 'adopt'), 'inventory', found({...good, escape: 'storage/app'}))).toBe(
			undefined,
		);
	});

	test('baseline: holds what a commit once brought; packages were made; the rest is named, as nobody deployed it', () => {
		const pipeline = adopt(
			planAdoption({
				record: recordOf('backend', {kind: 'adopt'}),
				environment: preprod,
				isKnown: path => ['artisan', 'app/User.php', 'public/storage'].includes(path),
				hash: text => `hash of ${text}`,
			}),
			{},
		);
		const files = {
			artisan: '755',
			'public/upload.jpg': '644',
			'app/User.php': '644',
			'vendor/autoload.php': '644',
			'bootstrap/cache/config.php': '644',
			'storage/framework/views/x.php': '644',
		};
		const listing = [
			...Object.entries(files).map(([path, mode]) => `f${mode}\0${path}\0\0`),
			'l777\0public/storage\0../storage\0',
			'\0\0\0',
			...Object.keys(files).map(path => `${'a'.repeat(64)}  ./${path}\0`),
		].join('');
		const kept = (id: string): readonly string[] => {
			const keep = actionOf(pipeline, id);
			return keep.kind === 'send' ? keep.input({baseline: listing}).split('\0') : [];
		};

		expect(kept('keep-made')).toEqual([
			`100644 ${'a'.repeat(64)} vendor/autoload.php`,
			`100644 ${'a'.repeat(64)} bootstrap/cache/config.php`,
			'',
		]);
		expect(kept('keep-baseline')).toEqual([
			`100755 ${'a'.repeat(64)} artisan`,
			`100644 ${'a'.repeat(64)} app/User.php`,
			'120000 hash of ../storage public/storage',
			'',
		]);
		expect(stepOf(pipeline, 'baseline').summary?.({baseline: listing})).toBe(
			'3 files; 1 that no commit has, left behind by the first deploy: public/upload.jpg',
		);
	});

	test('baseline: of a frontend, its build was brought although no commit ever had it', () => {
		const {summary} = stepOf(
			adoptPipeline('frontend', 'adopt', {isKnown: path => path === 'package.json'}),
			'baseline',
		);
		const paths = ['package.json', '.next/BUILD_ID', 'public/upload.jpg'];
		const listing = [
			...paths.map(path => `f644\0${path}\0\0`),
			'\0\0\0',
			...paths.map(path => `${'a'.repeat(64)}  ./${path}\0`),
		].join('');

		expect(summary?.({baseline: listing})).toBe(
			'2 files; 1 that no commit has, left behind by the first deploy: public/upload.jpg',
		);
	});
});

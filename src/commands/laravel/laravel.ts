import type {Command} from '../../domain/command.ts';
import type {LaravelTarget} from '../../domain/environments/environment.ts';
import type {HostState} from '../host-state.ts';
import type {ReleaseLayout} from '../release-layout.ts';
import {around, asUser, program} from '../shell.ts';
import withoutSecrets from './without-secrets.sh';
import rebuildBaked from './rebuild-baked.sh';
import rebuild from './rebuild-config.sh';
import status from './migrate-status.sh';
import statusOrWhy from './migrate-status-or-why.sh';
import preview from './pretend.sh';
import toldByHooks from '../hooks/told-by-hooks.sh';
import left from './left-in-database.sh';
import previewBack from './pretend-rollback.sh';

type App = {
	readonly directory: string;
	readonly target: Pick<LaravelTarget, 'php' | 'composer' | 'owner'>;
	readonly home: string;
};

/** The command as its user, with what it prints made safe to show and to keep. */
const guarded = (label: string, argv: Command['argv'], owner: string): Command => ({
	...program(label, withoutSecrets, asUser({argv, as: owner})),
	sudo: [`${owner}: ${argv.find(word => !word.includes('=') && word !== 'env') ?? ''}`],
});

/** `php artisan ...` of the app in `directory`, as its owner: a cache written by another user can't be rewritten. */
export const artisan = ({directory, target}: Omit<App, 'home'>, ...args: readonly string[]): Command =>
	guarded(`artisan ${args.join(' ')}`, [target.php, `${directory}/artisan`, ...args], target.owner);

/**
 * Rebuilds the caches of the app in `directory` where they name a place below `releases`: they bake the path of the
 * release they were made in, and an app whose releases are about to go would look for its files there.
 */
export const rebuildBakedCaches = (
	{directory, target}: Omit<App, 'home'>,
	{releases}: Pick<ReleaseLayout, 'releases'>,
): Command => program('rebuild baked caches', rebuildBaked, [directory, releases, target.php], target.owner);

const rebuilt = {
	live: 'rebuild the cached configuration',
	others: 'rebuild the cached configuration of other releases',
	settled: 'rebuild the cached configuration where .env is newer',
} as const;

/**
 * Makes the cached configuration anew, with the values the app has now, where there is one: that of the live release, or
 * those of the others, which can be gone back to. `settled`: of the one that the run goes back to, where `.env` is newer; one
 * that can't be made stays as it is, and that is noted. Beside the one in use, and renamed; the lists of what was made in
 * the releases are kept true.
 */
export const rebuildConfig = (
	which: keyof typeof rebuilt,
	{directory, app, run}: HostState,
	{
		layout: {live, releases},
		target: {owner, php},
	}: {
		readonly layout: Pick<ReleaseLayout, 'live' | 'releases'>;
		readonly target: Pick<LaravelTarget, 'owner' | 'php'>;
	},
): Command => ({
	...program(rebuilt[which], rebuild, [
		which,
		live,
		releases,
		owner,
		php,
		`${directory}/manifests/${app}`,
		run,
		`${directory}/jobs/${run}/target`,
	]),
	sudo: [`${owner}: sh`, `${owner}: rm`, ...(which === 'settled' ? [`${owner}: test`] : [])],
});

/** A program that runs artisan as the owner of the app, and reads what it prints. */
const aroundArtisan = (
	{directory, target}: Omit<App, 'home'>,
	of: {
		readonly label: string;
		readonly text: string;
		readonly args: readonly string[];
		readonly before?: readonly string[];
	},
): Command => {
	const argv: Command['argv'] = [target.php, `${directory}/artisan`, ...of.args, '--no-interaction', '--no-ansi'];
	return around({argv, as: target.owner, label: of.label}, of.text, of.before);
};

/** Prints which migrations have run, as `migrationsRan` reads it. Changes nothing. */
export const migrateStatus = (app: Omit<App, 'home'>): Command =>
	aroundArtisan(app, {label: 'artisan migrate:status', text: status, args: ['migrate:status']});

/**
 * As `migrateStatus`, but what goes wrong is an answer too: `unknown WHY`. Knows the migrations of every release that is
 * kept, not of live only.
 */
export const migrateStatusOrWhy = (app: Omit<App, 'home'>, {releases}: Pick<ReleaseLayout, 'releases'>): Command =>
	aroundArtisan(app, {
		label: 'ask which migrations ran',
		text: statusOrWhy,
		args: ['migrate:status'],
		before: [`${app.directory}/artisan`, releases],
	});

/**
 * Prints the SQL that pending migrations would run. Changes nothing: `--force` only stops artisan from asking. A
 * migration that reads the database may not be able to pretend; then its own words are the preview.
 */
export const pretendMigrations = (app: Omit<App, 'home'>): Command =>
	aroundArtisan(app, {label: 'artisan migrate --pretend', text: preview, args: ['migrate', '--pretend', '--force']});

/**
 * Asks what a run that was stopped has left in the database, as long as what it has prepared is there: lines `log ...` of
 * its migrations, `kept {...}` of its hooks, `status ...` of artisan, `live NAME` for each migration that live has a file of.
 * Never fails, and changes nothing.
 */
export const askLeftInDatabase = (
	app: Omit<App, 'home'>,
	{directory, run}: HostState,
	{live}: Pick<ReleaseLayout, 'live'>,
): Command => {
	const argv: Command['argv'] = [
		app.target.php,
		`${app.directory}/artisan`,
		'migrate:status',
		'--no-interaction',
		'--no-ansi',
	];
	return around(
		{argv, as: app.target.owner, label: 'ask what is left in the database'},
		[toldByHooks, left],
		[`${directory}/jobs/${run}`, app.directory, live],
	);
};

/** What `migrate:rollback` is told so that it takes back certain migrations and no other. */
export type RollbackSteps = {
	/** How many of those that ran last it looks at. */
	readonly step: number;
	/** Files it is kept to, counted from the app; empty: it takes all it looks at. */
	readonly paths: readonly string[];
};

/** The words of `migrate:rollback`, as people type them too. `--force` only stops artisan from asking. */
export const rollbackWords = ({step, paths}: RollbackSteps): readonly [string, ...string[]] => [
	'migrate:rollback',
	`--step=${step}`,
	...paths.map(path => `--path=${path}`),
	'--force',
];

/** Prints the SQL by which migrations would be taken back. Changes nothing. Fails where artisan does. */
export const pretendRollback = (app: Omit<App, 'home'>, steps: RollbackSteps): Command =>
	aroundArtisan(app, {
		label: 'artisan migrate:rollback --pretend',
		text: previewBack,
		args: [...rollbackWords(steps), '--pretend'],
	});

/** Source: workflow, "deploy_backend_preprod.sh". `home` keeps composer's cache between deploys. */
export const composerInstall = ({directory, target, home}: App): Command =>
	guarded(
		'composer install',
		[
			'env',
			`COMPOSER_HOME=${home}`,
			target.composer,
			'install',
			'--no-dev',
			'--optimize-autoloader',
			'--no-interaction',
			'--no-progress',
			`--working-dir=${directory}`,
		],
		target.owner,
	);

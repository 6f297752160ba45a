import type {Command} from '../../domain/command.ts';
import type {LaravelTarget} from '../../domain/environments/environment.ts';
import type {ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';
import withoutSecrets from './without-secrets.sh';
import rebuildBaked from './rebuild-baked.sh';
import status from './migrate-status.sh';
import statusOrWhy from './migrate-status-or-why.sh';
import preview from './pretend.sh';

type App = {
	readonly directory: string;
	readonly target: Pick<LaravelTarget, 'php' | 'composer' | 'owner'>;
	readonly home: string;
};

/** The command as its user, with what it prints made safe to show and to keep. */
const guarded = (label: string, argv: readonly string[], owner: string): Command => ({
	...program(label, withoutSecrets, ['sudo', '-n', '-u', owner, '--', ...argv]),
	label,
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

/** Prints which migrations have run, as `migrationsRan` reads it. Changes nothing. */
export const migrateStatus = ({directory, target}: Omit<App, 'home'>): Command => ({
	...program('artisan migrate:status', status, [
		'sudo',
		'-n',
		'-u',
		target.owner,
		'--',
		target.php,
		`${directory}/artisan`,
		'migrate:status',
		'--no-interaction',
		'--no-ansi',
	]),
	label: 'artisan migrate:status',
	sudo: [`${target.owner}: ${target.php}`],
});

/**
 * As `migrateStatus`, but what goes wrong is an answer too: `unknown WHY`. Knows the migrations of every release that is
 * kept, not of live only.
 */
export const migrateStatusOrWhy = (
	{directory, target}: Omit<App, 'home'>,
	{releases}: Pick<ReleaseLayout, 'releases'>,
): Command => {
	const {argv, ...rest} = migrateStatus({directory, target});
	const [, , , , ...command] = argv;
	return {
		...rest,
		...program('ask which migrations ran', statusOrWhy, [`${directory}/artisan`, releases, ...command]),
		label: 'ask which migrations ran',
	};
};

/**
 * Prints the SQL that pending migrations would run. Changes nothing: `--force` only stops artisan from asking. A
 * migration that reads the database may not be able to pretend; then its own words are the preview.
 */
export const pretendMigrations = ({directory, target}: Omit<App, 'home'>): Command => ({
	...program('artisan migrate --pretend', preview, [
		'sudo',
		'-n',
		'-u',
		target.owner,
		'--',
		target.php,
		`${directory}/artisan`,
		'migrate',
		'--pretend',
		'--force',
		'--no-interaction',
		'--no-ansi',
	]),
	label: 'artisan migrate --pretend',
	sudo: [`${target.owner}: ${target.php}`],
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

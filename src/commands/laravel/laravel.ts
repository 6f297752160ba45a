import type {Command} from '../../domain/command.ts';
import type {LaravelTarget} from '../../domain/environments/environment.ts';
import type {ReleaseLayout} from '../release-layout.ts';
import {program} from '../shell.ts';

type App = {
	readonly directory: string;
	readonly target: Pick<LaravelTarget, 'php' | 'composer' | 'owner'>;
	readonly home: string;
};

/*
 * Laravel quotes the value in .env it could not parse, which may be a password: it is cut out before anything is
 * logged, here or on the host. Source: vlucas/phpdotenv, Parser::parse and EntryParser.
 */
const withoutSecrets = `
exec 4>&1
code=$({ { "$@" 2>&1 3>&- 4>&-; echo "$?" >&3; } | sed -u 's/\\(Failed to parse dotenv file\\..* at \\[\\).*/\\1...]/' >&4; } 3>&1)
exit "$code"
`;

/** The command as its user, with what it prints made safe to show and to keep. */
const guarded = (label: string, argv: readonly string[], owner: string): Command => ({
	...program(label, withoutSecrets, ['sudo', '-n', '-u', owner, '--', ...argv]),
	label,
	sudo: [`${owner}: ${argv.find(word => !word.includes('=') && word !== 'env') ?? ''}`],
});

/** `php artisan ...` of the app in `directory`, as its owner: a cache written by another user can't be rewritten. */
export const artisan = ({directory, target}: Omit<App, 'home'>, ...args: readonly string[]): Command =>
	guarded(`artisan ${args.join(' ')}`, [target.php, `${directory}/artisan`, ...args], target.owner);

const rebuildBaked = `
directory=$1 releases=$2 php=$3
grep -qsF -- "$releases/" "$directory"/bootstrap/cache/*.php || { echo 'no cache names a release'; exit 0; }
for cache in config route view; do
	out=$("$php" "$directory/artisan" "$cache:cache" 2>&1); code=$?
	printf '%s\\n' "$out" | sed 's/\\(Failed to parse dotenv file\\..* at \\[\\).*/\\1...]/'
	[ "$code" -eq 0 ] || exit "$code"
done
`;

/**
 * Rebuilds the caches of the app in `directory` where they name a place below `releases`: they bake the path of the
 * release they were made in, and an app whose releases are about to go would look for its files there.
 */
export const rebuildBakedCaches = (
	{directory, target}: Omit<App, 'home'>,
	{releases}: Pick<ReleaseLayout, 'releases'>,
): Command => program('rebuild baked caches', rebuildBaked, [directory, releases, target.php], target.owner);

const status = `
out=$("$@" 2>&1); code=$?
out=$(printf '%s\\n' "$out" | sed 's/\\(Failed to parse dotenv file\\..* at \\[\\).*/\\1...]/')
if [ "$code" -ne 0 ]; then
	# A database that no migration has seen yet has no table of them: all are pending.
	case $out in *'Migration table not found'*) exit 0 ;; esac
	printf '%s\\n' "$out" >&2
	exit "$code"
fi
printf '%s\\n' "$out"
`;

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

const statusOrWhy = `
artisan=$1 releases=$2
shift 2
# Nothing is live yet: every migration of the build is pending.
[ -e "$artisan" ] || exit 0
# After a rollback the database has seen migrations that live has no file of, and artisan names only those it finds.
set -- "$@" --realpath "--path=\${artisan%/*}/database/migrations"
for path in "$releases"/*/database/migrations; do
	[ ! -d "$path" ] || set -- "$@" "--path=$path"
done
out=$("$@" 2>&1) && { printf '%s\\n' "$out"; exit 0; }
case $out in *'Migration table not found'*) exit 0 ;; esac
printf 'unknown %s\\n' "$(printf %s "$out" | tr '\\n' ' ' | sed 's/\\(Failed to parse dotenv file\\..* at \\[\\).*/\\1...]/' | cut -c 1-300)"
`;

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

const preview = `
"$@" 2>&1 | sed 's/\\(Failed to parse dotenv file\\..* at \\[\\).*/\\1...]/'
exit 0
`;

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

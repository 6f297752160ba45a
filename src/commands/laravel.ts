import type {Command} from '../domain/command.ts';
import type {LaravelTarget} from '../domain/environment.ts';
import {program} from './shell.ts';

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

import type {Command} from '../domain/command.ts';
import type {LaravelTarget} from '../domain/environment.ts';

type App = {
	readonly directory: string;
	readonly target: Pick<LaravelTarget, 'php' | 'composer' | 'owner'>;
	readonly home: string;
};

/** `php artisan ...` of the app in `directory`, as its owner: a cache written by another user can't be rewritten. */
export const artisan = ({directory, target}: Omit<App, 'home'>, ...args: readonly string[]): Command => ({
	argv: [target.php, `${directory}/artisan`, ...args],
	as: target.owner,
	label: `artisan ${args.join(' ')}`,
});

/** Source: workflow, "deploy_backend_preprod.sh". `home` keeps composer's cache between deploys. */
export const composerInstall = ({directory, target, home}: App): Command => ({
	argv: [
		target.composer,
		'install',
		'--no-dev',
		'--optimize-autoloader',
		'--no-interaction',
		'--no-progress',
		`--working-dir=${directory}`,
	],
	as: target.owner,
	environment: {COMPOSER_HOME: home},
	label: 'composer install',
});

import {sshLine} from '../../commands/releases/way-back.ts';
import {
	primaryHost,
	type AppName,
	type AppTarget,
	type Environment,
	type Host,
	type LaravelTarget,
	type NextTarget,
} from '../../domain/environments/environment.ts';
import {shellLine} from './blocks.ts';

/** The line that opens a shell on a host; a key below a home is named from there. */
export const sshTo = (host: Host): string =>
	sshLine(host).replaceAll(/'~\/([\w@+:,./-]+)'/g, (_, rest: string) => `~/${rest}`);

export const statePath = ({stateDirectory}: Pick<Environment, 'stateDirectory'>, file: string): string =>
	`${stateDirectory.startsWith('/') ? '' : '~/'}${stateDirectory}/${file}`;

/** The script that each deploy leaves on its host. */
export const scriptLine = (environment: Environment, app: AppName): string =>
	shellLine`sh ${statePath(environment, `rollback-${app}.sh`)}`;

/** Answers 200, or what else it answers. */
export const healthLine = (url: string): string => shellLine`curl -sS -o /dev/null -w '%{http_code}\\n' ${url}`;

export const asPm2User = ({pm2User}: NextTarget): string =>
	pm2User === undefined ? '' : shellLine`sudo -H -u ${pm2User} -- `;

/** The process under whichever of its names it has. */
export const pm2Line = (target: NextTarget, verb: 'stop' | 'start' | 'reload'): string =>
	target.pm2Names
		.map(name => asPm2User(target) + shellLine`${target.pm2} ` + verb + shellLine` ${name}`)
		.join(' || ');

/** Makes services see what live is now. */
export const refreshLines = ({services}: Pick<AppTarget, 'services'>): readonly string[] =>
	services
		.filter(({after}) => after !== 'nothing')
		.map(({unit, after, test}) => {
			const verb = shellLine`sudo systemctl ${after} ${unit}`;
			return test === undefined ? verb : `${shellLine`sudo ${test}`} && ${verb}`;
		});

export const stateLines = ({services}: AppTarget): readonly string[] =>
	services.length === 0 ? [] : [shellLine`systemctl is-active ${services.map(({unit}) => unit)}`];

/** Artisan as the owner: a cache that another user wrote can't be written again. `directory`: shell text. */
export const artisanLine = ({owner, php}: LaravelTarget, directory: string, command: string): string =>
	`${shellLine`sudo -u ${owner} ${php}`} ${directory}/artisan ${command}`;

/** Queue workers hold the code and the values they began with, until they are told. */
export const queueLines = (target: AppTarget): readonly string[] =>
	target.recipe === 'laravel' && target.restartQueue
		? [artisanLine(target, shellLine`${target.path}`, 'queue:restart')]
		: [];

/** Changes the values of the backend where it reads them. One that does not go in is taken back. */
export const valueLines = ({backups}: Environment, target: LaravelTarget): readonly string[] => {
	const file = `${target.path}/.env`;
	const kept = `${backups.directory}/env_before_change`;
	const seen = [
		artisanLine(target, shellLine`${target.path}`, 'config:cache'),
		...refreshLines(target),
		...queueLines(target),
	].join(' && ');
	return [
		shellLine`sudo cp -p -- ${file} ${kept} && sudo nano ${file}`,
		`${seen} || echo 'STOP: not every part sees the new value: mend it, or put back what was there with the next line'`,
		`# ${shellLine`sudo cp -- ${kept} ${file}`} && ${seen}`,
	];
};

/** Whose shell lines by hand are for. */
export const handHost = (environment: Environment): string => primaryHost(environment).name;

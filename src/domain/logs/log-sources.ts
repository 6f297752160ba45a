import type {AppTarget, Environment, NextTarget} from '../environments/environment.ts';
import {probeTerms, type StatedLog} from '../environments/watched.ts';
import type {LogSource} from './log.ts';

/** A log on any host of an environment. */
type Log = Omit<LogSource, 'id' | 'host'> & {readonly id: string};

const nginx = '/var/log/nginx';

/** Logs of what serves an app; `system` knows where Debian and Ubuntu put them. */
const ofServices = ({services}: AppTarget): readonly Log[] =>
	services.flatMap(({unit}): readonly Log[] => {
		if (unit === 'nginx')
			return [
				{id: 'nginx-error', kind: 'nginx-error', title: 'nginx error', path: `${nginx}/error.log`},
				{id: 'nginx-access', kind: 'nginx-access', title: 'nginx access', path: `${nginx}/access.log`},
			];
		return /^php[\d.]*-fpm$/.test(unit)
			? [{id: 'php-fpm', kind: 'php-fpm', title: unit, path: `/var/log/${unit}.log`}]
			: [];
	});

/** Where PM2 writes what a process says, up to which of its two logs, where nobody has told it otherwise. */
const pm2LogsOf = (name: string, user: string | undefined): string =>
	`~${user ?? ''}/.pm2/logs/${name.replaceAll(/[^\w.@-]/g, '-')}`;

/** PM2 writes one file for each process of a cluster: `NAME-out.log`, `NAME-out-0.log`. Copies it rotates are not meant. */
const pm2Ending = '[-.]*log';

/** All files of a log of which PM2 names one. */
const allOf = (file: string): string => file.replace(/(?:-\d+)?\.log$/, pm2Ending);

/** Logs that the app's process may write, under any of its names. */
export const pm2LogPaths = ({pm2Names, pm2User}: Pick<NextTarget, 'pm2Names' | 'pm2User'>): readonly string[] =>
	pm2Names.flatMap(name => ['out', 'error'].map(kind => `${pm2LogsOf(name, pm2User)}-${kind}${pm2Ending}`));

/**
 * Where a log of PM2 is by what PM2 says: `file` is one of its files. `isUsual`: a run notes where it ended at the swap.
 */
export const pm2LogAt = (
	target: Pick<NextTarget, 'pm2Names' | 'pm2User'>,
	file: string,
): {readonly path: string; readonly isUsual: boolean} => {
	const path = allOf(file);
	const usual = pm2LogPaths(target).find(known => path.endsWith(known.replace(/^~[^/]*/, '')));
	return {path: usual ?? path, isUsual: usual !== undefined};
};

const ofPm2 = (name: string, user: string | undefined): readonly Log[] => {
	const begin = pm2LogsOf(name, user);
	const of = {app: 'frontend', ...(user === undefined ? {} : {owner: user})} as const;
	return [
		{id: 'pm2-out', kind: 'pm2-out', title: 'pm2 out', path: `${begin}-out${pm2Ending}`, ...of},
		{id: 'pm2-error', kind: 'pm2-error', title: 'pm2 error', path: `${begin}-error${pm2Ending}`, ...of},
	];
};

const known = ({apps: {backend, frontend}, ...watched}: Environment): readonly Log[] => {
	const {scheduler} = probeTerms(watched);
	const of = backend && ({app: 'backend', owner: backend.owner} as const);
	return [
		...(backend && of
			? [
					{
						id: 'laravel',
						kind: 'laravel',
						title: 'Laravel',
						path: `${backend.path}/storage/logs/laravel*.log`,
						...of,
					} as const,
				]
			: []),
		...(frontend ? ofPm2(frontend.pm2Names[0], frontend.pm2User) : []),
		...(backend ? ofServices(backend) : []),
		...(frontend ? ofServices(frontend) : []),
		...(scheduler && of
			? [{id: 'scheduler', kind: 'scheduler', title: 'scheduler', path: scheduler.log, ...of} as const]
			: []),
	];
};

const stated = ({app, ...log}: StatedLog, {apps}: Environment): Log => {
	const owner = app && apps[app]?.owner;
	return {...log, ...(app === undefined ? {} : {app}), ...(owner === undefined ? {} : {owner})};
};

/**
 * The logs of an environment, host by host: those its apps and services are known to write, and those its file states. One
 * that is stated under the id of a known one takes its place.
 */
export const logSources = (environment: Environment): readonly LogSource[] => {
	const logs = new Map<string, Log>();
	for (const log of known(environment)) if (!logs.has(log.id)) logs.set(log.id, log);
	for (const log of environment.logs ?? []) logs.set(log.id, stated(log, environment));
	return environment.hosts.flatMap(host =>
		[...logs.values()].map(log => ({...log, id: `${host.name}/${log.id}`, host: host.name})),
	);
};

import {posix} from 'node:path';
import {hookMoments} from '../../domain/environments/hooks.ts';
import {
	addressOf,
	targetOf,
	type AppName,
	type AppTarget,
	type Environment,
} from '../../domain/environments/environment.ts';
import {probeTerms, watchTerms} from '../../domain/environments/watched.ts';
import {duration} from '../../domain/format.ts';
import type {GuideBlock} from '../../domain/guides/guide.ts';
import {logSources} from '../../domain/logs/log-sources.ts';
import {sentences, shellLine, shellLines, tableOf} from './blocks.ts';
import {healthLine, sshTo, statePath} from './by-hand.ts';
import {allInWords, withHosts} from './guide-facts.ts';
import {appsOf} from '../target-of.ts';

type Row = readonly [string, string];

/** A row for each value there is. */
const rowsOf = (...rows: readonly (readonly [string, string | undefined])[]): readonly Row[] =>
	rows.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value] as const]));

/** Path of the file relative to the configuration directory: `environments/preprod.yaml`. */
export const fileOf = ({file}: Pick<Environment, 'file'>): string => posix.join('environments', posix.basename(file));

const sourceOf = ({source}: AppTarget, {file}: Environment): string => {
	const path = posix.relative(posix.dirname(posix.dirname(file)), source);
	return path.startsWith('..') ? posix.basename(source) : `${path}/`;
};

/** To the millisecond: what a file states is not rounded. */
const span = (ms: number): string => (ms % 1000 === 0 ? duration(ms) : `${ms} ms`);

const permission = (mode: number): string => mode.toString(8).padStart(4, '0');

const hooksInWords = ({hooks}: AppTarget): string =>
	hookMoments
		.flatMap(moment => (hooks?.[moment] ?? []).map(({id, where}) => `${moment}: ${id} (${where})`))
		.join('; ');

const servicesInWords = ({services}: AppTarget): string =>
	services
		.map(({unit, after, test}) => `${unit} (${after}${test ? `, once ${test.join(' ')} is well` : ''})`)
		.join(', ');

const appRows = (environment: Environment, app: AppName): readonly Row[] => {
	const target = targetOf(environment, app);
	if (!target) return [];
	const {health, shared} = target;
	const own: readonly Row[] =
		target.recipe === 'laravel'
			? rowsOf(
					['PHP, composer', `${target.php}, ${target.composer}`],
					['queue workers', target.restartQueue ? 'told to restart behind the swap' : 'not touched'],
				)
			: rowsOf(
					['PM2 process', target.pm2Names.join(', else ')],
					['PM2', `${target.pm2}${target.pm2User === undefined ? '' : `, of ${target.pm2User}`}`],
					['Node.js, npm', `${target.node}, ${target.npm}`],
					['port', String(target.port)],
					...Object.entries(target.buildEnvironment).map(([name, value]) => [name, value] as const),
				);
	return rowsOf(
		['sources', sourceOf(target, environment)],
		['live path', target.path],
		[
			'owner',
			`${target.owner}:${target.group}, files ${permission(target.fileMode)}, directories ${permission(target.directoryMode)}`,
		],
		['of the environment', [...shared.files, ...shared.directories].join(', ')],
		['not sent', target.excludes.join(', ')],
		['services', servicesInWords(target)],
		[
			'health',
			`${health.url} answers ${health.status}, ${health.passes} times over ${span(health.stableForMs)}, asked every ${span(health.everyMs)}, within ${span(health.withinMs)}; one answer is waited for ${span(health.timeoutMs)}, the same bad one counts as failed after ${span(health.sameFailureMs)}`,
		],
		['releases kept', String(target.keepReleases)],
		...own,
		['hooks', hooksInWords(target)],
	);
};

const soakOf = ({soakHours, soak}: Environment): string =>
	[
		soakHours > 0 ? `${soakHours} h before it is promoted` : 'none',
		soak?.samples === 'required' ? 'only watched time counts' : '',
		soak?.unhealthyMs === undefined ? '' : `anew after ${span(soak.unhealthyMs)} not healthy`,
	]
		.filter(Boolean)
		.join('; ');

const commonRows = (environment: Environment): readonly Row[] => {
	const {hosts, urls, database, drivers, debug, backups} = environment;
	return rowsOf(
		['tier', environment.tier],
		['project', environment.project],
		['promoted from', environment.promotedFrom],
		['file', fileOf(environment)],
		...(hosts.length === 0
			? [['host', 'this machine'] as const]
			: hosts.map(
					({name, instanceId, ...host}, index) =>
						[
							index === 0 ? 'host' : 'further host',
							`${name}: ${addressOf({name, ...host})}${host.port === undefined ? '' : `, port ${host.port}`}${instanceId === undefined ? '' : `, instance ${instanceId}`}`,
						] as const,
				)),
		['site', urls.site],
		['API', urls.api],
		['database', [database.host, database.name].filter(Boolean).join(', ')],
		['mail', drivers.mail],
		['cache', drivers.cache],
		['debug', debug ? 'on' : 'off'],
		['time zone', environment.timeZone],
		...(hosts.length === 0
			? []
			: ([
					['backups', `${backups.directory}, ${backups.keep} kept, ${backups.policy}`],
					['state', statePath(environment, '')],
					[
						'after a failed swap',
						environment.onFailure === 'rollback' ? 'goes back by itself' : 'a person is asked',
					],
					['soak', soakOf(environment)],
					['approvals', String(environment.approvals)],
					['identity', environment.identity],
					['without a terminal', environment.headless],
				] as const)),
	);
};

/** What there is to know of one environment, and of each app in it. */
export const environmentTable = (environment: Environment): readonly (GuideBlock | undefined)[] => [
	sentences(environment.warning === undefined ? undefined : `Warning: ${environment.warning}.`),
	tableOf(['what', environment.title], commonRows(environment)),
];

export const appTable = (environment: Environment, app: AppName): GuideBlock | undefined =>
	tableOf(['what', `${app} on ${environment.title}`], appRows(environment, app));

export const urlTable = (environments: readonly Environment[]): GuideBlock | undefined =>
	tableOf(
		['environment', 'site', 'API'],
		environments.map(({title, urls}) => [title, urls.site, urls.api]),
	);

/** A line for each host, then one through the systems manager of its cloud where its instance is known. */
export const sshLines = (environments: readonly Environment[]): readonly string[] => {
	const hosts = withHosts(environments).flatMap(environment => environment.hosts);
	return [
		...hosts.map(sshTo),
		...hosts.flatMap(({instanceId}) =>
			instanceId === undefined ? [] : [shellLine`aws ssm start-session --target ${instanceId}`],
		),
	];
};

export const sshBlock = (environments: readonly Environment[]): GuideBlock | undefined =>
	shellLines('here', sshLines(environments));

/** Each address once, which answers its status. */
export const healthLines = (environments: readonly Environment[]): readonly string[] => [
	...new Set(
		withHosts(environments).flatMap(environment =>
			appsOf(environment).flatMap(app => {
				const target = targetOf(environment, app);
				return target ? [healthLine(target.health.url)] : [];
			}),
		),
	),
];

export const healthBlock = (environments: readonly Environment[]): GuideBlock | undefined =>
	shellLines('here', healthLines(environments));

/** Logs by where they are; the same one on several environments is one row. */
export const logTable = (environments: readonly Environment[]): GuideBlock | undefined => {
	const logs = withHosts(environments).flatMap(environment =>
		logSources(environment).map(({title, path}) => ({title, path, on: environment.title})),
	);
	const alike = Map.groupBy(logs, ({title, path}) => JSON.stringify([title, path]));
	return tableOf(
		['log', 'path', 'on'],
		[...alike.values()].map(all => [
			all[0]?.title ?? '',
			all[0]?.path ?? '',
			allInWords([...new Set(all.map(({on}) => on))]),
		]),
	);
};

export const logSentence: GuideBlock | undefined = sentences(
	'Where the file of an environment names no log, nginx, php-fpm and PM2 write where Debian, Ubuntu and PM2 put it by themselves; logs in that file says otherwise.',
);

/** Addresses that are asked beside health, and what a watch goes by. */
export const watchBlocks = (environment: Environment): readonly (GuideBlock | undefined)[] => {
	const {http, everyMs, limits, scheduler, queue} = probeTerms(environment);
	const {minutes, minSamples, worse, triggers} = watchTerms(environment);
	return [
		tableOf(
			['address', 'what', 'good'],
			http.map(({title, on, path, status, withinMs, contains, jsonKeys = [], headers = {}}) => [
				`${environment.urls[on].replace(/\/+$/, '')}${path === '/' ? '' : path}`,
				title,
				[
					String(status),
					...(withinMs === undefined ? [] : [`within ${withinMs} ms`]),
					...(contains === undefined ? [] : [`holds ${contains}`]),
					...jsonKeys.map(key => `has ${key}`),
					...Object.entries(headers).map(([name, text]) => `${name}: ${text}`),
				].join(', '),
			]),
		),
		tableOf(
			['figure', 'limit'],
			[
				['pause between two looks', span(everyMs)],
				['disk', `${limits.diskPercent} %`],
				['inodes', `${limits.inodesPercent} %`],
				['memory', `${limits.memoryPercent} %`],
				['load for each core', String(limits.loadPerCore)],
				['days left of a certificate', String(limits.certificateDays)],
				['jobs waiting in the queue', queue ? String(limits.queueWaiting) : 'not asked'],
				...(scheduler ? [['scheduler', `${scheduler.log}, written within ${span(scheduler.withinMs)}`]] : []),
				['watch behind a run', `${minutes} min, ${minSamples} samples at least`],
				['worse: latency', `${worse.latencyPercent} % and ${worse.latencyMs} ms more than before`],
				['worse: failed answers', `${worse.failuresPercent} % of them more`],
				['worse: errors', `${worse.errorsPerMinute} a minute more`],
				['worse: memory, disk, load', `${worse.usePercent} % more`],
				['go back: bad answers in a row', String(triggers.notOkInARow)],
				['go back: p95', `over ${triggers.latencyTimes} times the one before`],
				['go back: errors', `over ${triggers.errorsPerMinute} a minute`],
			],
		),
	];
};

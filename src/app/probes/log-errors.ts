import {notThere, type LogRequest} from '../../commands/logs/read-logs.ts';
import type {AppName, Environment, Host} from '../../domain/environments/environment.ts';
import {watchTerms} from '../../domain/environments/watched.ts';
import type {LogEntry, LogKind, LogSource} from '../../domain/logs/log.ts';
import {logSources} from '../../domain/logs/log-sources.ts';
import {entryWords, topOfTrace} from '../../domain/logs/words.ts';
import {judgeLog} from '../../domain/probes/judge-log.ts';
import type {LastSwap} from '../../domain/probes/last-swap.ts';
import type {ProbeFinding} from '../../domain/probes/probe.ts';
import type {ProbedHost} from '../../domain/probes/probed-host.ts';
import type {AppServices} from '../app-services.ts';
import {createHostLogs, type HostEntry, type HostLogs, type LogState, type Swaps} from '../logs/host-logs.ts';
import {placedBy} from '../logs/place-pm2-logs.ts';
import {createNewKinds, type NewKinds} from '../logs/new-kinds.ts';

const minuteMs = 60_000;

/** The log in which each app tells its errors. */
const tellingOf: Readonly<Partial<Record<LogKind, AppName>>> = {laravel: 'backend', 'pm2-error': 'frontend'};

/** Of each log, from its end, at the first look. */
const firstBytes = 128 * 1024;

/** An error is what fails something now for so long. */
const freshMs = 5 * minuteMs;

/** More kinds than this are one mess. */
const mostKinds = 500;

/** One log as it was read so far. Times by its host. */
type Told = {
	readonly source: LogSource;
	readonly app: AppName;
	/** Of the last minute. */
	readonly recent: {readonly at: number; readonly kind: string}[];
	readonly kinds: Map<string, number>;
	/** Entries that count by the swap: since it where one is known, else all. */
	count: number;
	last?: {readonly entry: LogEntry; readonly readAt: number};
	state?: LogState | undefined;
	isFirst: boolean;
};

/** What was found in the past of a log: errors in one minute of it, by its host. */
export type PastMinute = {readonly app: AppName; readonly until: number; readonly errors: number};

export type LogErrors = {
	/** What is to be asked in the next exec. `swaps`: what is measured from; `errorLogs`: where PM2 says it writes. */
	readonly requests: (swaps: Swaps, errorLog: string | undefined) => readonly LogRequest[];
	/** Takes the answer. `byPrimary`: by how much the primary's clock is ahead of this host's. Throws Error when it was cut. */
	readonly take: (
		answer: string,
		byPrimary: number,
	) => {readonly findings: readonly ProbeFinding[]; readonly past: readonly PastMinute[]};
	/** What is found where the answer can't be read. */
	readonly unread: (why: string) => readonly ProbeFinding[];
	/**
	 * The last error of an app while it is new, for a probe that fails. `from`: when what fails may have begun, by the
	 * primary's clock; what was said before is not why. `isAnyAge`: worth reading all the same; how old it is is said.
	 */
	readonly wordsOf: (
		app: AppName,
		options?: {readonly from?: number | undefined; readonly isAnyAge?: boolean},
	) => readonly string[];
};

/** As `lastSwaps` has them, of what was found to be live. */
export const notedSwaps = (since: Readonly<Partial<Record<AppName, LastSwap | undefined>>>): Swaps =>
	Object.fromEntries(
		(['backend', 'frontend'] as const).flatMap(app => {
			const swap = since[app];
			return swap?.run === undefined ? [] : [[app, {run: swap.run, at: swap.at}]];
		}),
	);

/** When an error came: of what is read on it is known to have been since the last look, whatever its zone says. */
const timeOf = ({at, isTimed}: LogEntry, told: Told, {from, now}: {readonly from: number; readonly now: number}) =>
	told.isFirst ? (isTimed ? at : undefined) : isTimed ? Math.min(now, Math.max(from, at)) : now;

const note = (
	told: Told,
	{entry, isSinceSwap}: HostEntry,
	swapAt: number | undefined,
	look: {from: number; now: number},
) => {
	if (entry.level !== 'error') return;
	const at = timeOf(entry, told, look);
	told.last = {entry, readAt: at ?? Number.NEGATIVE_INFINITY};
	if (swapAt !== undefined && !isSinceSwap) return;
	told.count += 1;
	const kind = entry.signature ?? entry.text;
	if (at !== undefined) told.recent.push({at, kind});
	if (told.kinds.has(kind) || told.kinds.size < mostKinds) told.kinds.set(kind, (told.kinds.get(kind) ?? 0) + 1);
};

const countOf = (kinds: readonly string[]): ReadonlyMap<string, number> =>
	new Map([...Map.groupBy(kinds, kind => kind)].map(([kind, all]) => [kind, all.length]));

/** Errors of each whole minute before a swap that the log is known to reach over. */
const pastOf = (
	entries: readonly HostEntry[],
	told: Told,
	{from, until}: {readonly from: number; readonly until: number},
) => {
	const before = entries.filter(
		({entry, isSinceSwap}) => entry.source === told.source.id && entry.isTimed && !isSinceSwap,
	);
	const begun = before[0]?.entry.at;
	const past: PastMinute[] = [];
	if (begun === undefined) return past;
	for (let end = until; end - minuteMs >= Math.max(from, begun); end -= minuteMs) {
		const errors = before.filter(
			({entry: {at, level}}) => level === 'error' && at > end - minuteMs && at <= end,
		).length;
		past.push({app: told.app, until: end, errors});
	}
	return past;
};

/** Where PM2 says that the process writes its errors: the one that runs, of those the app may be called. */
export const errorLogOf = ({pm2}: ProbedHost, {apps: {frontend}}: Environment): string | undefined => {
	if (pm2 === undefined || 'why' in pm2 || !frontend) return undefined;
	const named = frontend.pm2Names.flatMap(name => pm2.instances.filter(one => one.name === name));
	return (named.find(({status}) => status === 'online') ?? named[0])?.errorLog;
};

/** What a log says of the minutes before the swap, where nobody looked then: what it was like before is known all the same. */
export const keepPast = (
	{samples}: Pick<AppServices, 'samples'>,
	environment: Environment,
	past: readonly PastMinute[],
): void => {
	const id = {project: environment.project, environment: environment.name};
	const limit = watchTerms(environment).triggers.errorsPerMinute;
	const missing = past.flatMap(({app, until, errors}) => {
		const {host: _, ...finding} = judgeLog({app, host: '', limit}, {lastMinute: errors});
		const range = {from: until - minuteMs + 1, until: until + 1, probe: finding.probe};
		return samples.read(id, range).length > 0 ? [] : [{...finding, at: Math.round(until)}];
	});
	if (missing.length > 0) samples.add(id, missing);
};

/** As `take`; an answer whose logs were cut is none of them. */
export const readLog = (log: LogErrors, answer: string, byPrimary: number): ReturnType<LogErrors['take']> => {
	try {
		return log.take(answer, byPrimary);
	} catch (error) {
		return {findings: log.unread((error as Error).message), past: []};
	}
};

/** Counts the errors that the apps of one host log, from what `probeHost` reads of their logs. */
export const createLogErrors = (
	services: Pick<AppServices, 'samples'>,
	environment: Environment,
	host: Host,
): LogErrors => {
	const limit = watchTerms(environment).triggers.errorsPerMinute;
	const own = logSources(environment).flatMap(source => {
		const app = tellingOf[source.kind];
		return source.host === host.name && app !== undefined && environment.apps[app] ? [{source, app}] : [];
	});
	let key: string | undefined;
	let swaps: Swaps = {};
	let told: readonly Told[] = [];
	let logs: HostLogs | undefined;
	let kinds: NewKinds | undefined;
	let lastLook = 0;
	let aheadOfThis = 0;

	const begin = (placed: readonly LogSource[]): void => {
		told = own.map(({source, app}, at) => ({
			app,
			source: placed[at] ?? source,
			recent: [],
			kinds: new Map<string, number>(),
			count: 0,
			isFirst: true,
		}));
		const sources = told.map(({source}) => source);
		logs = createHostLogs({environment, sources, swaps, firstBytes});
		kinds = createNewKinds(services, environment, sources);
	};

	const found = (one: Told, now: number) => {
		if (one.state?.state !== 'reading') return {why: `${one.source.title} log: ${one.state?.why ?? 'not read'}`};
		const recent = one.recent.filter(({at}) => at > now - minuteMs);
		// What comes now is what it fails by, whatever came more often before.
		const kinds = recent.length > 0 ? countOf(recent.map(({kind}) => kind)) : one.kinds;
		const most = [...kinds].toSorted(([, a], [, b]) => b - a)[0];
		return {
			lastMinute: recent.length,
			...(swaps[one.app] && !one.source.isUnnoted ? {sinceSwap: one.count} : {}),
			...(most ? {most: {signature: most[0], count: most[1]}} : {}),
		};
	};

	return {
		requests: (newest, errorLog) => {
			const sources = own.map(({source}) => source);
			const placed = placedBy(sources, environment, errorLog === undefined ? {} : {errors: errorLog});
			// A swap is a new beginning: what the log says is measured from it, by where it was noted to end.
			const wanted = JSON.stringify([newest.backend, newest.frontend, placed.map(({path}) => path)]);
			if (wanted !== key) {
				key = wanted;
				swaps = newest;
				begin(placed);
			}
			return logs?.requests() ?? [];
		},
		take: (answer, byPrimary) => {
			if (!logs || told.length === 0) return {findings: [], past: []};
			const {entries, states, time} = logs.take(answer);
			kinds?.place(
				states.map(state =>
					state.swapAt === undefined ? state : {...state, swapAt: state.swapAt + byPrimary},
				),
			);
			kinds?.mark(entries.map(one => ({...one, entry: {...one.entry, at: one.entry.at + byPrimary}})));
			const past = told.flatMap(one => {
				const swap = swaps[one.app];
				const isNew =
					one.isFirst && states.some(({source, state}) => source === one.source.id && state === 'reading');
				for (const each of entries)
					if (each.entry.source === one.source.id) note(one, each, swap?.at, {from: lastLook, now: time});
				one.state = states.find(({source}) => source === one.source.id) ?? one.state;
				// One that was not there is new from its beginning.
				if (isNew || one.state?.why === notThere) one.isFirst = false;
				const recent = one.recent.filter(({at}) => at > time - minuteMs);
				one.recent.splice(0, one.recent.length, ...recent);
				if (!isNew || !swap) return [];
				const until = swap.at - byPrimary - (environment.apps[one.app]?.health.withinMs ?? 0);
				return pastOf(entries, one, {from: until - watchTerms(environment).minutes * minuteMs, until});
			});
			lastLook = time;
			aheadOfThis = byPrimary;
			return {
				findings: told.map(one => judgeLog({app: one.app, host: host.name, limit}, found(one, time))),
				past: past.map(one => ({...one, until: one.until + byPrimary})),
			};
		},
		unread: why => told.map(({app}) => judgeLog({app, host: host.name, limit}, {why})),
		wordsOf: (app, {from, isAnyAge = false} = {}) => {
			const one = told.find(each => each.app === app);
			if (!one?.last) return [];
			const {entry, readAt} = one.last;
			const isBefore = from !== undefined && readAt + aheadOfThis < from;
			if (!isAnyAge && (isBefore || readAt < lastLook - freshMs)) return [];
			// Where it is not known when that began, whoever reads it is to judge. A line without a time has no age.
			const isOld = Number.isFinite(readAt) && (from === undefined ? readAt < lastLook - minuteMs : isBefore);
			const plain = (line: string): string =>
				line
					.replaceAll(`${environment.apps[app]?.path ?? ''}/`, '')
					.replaceAll(/\/\S*?\/releases\/[^/\s]+\//g, '');
			const same = (one.kinds.get(entry.signature ?? entry.text) ?? 1) - 1;
			return [
				entryWords(entry, {
					timeZone: environment.timeZone,
					plain,
					...(isOld ? {agoMs: lastLook - readAt} : {}),
				}),
				...topOfTrace(entry.trace.map(plain), 1),
				...(same > 0 ? [`  same error ${same} ${same === 1 ? 'time' : 'times'} before`] : []),
			];
		},
	};
};

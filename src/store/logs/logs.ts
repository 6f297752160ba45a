import type {StateCreator} from 'zustand';
import type {AppName} from '../../domain/environments/environment.ts';
import type {KnownSignature, LogEntry, LogLevel, LogSource} from '../../domain/logs/log.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import {memoOn} from '../../domain/memo.ts';
import {liveRelease} from '../../domain/releases/live-releases.ts';
import type {CockpitState} from '../create-store.ts';
import type {Problem} from '../deploy/wizard.ts';
import {hostNow, targetsOf} from '../overview/overview-facts.ts';
import type {EnvironmentView} from '../overview/overview.ts';
import {LogBook} from './log-book.ts';
import type {LogListing, LogQuery} from './log-listing.ts';
import {logLevels} from './log-level.ts';
import {noCounts, type LevelCounts, type TalliedKind} from './log-tally.ts';
import {freshLogView, relisted, type LogView} from './log-view.ts';

/** What is known of the file of a source. */
export type LogFile = {
	/** The one that is read: of a path with `*` the newest. */
	readonly path?: string | undefined;
	readonly sizeBytes?: number | undefined;
	/** Why it can't be read. */
	readonly problem?: string | undefined;
};

export type LogsSlice = {
	/** Undefined: the first environment that is looked at usually. */
	readonly logEnvironment: string | undefined;
	/** Logs of that environment; empty as long as they are not known. */
	readonly logSources: readonly LogSource[];
	/** By id of the source. */
	readonly logFiles: Readonly<Record<string, LogFile | undefined>>;
	/** Id of the source on screen; undefined: the first. */
	readonly logSource: string | undefined;
	/** All sources are shown at once. */
	readonly isLogMerged: boolean;
	/** Entries below it are not listed. */
	readonly logLevel: LogLevel;
	readonly logSearch: string;
	readonly isLogTyping: boolean;
	readonly logPanel: 'sources' | 'entries';
	readonly logView: LogView;
	/** Kinds of entries seen here before. */
	readonly logKnown: readonly KnownSignature[];
	/** Why nothing is read, and since when, epoch milliseconds of this machine. */
	readonly logProblem: (Problem & {readonly since: number}) | undefined;
	/** The lines; not part of what is compared. */
	readonly logBook: LogBook;
	/** Raised when lines have come; the lines themselves live outside. */
	readonly logVersion: number;
	/** Looks at the logs of an environment, from the begin. */
	readonly showLogsOf: (environment: string) => void;
	/** Its logs, and kinds of entries seen before. */
	readonly offerLogs: (sources: readonly LogSource[], known: readonly KnownSignature[]) => void;
	readonly logFileRead: (source: string, file: LogFile) => void;
	/** Its host did not answer; undefined: it does. */
	readonly logsUnread: (problem: Problem | undefined) => void;
	readonly addLogs: (entries: readonly LogEntry[]) => void;
	/** Counts from the swaps that the ledger tells of now. */
	readonly countLogs: () => void;
	readonly chooseLog: (source: string) => void;
	readonly mergeLogs: () => void;
	readonly limitLogs: (level: LogLevel) => void;
	readonly searchLogs: (text: string) => void;
	readonly typeLogSearch: (isTyping: boolean) => void;
	readonly focusLogPanel: (panel: LogsSlice['logPanel']) => void;
	readonly setLogView: (view: LogView) => void;
};

export const createLogsSlice: StateCreator<CockpitState, [], [], LogsSlice> = (set, get) => {
	/** Lists something else; a pause stays where it is. */
	const list = (changes: Partial<LogsSlice>): void => {
		set(changes);
		const state = get();
		set({logView: relisted(state.logView, selectLogs(state))});
	};
	return {
		logEnvironment: undefined,
		logSources: [],
		logFiles: {},
		logSource: undefined,
		isLogMerged: false,
		logLevel: 'debug',
		logSearch: '',
		isLogTyping: false,
		logPanel: 'entries',
		logView: freshLogView,
		logKnown: [],
		logProblem: undefined,
		logBook: new LogBook(),
		logVersion: 0,
		showLogsOf: logEnvironment => {
			const {logBook, logView, logVersion} = get();
			const {rows, width, isWrapped, hasTimes} = logView;
			logBook.clear();
			set({
				logEnvironment,
				logSources: [],
				logFiles: {},
				logSource: undefined,
				logKnown: [],
				logProblem: undefined,
				logVersion: logVersion + 1,
				logView: {...freshLogView, rows, width, isWrapped, hasTimes},
			});
		},
		offerLogs: (logSources, logKnown) => {
			set({logSources, logKnown});
			get().countLogs();
		},
		logFileRead: (source, file) => set({logFiles: {...get().logFiles, [source]: file}}),
		logsUnread: problem => {
			const {logProblem, now} = get();
			if (problem || logProblem) set({logProblem: problem && {...problem, since: logProblem?.since ?? now}});
		},
		addLogs: entries => {
			get().logBook.push(entries);
			set({logVersion: get().logVersion + 1});
		},
		countLogs: () => {
			const state = get();
			const view = selectLogPlace(state);
			if (!view) return;
			const swaps = state.logSources.map(({id, app}) => [id, swappedAt(view, app)] as const);
			if (state.logBook.countFrom(Object.fromEntries(swaps))) set({logVersion: state.logVersion + 1});
		},
		chooseLog: logSource => list({logSource, isLogMerged: false}),
		mergeLogs: () => list({isLogMerged: !get().isLogMerged}),
		limitLogs: logLevel => list({logLevel}),
		searchLogs: logSearch => set({logSearch}),
		typeLogSearch: isLogTyping => set({isLogTyping}),
		focusLogPanel: logPanel => set({logPanel}),
		setLogView: logView => set({logView}),
	};
};

type Chosen = Pick<
	CockpitState,
	| 'environments'
	| 'logEnvironment'
	| 'logSources'
	| 'logSource'
	| 'isLogMerged'
	| 'logLevel'
	| 'logSearch'
	| 'logBook'
>;

/** The environment whose logs are on screen; undefined where none has a host. */
export const selectLogPlace = ({
	environments,
	logEnvironment,
}: Pick<CockpitState, 'environments' | 'logEnvironment'>): EnvironmentView | undefined => {
	const places = targetsOf(environments);
	return (
		places.find(({name}) => name === logEnvironment) ?? places.find(({tier}) => tier === 'production') ?? places[0]
	);
};

/** The log on screen; undefined while all are shown, or as long as none is known. */
export const selectLogSource = ({
	logSources,
	logSource,
	isLogMerged,
}: Pick<Chosen, 'logSources' | 'logSource' | 'isLogMerged'>): LogSource | undefined =>
	isLogMerged ? undefined : (logSources.find(({id}) => id === logSource) ?? logSources[0]);

/** Sources that are listed now. */
export const selectListedSources = (state: Chosen): readonly LogSource[] => {
	const one = selectLogSource(state);
	return one ? [one] : state.logSources;
};

const queryOf = (state: Chosen): LogQuery => ({
	sources: selectListedSources(state).map(({id}) => id),
	level: state.logLevel,
	search: state.logSearch,
});

/** What is listed. The same list as long as the same is asked for, and it grows with what comes. */
export const selectLogs = (state: Chosen): LogListing => state.logBook.listing(queryOf(state));

/** The level behind `now`: everything, then less and less. */
export const nextLevel = (now: LogLevel): LogLevel => logLevels[logLevels.indexOf(now) + 1] ?? 'debug';

/** Epoch milliseconds, by the host, since when what is live of an app is; of both apps the later one. */
const swappedAt = ({status}: EnvironmentView, app: AppName | undefined): number | undefined => {
	const swaps = status && swapsIn(status.ledger.entries);
	const times = (app === undefined ? [swaps?.backend, swaps?.frontend] : [swaps?.[app]]).flatMap(at => at ?? []);
	return times.length === 0 ? undefined : Math.max(...times);
};

const swapsIn = memoOn((entries: readonly LedgerEntry[]): Readonly<Record<AppName, number | undefined>> => ({
	backend: liveRelease(entries, 'backend')?.since,
	frontend: liveRelease(entries, 'frontend')?.since,
}));

/** Whether a log was read, if only to find that nothing is in it. */
export const isLogRead = ({logFiles, logBook}: Pick<CockpitState, 'logFiles' | 'logBook'>, id: string): boolean =>
	logFiles[id]?.problem === undefined && (logFiles[id] !== undefined || logBook.tally(id) !== undefined);

/** A kind of warning or error in what is listed. */
export type ListedKind = TalliedKind & {readonly isNew: boolean};

export type SinceSwap = {
	readonly counts: LevelCounts;
	/** Worst and most frequent first. */
	readonly kinds: readonly ListedKind[];
	/** Whether there are more kinds than are kept. */
	readonly isFull: boolean;
	/** Epoch milliseconds, by the host, of the first entry that was read, where that is after the swap. */
	readonly readFrom: number | undefined;
	/** Logs of those listed that could not be read: what is in them is not known. */
	readonly unread: number;
};

/** What came since the swap in what is listed, of every level; undefined where that, or when the swap was, is not known. */
export const selectSinceSwap = (state: Chosen & Pick<CockpitState, 'logKnown' | 'logFiles'>): SinceSwap | undefined => {
	const view = selectLogPlace(state);
	const listed = selectListedSources(state);
	const read = listed.filter(({id}) => isLogRead(state, id));
	const parts = read.flatMap(source => {
		const tally = state.logBook.tally(source.id);
		const since = view && swappedAt(view, source.app);
		if (since === undefined) return [];
		const known = state.logKnown.filter(({log, firstAt}) => log === source.kind && firstAt < since);
		const isOld = (signature: string): boolean =>
			tally?.wasBefore(signature) === true || known.some(one => one.signature === signature);
		return [
			{
				counts: tally?.counts ?? noCounts,
				kinds: (tally?.kinds ?? []).map(kind => ({...kind, isNew: !isOld(kind.signature)})),
				isFull: tally?.isFull ?? false,
				readFrom: tally?.firstAt !== undefined && tally.firstAt > since ? tally.firstAt : undefined,
			},
		];
	});
	if (parts.length === 0) return undefined;
	const sum = (level: LogLevel): number => parts.reduce((total, {counts}) => total + counts[level], 0);
	const froms = parts.flatMap(({readFrom}) => readFrom ?? []);
	return {
		counts: {debug: sum('debug'), info: sum('info'), warn: sum('warn'), error: sum('error')},
		kinds: parts
			.flatMap(({kinds}) => kinds)
			.toSorted((a, b) => logLevels.indexOf(b.level) - logLevels.indexOf(a.level) || b.count - a.count),
		isFull: parts.some(({isFull}) => isFull),
		readFrom: froms.length === 0 ? undefined : Math.max(...froms),
		unread: listed.length - read.length,
	};
};

/** Lines of a source in the last minute, by the clock of the host. */
export const selectRate = (
	state: Pick<CockpitState, 'environments' | 'logEnvironment' | 'logBook' | 'now'>,
	source: string,
): number => {
	const view = selectLogPlace(state);
	return view ? (state.logBook.tally(source)?.perMinute(hostNow(view, state.now)) ?? 0) : 0;
};

import type {StateCreator} from 'zustand';
import type {LogState, Swaps} from '../../app/logs/host-logs.ts';
import type {FollowedEntry} from '../../app/logs/new-kinds.ts';
import type {LogLevel, LogSource} from '../../domain/logs/log.ts';
import type {CockpitState} from '../create-store.ts';
import {hostNow, targetsOf} from '../overview/overview-facts.ts';
import type {EnvironmentView} from '../overview/overview.ts';
import {LogBook} from './log-book.ts';
import type {LogListing, LogQuery} from './log-listing.ts';
import {logLevelRank} from './log-level.ts';
import type {LevelCounts, TalliedKind} from './log-tally.ts';
import {followEnd, freshLogView, relisted, type LogView} from './log-view.ts';

/** How it stands with a log. */
export type LogFile = LogState & {
	/** Epoch milliseconds of this machine since when its host is silent: since it was first asked in vain. */
	readonly silentSince?: number;
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
	/** Only logs of this host are offered; undefined: those of all. */
	readonly logHost: string | undefined;
	/** All sources are shown at once. */
	readonly isLogMerged: boolean;
	/** Entries below it are not listed. */
	readonly logLevel: LogLevel;
	readonly logSearch: string;
	readonly isLogTyping: boolean;
	readonly logPanel: 'sources' | 'entries';
	readonly logView: LogView;
	/** The runs that entries are counted since. */
	readonly logSwaps: Swaps;
	/** The lines; not part of what is compared. */
	readonly logBook: LogBook;
	/** Raised when lines have come; the lines themselves live outside. */
	readonly logVersion: number;
	/** Looks at the logs of an environment, from the begin. */
	readonly showLogsOf: (environment: string, host?: string) => void;
	/** Its logs, and what they are counted since; what was read before is forgotten. */
	readonly offerLogs: (sources: readonly LogSource[], swaps: Swaps) => void;
	/** The same of logs that go on to be read: what is held stays, but of the sources named last. */
	readonly keepLogs: (sources: readonly LogSource[], swaps: Swaps, gone: readonly string[]) => void;
	/** Where the swap of a log was is told here: lines that were there before are told from those behind it then. */
	readonly logsStand: (states: readonly LogState[]) => void;
	readonly addLogs: (entries: readonly FollowedEntry[]) => void;
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
		logHost: undefined,
		isLogMerged: false,
		logLevel: 'debug',
		logSearch: '',
		isLogTyping: false,
		logPanel: 'entries',
		logView: freshLogView,
		logSwaps: {},
		logBook: new LogBook(),
		logVersion: 0,
		showLogsOf: (logEnvironment, logHost) => {
			const isHere = selectLogPlace(get())?.name === logEnvironment;
			const {logSource, logSources} = get();
			// The same log of the other host, as far as there is one.
			const name = logSource?.slice(logSource.indexOf('/'));
			const twin = logHost === undefined ? undefined : logSources.find(({id}) => id === `${logHost}${name}`);
			if (isHere) list({logEnvironment, logHost, logSource: twin?.id ?? logSource});
			else set({logEnvironment, logHost, logSource: undefined, logSources: []});
		},
		offerLogs: (logSources, logSwaps) => {
			const {logBook, logView, logVersion} = get();
			logBook.clear();
			set({
				logSources,
				logSwaps,
				logFiles: {},
				logVersion: logVersion + 1,
				logView: {...followEnd(logView), unfolded: []},
			});
		},
		keepLogs: (logSources, logSwaps, gone) => {
			const {logBook, logFiles, logVersion} = get();
			for (const source of gone) logBook.forget(source);
			const files = Object.entries(logFiles).filter(([source]) => !gone.includes(source));
			set({logSources, logSwaps, logFiles: Object.fromEntries(files), logVersion: logVersion + 1});
		},
		logsStand: states => {
			const {logBook, logFiles, now} = get();
			const moved = states.filter(
				({source, swapAt}) => swapAt !== undefined && logFiles[source]?.swapAt !== swapAt,
			);
			const isMoved = moved
				.map(({source, swapAt = 0}) => logBook.moveSwap(source, swapAt))
				.some(hasChanged => hasChanged);
			const files = states.map(({source, askedAt = now, ...state}): readonly [string, LogFile] => {
				const {silentSince = askedAt, swapAt} = logFiles[source] ?? {};
				const isSilent = state.state === 'silent';
				// A host that goes silent takes nothing back of what it told about its swap.
				const kept = isSilent && swapAt !== undefined ? {swapAt} : {};
				return [source, {source, ...state, ...kept, ...(isSilent ? {silentSince} : {})}];
			});
			const changes = {logFiles: {...logFiles, ...Object.fromEntries(files)}};
			if (isMoved) list({...changes, logVersion: get().logVersion + 1});
			else set(changes);
		},
		addLogs: entries => {
			get().logBook.push(entries);
			set({logVersion: get().logVersion + 1});
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

/** Id of the source that is the log of the run on screen, which lies on this machine. */
export const runLogId = 'here/run';

type Chosen = Pick<
	CockpitState,
	| 'environments'
	| 'logEnvironment'
	| 'logSources'
	| 'logSource'
	| 'logHost'
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

/** Logs that can be chosen: of the host that is looked at, and what lies on this machine. */
export const selectOfferedSources = ({
	logSources,
	logHost,
}: Pick<Chosen, 'logSources' | 'logHost'>): readonly LogSource[] =>
	logHost === undefined ? logSources : logSources.filter(({id, host}) => host === logHost || id === runLogId);

/** Hosts of the logs, in order; of an environment with one of them it is only that. */
export const selectLogHosts = ({logSources}: Pick<Chosen, 'logSources'>): readonly string[] => [
	...new Set(logSources.filter(({id}) => id !== runLogId).map(({host}) => host)),
];

/** The log on screen; undefined while all are shown, or as long as none is known. */
export const selectLogSource = (
	state: Pick<Chosen, 'logSources' | 'logSource' | 'logHost' | 'isLogMerged'>,
): LogSource | undefined => {
	if (state.isLogMerged) return undefined;
	const offered = selectOfferedSources(state);
	return offered.find(({id}) => id === state.logSource) ?? offered[0];
};

/** Sources that are listed now. */
export const selectListedSources = (state: Chosen): readonly LogSource[] => {
	const one = selectLogSource(state);
	return one ? [one] : selectOfferedSources(state);
};

const queryOf = (state: Chosen): LogQuery => ({
	sources: selectListedSources(state).map(({id}) => id),
	level: state.logLevel,
	search: state.logSearch,
});

/** What is listed. The same list as long as the same is asked for, and it grows with what comes. */
export const selectLogs = (state: Chosen): LogListing => state.logBook.listing(queryOf(state));

/** Whether a log was read, if only to find that nothing is in it, and can still be. */
export const isLogRead = ({logFiles}: Pick<CockpitState, 'logFiles'>, id: string): boolean =>
	logFiles[id]?.state === 'reading';

export type SinceSwap = {
	readonly counts: LevelCounts;
	/** Worst and most frequent first. */
	readonly kinds: readonly TalliedKind[];
	/** Whether there are more kinds than are kept. */
	readonly isFull: boolean;
	/** Logs of those listed that could not be read, or whose swap is not known: what came to them since is not known. */
	readonly unread: number;
	/** Bytes since the swap that were left out. */
	readonly skippedBytes: number;
};

const hasSwap = ({logSwaps}: Pick<CockpitState, 'logSwaps'>, {app}: LogSource): boolean =>
	app === undefined ? Object.keys(logSwaps).length > 0 : logSwaps[app] !== undefined;

/** What came since the swap in what is listed, of every level; undefined where that, or when the swap was, is not known. */
export const selectSinceSwap = (state: Chosen & Pick<CockpitState, 'logSwaps' | 'logFiles'>): SinceSwap | undefined => {
	const listed = selectListedSources(state).filter(({id}) => id !== runLogId);
	const read = listed.filter(source => hasSwap(state, source) && isLogRead(state, source.id));
	if (read.length === 0) return undefined;
	const tallies = read.flatMap(({id}) => state.logBook.tally(id) ?? []);
	const sum = (level: LogLevel): number => tallies.reduce((total, {counts}) => total + counts[level], 0);
	return {
		counts: {debug: sum('debug'), info: sum('info'), warn: sum('warn'), error: sum('error')},
		kinds: tallies
			.flatMap(({kinds}) => kinds)
			.toSorted((a, b) => logLevelRank(b.level) - logLevelRank(a.level) || b.count - a.count),
		isFull: tallies.some(({isFull}) => isFull),
		unread: listed.length - read.length,
		skippedBytes: read.reduce((total, {id}) => total + (state.logFiles[id]?.skippedBytes ?? 0), 0),
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

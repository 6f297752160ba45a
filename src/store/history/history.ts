import type {StateCreator} from 'zustand';
import type {HistoryKind} from '../../app/history/history.ts';
import {filterHistory} from '../../app/history/history.ts';
import type {TitledLedger} from '../../app/history/history-detail.ts';
import {tellLedgers, type LedgerLine} from '../../app/ledger/ledger-lines.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import type {RunState} from '../../domain/runs/run-state.ts';
import type {CockpitState} from '../create-store.ts';
import {inWords, targetsOf} from '../overview/overview-facts.ts';

/** What came of holding one ledger against what others have seen of it. */
export type ChainCheck = {
	readonly state: 'checking' | 'intact' | 'broken' | 'silent';
	readonly entries: number;
	/** What is wrong, behind "the ledger of Pre-Prod"; or why its host is silent. */
	readonly problem?: string;
	/** Epoch milliseconds of this machine. */
	readonly at: number;
};

/** What this machine's journal knows of a run; `none` when another one drove it. */
export type RunLook = {readonly state: RunState; readonly logPath: string} | 'none';

/** What stands in place of the list: everything about one line, or the end of a run's log. */
export type HistoryPage =
	| {readonly kind: 'report'}
	| {readonly kind: 'log'; readonly path: string; readonly lines: readonly string[]};

export type HistorySlice = {
	readonly historyKind: HistoryKind;
	/** Undefined: every environment, app, person. */
	readonly historyEnvironment: string | undefined;
	readonly historyApp: AppName | undefined;
	readonly historyWho: string | undefined;
	readonly historyFilter: string;
	readonly isFilteringHistory: boolean;
	/** Id of a line; undefined: the newest. */
	readonly historySelected: string | undefined;
	readonly historyPage: HistoryPage | undefined;
	/** By environment. */
	readonly historyChecks: Readonly<Record<string, ChainCheck | undefined>>;
	/** By `environment/run`. */
	readonly historyRuns: Readonly<Record<string, RunLook | undefined>>;
	/** Ledgers this machine has seen before, of environments that have not answered yet. */
	readonly historyRemembered: Readonly<Record<string, readonly LedgerEntry[] | undefined>>;
	readonly setHistory: (changes: Partial<Omit<HistorySlice, 'setHistory'>>) => void;
};

export const createHistorySlice: StateCreator<CockpitState, [], [], HistorySlice> = set => ({
	historyKind: 'all',
	historyEnvironment: undefined,
	historyApp: undefined,
	historyWho: undefined,
	historyFilter: '',
	isFilteringHistory: false,
	historySelected: undefined,
	historyPage: undefined,
	historyChecks: {},
	historyRuns: {},
	historyRemembered: {},
	setHistory: changes => set(changes),
});

/** The same answer as long as the arguments are the same ones: what draws and what reads keys ask again and again. */
const once = <Given extends readonly unknown[], Answer>(work: (...given: Given) => Answer) => {
	let last: {readonly given: Given; readonly answer: Answer} | undefined;
	return (...given: Given): Answer => {
		const {given: before, answer} = last ?? {};
		if (before && answer !== undefined && before.every((one, index) => one === given[index])) return answer;
		const next = work(...given);
		last = {given, answer: next};
		return next;
	};
};

const noEntries: readonly LedgerEntry[] = [];

const ledgersOf = once(
	(
		environments: CockpitState['environments'],
		remembered: HistorySlice['historyRemembered'],
	): readonly TitledLedger[] =>
		targetsOf(environments).map(view => ({
			environment: view.name,
			title: view.title,
			entries: view.status?.ledger.entries ?? remembered[view.name] ?? noEntries,
		})),
);

type Known = Pick<CockpitState, 'environments' | 'historyRemembered'>;

/** Every ledger as it was last read, or as it is remembered while its host has not answered. */
export const selectLedgers = ({environments, historyRemembered}: Known): readonly TitledLedger[] =>
	ledgersOf(environments, historyRemembered);

const linesOf = once((ledgers: readonly TitledLedger[]) => tellLedgers(ledgers));

/** Every line there is, newest first. */
export const selectAllHistory = (state: Known): readonly LedgerLine[] => linesOf(selectLedgers(state));

export type Asked = Known &
	Pick<HistorySlice, 'historyKind' | 'historyEnvironment' | 'historyApp' | 'historyWho' | 'historyFilter'>;

const filtered = once(
	(
		lines: readonly LedgerLine[],
		kind: HistoryKind,
		environment: string | undefined,
		app: AppName | undefined,
		who: string | undefined,
		text: string,
	) => filterHistory(lines, {kind, environment, app, who, text}),
);

/** The lines that are asked for, newest first. */
export const selectHistory = (state: Asked): readonly LedgerLine[] =>
	filtered(
		selectAllHistory(state),
		state.historyKind,
		state.historyEnvironment,
		state.historyApp,
		state.historyWho,
		state.historyFilter,
	);

/**
 * The line under the cursor: the one that was chosen as long as it is there, else the newest. A run that has ended
 * meanwhile is still the one that was chosen while it went on.
 */
export const selectHistoryLine = (state: Asked & Pick<HistorySlice, 'historySelected'>): LedgerLine | undefined => {
	const lines = selectHistory(state);
	const {historySelected} = state;
	if (historySelected === undefined) return lines[0];
	return (
		lines.find(({id}) => id === historySelected) ??
		lines.find(({environment, entries}) => entries.some(({seq}) => `${environment}:${seq}` === historySelected)) ??
		lines[0]
	);
};

/** What this machine knows of the run of a line; undefined while that is not known. */
export const selectRunLook = (
	{historyRuns}: Pick<HistorySlice, 'historyRuns'>,
	line: LedgerLine | undefined,
): RunLook | undefined => (line?.run === undefined ? undefined : historyRuns[runKey(line.environment, line.run)]);

export const runKey = (environment: string, run: string): string => `${environment}/${run}`;

/** How people call an environment in a list. */
export const placeName = ({environments}: Pick<CockpitState, 'environments'>, environment: string): string => {
	const view = environments.find(({name}) => name === environment);
	return view ? inWords(view) : environment;
};

import type {StateCreator} from 'zustand';
import type {HistoryKind} from '../../app/history/history.ts';
import {filterHistory} from '../../app/history/history.ts';
import type {TitledLedger} from '../../app/history/history-detail.ts';
import {tellLedgers, type LedgerLine} from '../../app/ledger/ledger-lines.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {once} from '../../domain/memo.ts';
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

/** What is asked for, besides the text. Undefined: every environment, app, person. */
export type HistoryAsked = {
	readonly kind: HistoryKind;
	readonly environment: string | undefined;
	readonly app: AppName | undefined;
	readonly who: string | undefined;
};

export type HistorySlice = {
	readonly historyAsked: HistoryAsked;
	readonly historyPage: HistoryPage | undefined;
	/** By environment. */
	readonly historyChecks: Readonly<Record<string, ChainCheck | undefined>>;
	/** By `environment/run`. */
	readonly historyRuns: Readonly<Record<string, RunLook | undefined>>;
	/** Ledgers this machine has seen before, of environments that have not answered yet. */
	readonly historyRemembered: Readonly<Record<string, readonly LedgerEntry[] | undefined>>;
	/** Asks for something else; its newest line is under the cursor. */
	readonly askHistory: (changes: Partial<HistoryAsked>) => void;
	/** Asks for everything again; the line under the cursor stays. */
	readonly askAllHistory: () => void;
	/** Undefined: the list. */
	readonly openHistoryPage: (page: HistoryPage | undefined) => void;
	readonly chainChecked: (environment: string, check: ChainCheck) => void;
	/** `key`: of `runKey`. */
	readonly runLookedAt: (key: string, look: RunLook) => void;
	readonly rememberLedgers: (remembered: HistorySlice['historyRemembered']) => void;
};

const everything: HistoryAsked = {kind: 'all', environment: undefined, app: undefined, who: undefined};

export const createHistorySlice: StateCreator<CockpitState, [], [], HistorySlice> = (set, get) => ({
	historyAsked: everything,
	historyPage: undefined,
	historyChecks: {},
	historyRuns: {},
	historyRemembered: {},
	askHistory: changes => {
		set({historyAsked: {...get().historyAsked, ...changes}});
		get().pointAt('history', undefined);
	},
	askAllHistory: () => {
		set({historyAsked: everything});
		get().dropFilter('history');
	},
	openHistoryPage: historyPage => set({historyPage}),
	chainChecked: (environment, check) => set({historyChecks: {...get().historyChecks, [environment]: check}}),
	runLookedAt: (key, look) => set({historyRuns: {...get().historyRuns, [key]: look}}),
	rememberLedgers: historyRemembered => set({historyRemembered}),
});

const noEntries: readonly LedgerEntry[] = [];

/** Each look of a poll makes the environments new ones; their ledgers seldom are. */
const ledgersOf = (
	environments: CockpitState['environments'],
	remembered: HistorySlice['historyRemembered'],
): readonly TitledLedger[] =>
	sameLedgers(
		...targetsOf(environments).flatMap(({name, title, status}) => [
			name,
			title,
			status?.ledger.entries ?? remembered[name] ?? noEntries,
		]),
	);

const sameLedgers = once((...given: readonly (string | readonly LedgerEntry[])[]): readonly TitledLedger[] =>
	given.flatMap((entries, index) => {
		const [environment, title] = given.slice(index - 2, index);
		return typeof entries === 'object' && typeof environment === 'string' && typeof title === 'string'
			? [{environment, title, entries}]
			: [];
	}),
);

type Known = Pick<CockpitState, 'environments' | 'historyRemembered'>;

/** Every ledger as it was last read, or as it is remembered while its host has not answered. */
export const selectLedgers = ({environments, historyRemembered}: Known): readonly TitledLedger[] =>
	ledgersOf(environments, historyRemembered);

const linesOf = once((ledgers: readonly TitledLedger[]) => tellLedgers(ledgers));

/** Every line there is, newest first. */
export const selectAllHistory = (state: Known): readonly LedgerLine[] => linesOf(selectLedgers(state));

type Asked = Known & Pick<CockpitState, 'historyAsked' | 'lists'>;

const filtered = once((lines: readonly LedgerLine[], asked: HistoryAsked, text: string) =>
	filterHistory(lines, {...asked, text}),
);

/** The lines that are asked for, newest first. */
export const selectHistory = (state: Asked): readonly LedgerLine[] =>
	filtered(selectAllHistory(state), state.historyAsked, state.lists.history.filter);

/** Whether anything keeps lines out. */
export const isHistoryFiltered = ({historyAsked, lists}: Pick<Asked, 'historyAsked' | 'lists'>): boolean =>
	lists.history.filter !== '' ||
	historyAsked.kind !== 'all' ||
	historyAsked.environment !== undefined ||
	historyAsked.app !== undefined ||
	historyAsked.who !== undefined;

/**
 * The line under the cursor: the one that was chosen as long as it is there, else the newest. A run that has ended
 * meanwhile is still the one that was chosen while it went on.
 */
export const selectHistoryLine = (state: Asked): LedgerLine | undefined => {
	const lines = selectHistory(state);
	const {cursor} = state.lists.history;
	if (cursor === undefined) return lines[0];
	return (
		lines.find(({id}) => id === cursor) ??
		lines.find(({environment, entries}) => entries.some(({seq}) => `${environment}:${seq}` === cursor)) ??
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

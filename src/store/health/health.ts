import type {StateCreator} from 'zustand';
import type {RollbackReview} from '../../app/rollback/review-rollback.ts';
import type {WatchUpdate} from '../../app/watch/keep-watch.ts';
import type {PairDigests, Result} from '../../domain/checklist/sign-off.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {ProbeReading} from '../../domain/probes/probe.ts';
import type {WatchReport} from '../../domain/watch/watch-report.ts';
import type {ChecklistAsk} from '../checklist/checklist.ts';
import type {CockpitState} from '../create-store.ts';
import {laterHistory, withHistory, type ProbeHistory} from './probe-history.ts';

/** An environment as the health screen shows it. Facts carry the time they were read; the screen derives their age. */
export type EnvironmentHealth = {
	readonly environment: Environment;
	/** Epoch milliseconds of this machine at which the last round came; undefined: none has. */
	readonly readAt: number | undefined;
	/** The same moment by the clock of the primary host. */
	readonly time: number | undefined;
	/** Of the last round; of hosts that were silent in it, what they said last. */
	readonly readings: readonly ProbeReading[];
	/** By probe, epoch milliseconds of this machine at which it was found: a host that hangs does not carry its clock on. */
	readonly foundAt: Readonly<Record<string, number>>;
	readonly silent: WatchUpdate['round']['silent'];
	readonly reports: readonly WatchReport[];
	/** What was live by the ledger the reports follow from, as sign-offs behind a run name it. */
	readonly builds: PairDigests;
	/** Why what was found could not be written down for the team. */
	readonly problem: string | undefined;
	readonly history: ProbeHistory;
	/** 95th percentile of the day before the last hour, by probe; absent: too little was seen. */
	readonly usual: Readonly<Record<string, number>>;
};

/** Something about one item of a watch that is not in the ledger yet. */
export type PendingWatchItem = {
	/** Id of the run that is watched. */
	readonly run: string;
	readonly item: string;
	/** Undefined: an answer is taken back. */
	readonly result: Result | undefined;
	/** How many entries the ledger had about it. */
	readonly known: number;
};

/** What a person is asked for before something about a watch is recorded; `watch` is the report that was seen. */
export type WatchAsk =
	| (ChecklistAsk & {readonly report: WatchReport})
	/** Why what is worse, or what fired, is accepted as it is. */
	| {readonly kind: 'accept'; readonly report: WatchReport; readonly typed: string};

/** How a watched app would go back, as far as its host could be asked. */
export type WatchWayBack =
	| {readonly state: 'asking'}
	| {readonly state: 'known'; readonly review: RollbackReview}
	| {readonly state: 'unknown'; readonly why: string};

export type HealthPanel = 'items' | 'triggers' | 'comparisons';

export type HealthPage = {readonly down: number; readonly up: number};

export type HealthSlice = {
	/** Environments that have hosts, in promotion order. */
	readonly healths: readonly EnvironmentHealth[];
	/** Id of the place that was chosen; undefined: the first one. */
	readonly healthPlace: string | undefined;
	readonly healthPanel: HealthPanel;
	/** Rows of its list that a page goes by, as the screen was drawn last: those that stood whole, and those that would above. */
	readonly healthPage: HealthPage;
	readonly watchAsk: WatchAsk | undefined;
	readonly watchPending: readonly PendingWatchItem[];
	/** By the run that is watched. */
	readonly watchWaysBack: Readonly<Partial<Record<string, WatchWayBack>>>;
	readonly beginHealth: (environments: readonly Environment[]) => void;
	/** `builds`: what is live by the ledger the update was made of. */
	readonly healthUpdated: (update: WatchUpdate, builds?: PairDigests) => void;
	/** Adds what was found before this cockpit began, or by others on this machine. */
	readonly rememberHealth: (
		environment: string,
		readings: readonly ProbeReading[],
		usual: EnvironmentHealth['usual'],
	) => void;
	readonly goToHealth: (place: string | undefined) => void;
	readonly focusHealth: (panel: HealthPanel) => void;
	readonly pageHealthBy: (page: HealthPage) => void;
	readonly askAboutWatch: (ask: WatchAsk) => void;
	readonly typeAboutWatch: (typed: string) => void;
	readonly closeWatchAsk: () => void;
	readonly beginWatchItem: (pending: PendingWatchItem) => void;
	readonly endWatchItem: (pending: PendingWatchItem) => void;
	readonly wayBackOfWatch: (run: string, way: WatchWayBack) => void;
};

const unread = (environment: Environment): EnvironmentHealth => ({
	environment,
	readAt: undefined,
	time: undefined,
	readings: [],
	foundAt: {},
	silent: [],
	reports: [],
	builds: {},
	problem: undefined,
	history: {},
	usual: {},
});

/** Of a silent host nothing new is known: what it said last stays, with its time. */
const heldBy = (health: EnvironmentHealth, {round}: WatchUpdate): readonly ProbeReading[] => {
	const silent = new Set(round.silent.map(({host}) => host));
	const told = new Set(round.readings.map(({probe}) => probe));
	return health.readings.filter(({probe, host}) => host !== undefined && silent.has(host) && !told.has(probe));
};

/** Of this round when it came, less what was older than the round itself; what is held stays as old as it was. */
const foundIn = (health: EnvironmentHealth, {at, round}: WatchUpdate, held: readonly ProbeReading[]) =>
	Object.fromEntries([
		...held.map(({probe}) => [probe, health.foundAt[probe] ?? at] as const),
		...round.readings.map(reading => [reading.probe, at - Math.max(0, round.at - reading.at)] as const),
	]);

const updated = (
	health: EnvironmentHealth,
	update: WatchUpdate,
	builds: PairDigests,
	held = heldBy(health, update),
): EnvironmentHealth => ({
	...health,
	readAt: update.at,
	time: update.time ?? update.round.at,
	readings: [...update.round.readings, ...held],
	foundAt: foundIn(health, update, held),
	silent: update.round.silent,
	reports: update.reports,
	builds,
	problem: update.problem,
	history: laterHistory(health.history, update.round),
});

/** What the ledger has by now is no longer pending. */
const stillPending = (
	pending: readonly PendingWatchItem[],
	reports: readonly WatchReport[],
): readonly PendingWatchItem[] =>
	pending.filter(one => {
		const phases = reports.find(({watch}) => watch.run === one.run)?.phases ?? [];
		const state = phases.flatMap(({items}) => items).find(({item}) => item.id === one.item);
		return state === undefined || state.history.length <= one.known;
	});

export const createHealthSlice: StateCreator<CockpitState, [], [], HealthSlice> = (set, get) => {
	const change = (name: string, to: (health: EnvironmentHealth) => EnvironmentHealth): void =>
		set({healths: get().healths.map(health => (health.environment.name === name ? to(health) : health))});
	return {
		healths: [],
		healthPlace: undefined,
		healthPanel: 'items',
		healthPage: {down: 1, up: 1},
		watchAsk: undefined,
		watchPending: [],
		watchWaysBack: {},
		beginHealth: environments => set({healths: environments.map(unread)}),
		healthUpdated: (update, builds = {}) => {
			change(update.environment, health => updated(health, update, builds));
			const {watchPending} = get();
			const left = stillPending(watchPending, update.reports);
			if (left.length < watchPending.length) set({watchPending: left});
		},
		rememberHealth: (name, readings, usual) =>
			change(name, health => ({...health, usual, history: withHistory(health.history, readings)})),
		goToHealth: healthPlace => set({healthPlace, healthPanel: 'items'}),
		focusHealth: healthPanel => set({healthPanel}),
		pageHealthBy: healthPage => set({healthPage}),
		askAboutWatch: watchAsk => set({watchAsk}),
		typeAboutWatch: typed => {
			const {watchAsk} = get();
			if (watchAsk && watchAsk.kind !== 'retest') set({watchAsk: {...watchAsk, typed}});
		},
		closeWatchAsk: () => set({watchAsk: undefined}),
		beginWatchItem: pending => set({watchPending: [...get().watchPending, pending]}),
		endWatchItem: pending => set({watchPending: get().watchPending.filter(one => one !== pending)}),
		wayBackOfWatch: (run, way) => set({watchWaysBack: {...get().watchWaysBack, [run]: way}}),
	};
};

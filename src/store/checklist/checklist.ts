import {carriedOn} from '../../domain/host-clock.ts';
import type {StateCreator} from 'zustand';
import type {LedgerReading} from '../../domain/ledger/ledger-book.ts';
import {checklistStates, digestsOf, liveReleases} from '../../app/checklist/checklist-states.ts';
import {appsOf} from '../../app/target-of.ts';
import type {Actor} from '../../domain/build.ts';
import {notedOf, observed, type Observation, type Sight} from '../../domain/checklist/observation.ts';
import {
	covers,
	sectionsFor,
	type ChecklistItem,
	type Checklists,
	type ChecklistSection,
} from '../../domain/checklist/checklist.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import {
	sameBuilds,
	type ItemState,
	type PairDigests,
	type Result,
	type SignOff,
} from '../../domain/checklist/sign-off.ts';
import type {CockpitState} from '../create-store.ts';
import type {Problem} from '../deploy/wizard.ts';

/** Something about one item that is under way; it counts for nothing until the ledger has it. */
export type PendingSignOff = {
	/** Unique; the entry in the ledger carries it. */
	readonly id: string;
	readonly item: string;
	/** `probing`: its probe is asked for what is to be recorded, and nothing is sent yet. */
	readonly what: 'probing' | 'recording' | 'undoing';
	/** What is to be recorded; undefined while it is not known. */
	readonly result: Result | undefined;
	/** Epoch milliseconds of this machine. */
	readonly since: number;
};

/** What the probe of an item saw, and of which build; it counts for nothing until a person signs with it. */
export type ProbeOfItem = {
	/** Undefined: it is asked for the first time. */
	readonly observation: Observation | undefined;
	readonly builds: PairDigests;
	readonly itemDigest: string;
	readonly isAsking: boolean;
};

/** A result that waits on this machine until the host answers again. */
export type WaitingSignOff = {readonly id: string; readonly item: string; readonly result: Result};

/** A cockpit that has the checklist open now. */
export type Colleague = {
	readonly name: string;
	readonly machine: string;
	/** Title of the pause point it looks at; empty when it does not say. */
	readonly section: string;
	readonly isMe: boolean;
};

/** What a person is asked before a result is recorded. `seen`: where the item stood when the question came up. */
export type ChecklistAsk = {
	readonly item: string;
	readonly seen: ItemState;
	readonly seenBuilds: PairDigests;
	/** The result replaces a failed or unclear one on purpose. */
	readonly isRetest: boolean;
	/** What the probe of the item, asked with the question, has seen; undefined until it has. */
	readonly probe?: Observation | undefined;
} & (
	| {readonly kind: 'value'; readonly result: 'passed'; readonly typed: string}
	| {readonly kind: 'note'; readonly result: 'failed' | 'unclear' | 'not-applicable'; readonly typed: string}
	/** Enter says that the item was looked at again. */
	| {readonly kind: 'retest'; readonly result: Result}
);

/** Where in the checklist to begin: an app, one of its items, and whether only what is open is listed. */
export type ChecklistPlace = {readonly app: AppName; readonly item: string; readonly isOnlyOpen: boolean};

export type ChecklistPanel = 'points' | 'items' | 'detail';

export type ChecklistSlice = {
	/** The environment that is tested; undefined: none can be. */
	readonly checklistEnvironment: Environment | undefined;
	/** Whoever signs here; undefined until known. */
	readonly checklistActor: Actor | undefined;
	/**
	 * Its ledger as last read; kept while the host is silent. `readAt`: epoch milliseconds of this machine; undefined for
	 * what was read before this cockpit began.
	 */
	readonly checklistReading: {readonly ledger: LedgerReading; readonly readAt: number | undefined} | undefined;
	/** Why it could not be read, and since when (epoch milliseconds of this machine). */
	readonly checklistProblem: (Problem & {readonly since: number}) | undefined;
	readonly checklistPanel: ChecklistPanel;
	readonly isOnlyOpen: boolean;
	readonly checklistAsk: ChecklistAsk | undefined;
	readonly checklistPending: readonly PendingSignOff[];
	readonly checklistWaiting: readonly WaitingSignOff[];
	/** What the probes of items saw at this cockpit, by id of the item. */
	readonly checklistProbes: Readonly<Record<string, ProbeOfItem>>;
	/** Those who have the checklist open, this cockpit among them. */
	readonly checklistHere: readonly Colleague[];
	/** Undefined: there is none. */
	readonly testOn: (environment: Environment | undefined) => void;
	/**
	 * Takes what the ledger has; what it has by now is no longer pending. The first look puts the cursor on the first
	 * thing to do; from there on only a key moves it.
	 */
	readonly checklistRead: (ledger: LedgerReading, actor: Actor, at: number) => void;
	/** `remembered`: what was known of the ledger before this cockpit began; shown only where nothing was read. */
	readonly checklistUnread: (problem: Problem, at: number, remembered?: Omit<LedgerReading, 'time'>) => void;
	readonly colleaguesHere: (here: readonly Colleague[]) => void;
	readonly showWaiting: (waiting: readonly WaitingSignOff[]) => void;
	/** The same one again goes on as what it is now. */
	readonly beginSignOff: (pending: PendingSignOff) => void;
	readonly endSignOff: (id: string) => void;
	/** The probe of an item is being asked about these builds; what it saw of others is forgotten. */
	readonly probeAsked: (item: ChecklistItem, builds: PairDigests) => void;
	/** What it saw, `at` by the host's clock; of other builds than it was asked about last it says nothing. */
	readonly probeSaw: (item: ChecklistItem, builds: PairDigests, seen: Sight & {readonly at: number}) => void;
	/** What was refused before is no word on this question: its notice goes. */
	readonly askBeforeSigning: (ask: ChecklistAsk) => void;
	/** The probe that was asked with the question has seen this: it is noted where nothing is typed yet. */
	readonly fillAsk: (item: string, probe: Observation) => void;
	readonly typeAnswer: (text: string) => void;
	readonly closeAsk: () => void;
	/** Behind an answer on an item: closes its question and goes to the next open one, if there is any. */
	readonly goOnFrom: (item: string) => void;
	/** Begins at a place, with nothing filtered and nothing asked. */
	readonly openChecklistAt: (place: ChecklistPlace) => void;
	readonly showOnlyOpen: (isOnlyOpen: boolean) => void;
	readonly focusChecklist: (panel: ChecklistPanel) => void;
	/** Writes down what is highlighted, so that nothing a colleague does can make it another item. */
	readonly pinItem: () => void;
};

export const createChecklistSlice: StateCreator<CockpitState, [], [], ChecklistSlice> = (set, get) => ({
	checklistEnvironment: undefined,
	checklistActor: undefined,
	checklistReading: undefined,
	checklistProblem: undefined,
	checklistPanel: 'items',
	isOnlyOpen: false,
	checklistAsk: undefined,
	checklistPending: [],
	checklistWaiting: [],
	checklistProbes: {},
	checklistHere: [],
	testOn: checklistEnvironment => set({checklistEnvironment}),
	checklistRead: (ledger, checklistActor, readAt) => {
		const {checklistPending} = get();
		const known = new Set(ledger.entries.slice(-1000).map(({data}) => data['id']));
		set({
			checklistActor,
			checklistReading: {ledger, readAt},
			checklistProblem: undefined,
			checklistPending: checklistPending.filter(({id}) => !known.has(id)),
		});
		const state = get();
		if (state.lists.checklist.cursor === undefined)
			state.pointAt('checklist', selectNextOpen(state, undefined) ?? selectItem(state)?.item.id);
	},
	checklistUnread: (problem, at, remembered) => {
		const {checklistProblem, checklistReading} = get();
		set({
			checklistProblem: {...problem, since: checklistProblem?.since ?? at},
			checklistHere: [],
			checklistReading:
				checklistReading ?? (remembered && {ledger: {...remembered, time: at}, readAt: undefined}),
		});
	},
	colleaguesHere: checklistHere => set({checklistHere}),
	showWaiting: checklistWaiting => set({checklistWaiting}),
	beginSignOff: pending => {
		const others = get().checklistPending.filter(({id}) => id !== pending.id);
		set({checklistPending: [...others, pending]});
	},
	endSignOff: ended => set({checklistPending: get().checklistPending.filter(({id}) => id !== ended)}),
	probeAsked: ({id, digest: itemDigest, scope}, builds) => {
		const {checklistProbes} = get();
		const known = checklistProbes[id];
		const isSame = known?.itemDigest === itemDigest && sameBuilds(scope, known.builds, builds, scopeApps(get()));
		const observation = isSame ? known.observation : undefined;
		set({checklistProbes: {...checklistProbes, [id]: {observation, builds, itemDigest, isAsking: true}}});
	},
	probeSaw: (item, builds, {at, ...sight}) => {
		const {checklistProbes} = get();
		const asked = checklistProbes[item.id];
		if (asked?.builds !== builds || asked.itemDigest !== item.digest) return;
		const signed = selectItemStates(get()).find(one => one.item.id === item.id)?.signOff?.probe;
		const observation = observed(sight, at, (asked.observation ?? signed)?.attempts);
		set({checklistProbes: {...checklistProbes, [item.id]: {...asked, observation, isAsking: false}}});
	},
	askBeforeSigning: checklistAsk => {
		const {notice} = get();
		set({checklistAsk, ...(notice?.tone === 'attention' ? {notice: undefined} : {})});
	},
	fillAsk: (item, probe) => {
		const {checklistAsk: asked} = get();
		if (asked?.item !== item || asked.kind !== 'note' || asked.result === 'not-applicable') return;
		const isFilled = asked.typed === '' && asked.result === 'failed' && probe.outcome === 'failed';
		set({checklistAsk: {...asked, probe, ...(isFilled ? {typed: notedOf(probe)} : {})}});
	},
	typeAnswer: typed => {
		const {checklistAsk} = get();
		if (checklistAsk && checklistAsk.kind !== 'retest') set({checklistAsk: {...checklistAsk, typed}});
	},
	closeAsk: () => set({checklistAsk: undefined}),
	goOnFrom: item => {
		const state = get();
		const next = selectNextOpen(state, item);
		if (next !== undefined) state.pointAt('checklist', next);
		set({checklistAsk: undefined, ...(state.checklistPanel === 'detail' ? {checklistPanel: 'items'} : {})});
	},
	openChecklistAt: ({app, item, isOnlyOpen}) => {
		set({app, isOnlyOpen, checklistAsk: undefined, checklistPanel: 'items'});
		get().pointAt('checklist', item);
		get().dropFilter('checklist');
	},
	showOnlyOpen: isOnlyOpen => set({isOnlyOpen}),
	focusChecklist: checklistPanel => set({checklistPanel}),
	pinItem: () => {
		const state = get();
		const id = selectItem(state)?.item.id;
		if (id !== undefined && id !== state.lists.checklist.cursor) state.pointAt('checklist', id);
	},
});

type Read = Pick<CockpitState, 'checklists' | 'checklistEnvironment' | 'checklistReading'>;
type Shown = Read & Pick<CockpitState, 'app' | 'isOnlyOpen' | 'lists'>;

/** What was found out about one list of entries: a list is never changed, a longer one is another list. */
type Found = {
	readonly checklists: Checklists;
	readonly environment: Environment;
	readonly states: readonly ItemState[];
	readonly builds: PairDigests;
	readonly commits: ReadonlyMap<string, string>;
	readonly live: ReadonlyMap<AppName, string>;
};

const found = new WeakMap<readonly LedgerEntry[], Found>();
const noEntries: readonly LedgerEntry[] = [];

const buildIn = (build: unknown): readonly [digest: string, commit: string] | undefined => {
	if (typeof build !== 'object' || build === null) return undefined;
	const {digest, commit} = build as {readonly digest?: unknown; readonly commit?: unknown};
	return typeof digest === 'string' && typeof commit === 'string' && digest !== '' ? [digest, commit] : undefined;
};

const findOut = (entries: readonly LedgerEntry[], checklists: Checklists, environment: Environment): Found => {
	const known = found.get(entries);
	if (known?.checklists === checklists && known.environment === environment) return known;
	const live = liveReleases(environment, entries);
	const next: Found = {
		checklists,
		environment,
		states: checklistStates(checklists, environment, entries),
		builds: digestsOf(live),
		commits: new Map(entries.flatMap(({data}) => [buildIn(data['build'])].filter(one => one !== undefined))),
		live: new Map([...live].flatMap(([app, {build}]) => (build ? [[app, build.commit] as const] : []))),
	};
	found.set(entries, next);
	return next;
};

const nothing: Omit<Found, 'checklists' | 'environment'> = {
	states: [],
	builds: {},
	commits: new Map(),
	live: new Map(),
};

const foundIn = ({checklists, checklistEnvironment, checklistReading}: Read): typeof nothing =>
	checklistEnvironment
		? findOut(checklistReading?.ledger.entries ?? noEntries, checklists, checklistEnvironment)
		: nothing;

/** Where every item stands, of both apps, in order. */
export const selectItemStates = (state: Read): readonly ItemState[] => foundIn(state).states;

/** Source digests of what the ledger says is live. */
export const selectLiveBuilds = (state: Read): PairDigests => foundIn(state).builds;

/** Full commit of an app that is live by the ledger; undefined when it is not recorded. */
export const selectLiveCommit = (state: Read, app: AppName): string | undefined => foundIn(state).live.get(app);

/** Full commit of the app a sign-off was about, as far as the ledger knows it. */
export const commitOf = (state: Read, {builds}: SignOff, app: AppName): string | undefined =>
	foundIn(state).commits.get(builds[app] ?? '');

/** A pause point with where its items stand. */
export type PausePoint = Pick<ChecklistSection, 'id' | 'title'> & {readonly states: readonly ItemState[]};

/** Pause points of an app, all items, whatever is filtered. */
export const selectPoints = (state: Read, app: AppName): readonly PausePoint[] => {
	const byId = new Map(selectItemStates(state).map(one => [one.item.id, one]));
	return sectionsFor(state.checklists, 'before-production', app).map(({id, title, items}) => ({
		id,
		title,
		states: items.flatMap(item => byId.get(item.id) ?? []),
	}));
};

const holds = ({item}: ItemState, point: PausePoint, filter: string): boolean =>
	[item.title, item.id, point.title].some(text => text.toLowerCase().includes(filter));

/**
 * Pause points with the items that are shown. The item under the cursor stays even when a colleague has just signed it:
 * what a key acts on must not change by itself. For the same reason the filter looks only at what is not in the ledger.
 */
export const selectShownPoints = (state: Shown): readonly PausePoint[] => {
	const {app, isOnlyOpen, lists} = state;
	const filter = lists.checklist.filter.trim().toLowerCase();
	return selectPoints(state, app)
		.map(point => ({
			...point,
			states: point.states.filter(
				one =>
					(filter === '' || holds(one, point, filter)) &&
					(!isOnlyOpen || !isDone(one) || one.item.id === lists.checklist.cursor),
			),
		}))
		.filter(({states}) => states.length > 0);
};

const isDone = ({state}: ItemState): boolean => state === 'passed' || state === 'not-applicable';

/** The rows a cursor moves over. */
export const selectShownItems = (state: Shown): readonly ItemState[] =>
	selectShownPoints(state).flatMap(({states}) => states);

/** The item under the cursor. */
export const selectItem = (state: Shown): ItemState | undefined => {
	const shown = selectShownItems(state);
	return shown.find(({item}) => item.id === state.lists.checklist.cursor) ?? shown[0];
};

/** The pause point of the item under the cursor. */
export const selectPoint = (state: Shown): PausePoint | undefined => {
	const item = selectItem(state)?.item;
	return selectPoints(state, state.app).find(({states}) => states.some(one => one.item.id === item?.id));
};

/** Epoch milliseconds by the host's clock; this machine's while the host was never asked. */
export const selectHostNow = ({now, checklistReading}: Pick<CockpitState, 'now' | 'checklistReading'>): number =>
	carriedOn({time: checklistReading?.ledger.time, readAt: checklistReading?.readAt}, now) ?? now;

type Under = Pick<CockpitState, 'checklistPending' | 'checklistWaiting'>;

export const pendingOn = ({checklistPending}: Pick<Under, 'checklistPending'>, item: string) =>
	checklistPending.findLast(one => one.item === item);

export const waitingOn = ({checklistWaiting}: Pick<Under, 'checklistWaiting'>, item: string) =>
	checklistWaiting.findLast(one => one.item === item);

const scopeApps = ({checklistEnvironment}: Pick<CockpitState, 'checklistEnvironment'>): readonly AppName[] =>
	checklistEnvironment ? appsOf(checklistEnvironment) : [];

/** What is known of the probe of an item about the builds that are live now; undefined: it was not asked about them. */
export const probeOf = (
	state: Read & Pick<CockpitState, 'checklistProbes'>,
	item: ChecklistItem,
): ProbeOfItem | undefined => {
	const known = state.checklistProbes[item.id];
	return known?.itemDigest === item.digest &&
		sameBuilds(item.scope, known.builds, selectLiveBuilds(state), scopeApps(state))
		? known
		: undefined;
};

/** The next open item after another one, from the top again behind the last; undefined when none is left. */
export const selectNextOpen = (state: Shown & Under, after: string | undefined): string | undefined => {
	const shown = selectShownItems(state);
	const at = shown.findIndex(({item}) => item.id === after);
	const order = [...shown.slice(at + 1), ...shown.slice(0, Math.max(0, at))];
	return order.find(
		({state: stands, item}) =>
			stands === 'open' && pendingOn(state, item.id) === undefined && waitingOn(state, item.id) === undefined,
	)?.item.id;
};

/** One's own last result that still stands on an item. */
export const selectOwn = (
	{checklistActor}: Pick<CockpitState, 'checklistActor'>,
	{history, standing}: ItemState,
): SignOff | undefined =>
	checklistActor &&
	history.find(
		({seq, actor}) =>
			standing.includes(seq) && actor.name === checklistActor.name && actor.key === checklistActor.key,
	);

/** Why nothing new can be said about an item now; undefined when it can. */
export const refuseSigning = (state: Read & Under, one: ItemState | undefined): string | undefined =>
	refuseChange(state, one) ??
	(one && waitingOn(state, one.item.id) ? 'an answer waits to be sent; u takes it back' : undefined);

/** Why an item can't be changed at all now. */
export const refuseChange = (state: Read & Under, one: ItemState | undefined): string | undefined => {
	const {checklistEnvironment, checklistReading} = state;
	if (!checklistEnvironment) return 'no environment is tested before another one here';
	const {title} = checklistEnvironment;
	if (!checklistReading) return `the ledger of ${title} is not read yet`;
	const {fault} = checklistReading.ledger;
	if (fault !== undefined) return `the ledger of ${title} ${fault}`;
	if (!one) return 'no item is shown';
	const {builds} = foundIn(state);
	const missing = appsOf(checklistEnvironment).find(app => covers(one.item.scope, app) && builds[app] === undefined);
	if (missing) return `which build of the ${missing} runs on ${title} is not recorded: deploy it there first`;
	const pending = pendingOn(state, one.item.id);
	if (!pending) return undefined;
	return pending.what === 'probing' ? 'its probe is being asked for it' : 'the last answer is still being recorded';
};

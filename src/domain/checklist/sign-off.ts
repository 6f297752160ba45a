import {covers, type ChecklistItem, type Scope} from './checklist.ts';
import type {AppName} from '../environments/environment.ts';
import {members, type EntryActor, type LedgerEntry} from '../ledger/ledger.ts';
import {memoOn} from '../memo.ts';
import {probeRecordIn, type ProbeRecord} from './observation.ts';

/** What somebody found. Only `passed` and, where the item allows it, `not-applicable` count. */
export type Result = (typeof results)[number];
export const results = ['passed', 'failed', 'unclear', 'not-applicable'] as const;

/** Source digests of the pair that was live when somebody looked; absent: the environment has no such app. */
export type PairDigests = Readonly<Partial<Record<AppName, string>>>;

/** One result on one item, as recorded. */
export type SignOff = {
	readonly seq: number;
	/** Epoch milliseconds by the host's clock. */
	readonly at: number;
	readonly actor: EntryActor;
	readonly item: string;
	/** `undone`: its writer takes back what it supersedes. */
	readonly result: Result | 'undone';
	/** `probe`: of older ledgers, where what a probe saw counted without a person. */
	readonly by: 'person' | 'probe';
	readonly value?: string;
	readonly note?: string;
	/** What the probe of the item saw when a person signed. */
	readonly probe?: ProbeRecord;
	readonly builds: PairDigests;
	readonly itemDigest: string;
	/** Numbers of the entries its writer saw and replaces. */
	readonly supersedes: readonly number[];
	/** Who wrote it was not proved where that is asked for. Only what is bad counts then, and it replaces nothing. */
	readonly isClaimed?: true;
};

/** Least characters of a note that has to say something. Source: design, "Words", checklist. */
export const leastNote = 10;

const isResult = (value: unknown): value is Result => results.some(result => result === value);
const digestIn = (builds: unknown, app: AppName): PairDigests => {
	const digest = members(builds)[app];
	return typeof digest === 'string' && digest !== '' ? {[app]: digest} : {};
};

/** Reads an entry as a sign-off; undefined for any other, and for one that says too little to count. */
export const signOffIn = memoOn(({seq, at, type, actor, data}: LedgerEntry): SignOff | undefined => {
	if (type !== 'checklist.signed' && type !== 'checklist.undone') return undefined;
	const {item, result, by, value, note, builds, itemDigest, supersedes} = data;
	const probe = probeRecordIn(data['probe']);
	const outcome =
		type === 'checklist.undone' ? 'undone' : type === 'checklist.signed' && isResult(result) ? result : undefined;
	if (outcome === undefined || typeof item !== 'string' || !actor || typeof itemDigest !== 'string') return undefined;
	return {
		seq,
		at,
		actor,
		item,
		result: outcome,
		by: by === 'probe' ? 'probe' : 'person',
		...(typeof value === 'string' ? {value} : {}),
		...(typeof note === 'string' ? {note} : {}),
		...(probe ? {probe} : {}),
		builds: {...digestIn(builds, 'backend'), ...digestIn(builds, 'frontend')},
		itemDigest,
		supersedes: Array.isArray(supersedes) ? supersedes.filter(seen => typeof seen === 'number') : [],
	};
});

/** Every sign-off of a ledger, oldest first; the same list for the same entries. */
export const signOffsIn = memoOn((entries: readonly LedgerEntry[]): readonly SignOff[] =>
	entries.flatMap(entry => signOffIn(entry) ?? []),
);

const apps: readonly AppName[] = ['backend', 'frontend'];

/** Whether both speak of the same build, as far as the scope reaches. An app that isn't known is never the same. */
export const sameBuilds = (scope: Scope, a: PairDigests, b: PairDigests, has: readonly AppName[] = apps): boolean => {
	const asked = has.filter(app => covers(scope, app));
	return asked.length > 0 && asked.every(app => a[app] !== undefined && a[app] === b[app]);
};

/** Why a result may not be given as it is. Undefined when it may. */
export const refuseResult = (
	{answer, mayNotApply}: Pick<ChecklistItem, 'answer' | 'mayNotApply'>,
	{result, value, note}: {readonly result: Result} & Partial<Record<'value' | 'note', string | undefined>>,
): string | undefined => {
	const hasNote = (note ?? '').trim().length >= leastNote;
	if (result === 'not-applicable')
		return !mayNotApply
			? 'it always applies'
			: hasNote
				? undefined
				: `say why it does not apply, in at least ${leastNote} characters`;
	if (result !== 'passed') return hasNote ? undefined : `say what you saw, in at least ${leastNote} characters`;
	if (answer.kind === 'tick') return undefined;
	const seen = (value ?? '').trim();
	if (answer.kind === 'choice')
		return answer.passing.includes(seen) ? undefined : `it passes with ${answer.passing.join(' or ')}`;
	if (seen === '') return `say what you saw: ${answer.ask}`;
	const {atMost, atLeast, unit = ''} = answer;
	if (atMost === undefined && atLeast === undefined) return undefined;
	const figure = Number(seen);
	if (!Number.isFinite(figure)) return `give a number${unit === '' ? '' : ` of ${unit}`}: ${answer.ask}`;
	if (atMost !== undefined && figure > atMost)
		return `${seen} ${unit} is over the limit of ${atMost} ${unit}`.replaceAll(/ +/g, ' ').trim();
	if (atLeast !== undefined && figure < atLeast)
		return `${seen} ${unit} is below the limit of ${atLeast} ${unit}`.replaceAll(/ +/g, ' ').trim();
	return undefined;
};

/** Where an item stands for the pair that is live now. */
export type ItemState = {
	readonly item: ChecklistItem;
	readonly state: Result | 'open';
	/** What makes the state; undefined when open. */
	readonly signOff: SignOff | undefined;
	/** Signed before the last change of either app, and still about what is live. */
	readonly isCarried: boolean;
	/** Entries a new result has to name to replace this state. */
	readonly standing: readonly number[];
	/** Everything about this item, newest first. */
	readonly history: readonly SignOff[];
	/** Of an open item that was signed before: why that no longer counts. */
	readonly voided?: 'build' | 'text' | 'run';
};

export type SignOffContext = {
	/** What is live now. */
	readonly live: PairDigests;
	/** Apps the environment has. */
	readonly has: readonly AppName[];
	/** Number of the entry that last changed what is live of any app; 0 when there is none. */
	readonly changedAt: number;
	/** Whether it is proved who wrote an entry: with `identity: signed` by a checked signature. What is bad counts anyway. */
	readonly isTrusted: (seq: number) => boolean;
	/**
	 * Numbers of the entries that last changed what is live, by app: what was signed before counts no more, even when the
	 * same build is live again. Absent: it counts as long as its build is live.
	 */
	readonly since?: Readonly<Partial<Record<AppName, number>>>;
};

/** Whether a result was given after the last change of everything it speaks of. */
const isSince = ({scope}: ChecklistItem, {seq}: SignOff, since: SignOffContext['since']): boolean =>
	since === undefined || apps.every(app => !covers(scope, app) || seq > (since[app] ?? 0));

const worst: Readonly<Record<Result, number>> = {failed: 3, unclear: 2, 'not-applicable': 1, passed: 0};

type Given = SignOff & {readonly result: Result};

const isGiven = (signOff: SignOff): signOff is Given => signOff.result !== 'undone';

const isBad = ({result}: SignOff): boolean => result === 'failed' || result === 'unclear';

/** What is bad counts however little was said about it. */
const isCounting = (item: ChecklistItem, given: Given): boolean =>
	isBad(given) || refuseResult(item, given) === undefined;

/** Which of them name an earlier one, by its number. */
const namersOf = <One extends SignOff>() => {
	const namers = new Map<number, One[]>();
	return {
		add: (later: One): void => {
			for (const seq of new Set(later.supersedes)) {
				if (seq >= later.seq) continue;
				const all = namers.get(seq);
				if (all) all.push(later);
				else namers.set(seq, [later]);
			}
		},
		of: ({seq}: SignOff): readonly One[] => namers.get(seq) ?? [],
	};
};

/** Only its own writer takes back an entry that it names: a result, or what took one back. */
const takesBack = (later: SignOff, earlier: SignOff): boolean =>
	later.result === 'undone' && later.actor.name === earlier.actor.name && later.actor.key === earlier.actor.key;

/** A result that may not be given as it is makes nothing better: what was bad stays so. */
const replaces = (item: ChecklistItem, later: Given, earlier: Given): boolean =>
	isCounting(item, later) || !isBad(earlier);

/**
 * Results on one item and build that stand, newest first. One that was taken back is as if it had never been given, so
 * what it replaced stands again. One that was replaced still replaces what it named: after failed, unclear, passed,
 * each naming the one before, the failure is gone. `all`: oldest first.
 */
const standingOf = (item: ChecklistItem, all: readonly SignOff[]): readonly Given[] => {
	const [kept, given] = [namersOf(), namersOf<Given>()];
	const found: Given[] = [];
	for (const entry of all.toReversed()) {
		if (kept.of(entry).some(later => takesBack(later, entry))) continue;
		kept.add(entry);
		if (!isGiven(entry)) continue;
		given.add(entry);
		found.push(entry);
	}
	return found.filter(earlier => !given.of(earlier).some(later => replaces(item, later, earlier)));
};

/**
 * Where one item stands. The worst result of those that stand wins, whoever came last: only a retest, which names what
 * it replaces, makes it better. Source: design, "Words", checklist, "Gates to production".
 */
export const itemState = (item: ChecklistItem, signOffs: readonly SignOff[], context: SignOffContext): ItemState => {
	const {live, has, changedAt, isTrusted, since} = context;
	const about = signOffs
		.filter(signOff => signOff.item === item.id && (isTrusted(signOff.seq) || isBad(signOff)))
		.map(signOff => (isTrusted(signOff.seq) ? signOff : {...signOff, supersedes: [], isClaimed: true as const}));
	const ofBuild = about.filter(
		({itemDigest, builds}) => itemDigest === item.digest && sameBuilds(item.scope, builds, live, has),
	);
	const current = ofBuild.filter(signOff => isSince(item, signOff, since));
	const standing = standingOf(item, current);
	const deciding = standing
		.filter(signOff => isCounting(item, signOff))
		.reduce<Given | undefined>(
			(found, next) => (found === undefined || worst[next.result] > worst[found.result] ? next : found),
			undefined,
		);
	const history = about.toReversed();
	const common = {item, standing: standing.map(({seq}) => seq), history};
	if (!deciding) {
		const [last] = history;
		const voided = current.length > 0 || !last ? undefined : whyVoided(item, last, ofBuild);
		return {...common, state: 'open', signOff: undefined, isCarried: false, ...(voided ? {voided} : {})};
	}
	return {...common, state: deciding.result, signOff: deciding, isCarried: deciding.seq < changedAt};
};

const whyVoided = (item: ChecklistItem, last: SignOff, ofBuild: readonly SignOff[]): ItemState['voided'] => {
	if (last.itemDigest !== item.digest) return 'text';
	return ofBuild.length > 0 ? 'run' : 'build';
};

/** Sign-offs by their item: each item is held against its own alone. */
const byItem = memoOn((signOffs: readonly SignOff[]): ReadonlyMap<string, readonly SignOff[]> =>
	Map.groupBy(signOffs, ({item}) => item),
);

/** Where every item stands, in the order given. */
export const itemStates = (
	items: readonly ChecklistItem[],
	signOffs: readonly SignOff[],
	context: SignOffContext,
): readonly ItemState[] => items.map(item => itemState(item, byItem(signOffs).get(item.id) ?? [], context));

/** Whether an item holds nobody up. */
export const isMet = ({state}: Pick<ItemState, 'state'>): boolean => state === 'passed' || state === 'not-applicable';

export type ItemCounts = Readonly<Record<Result | 'open', number>> & {
	readonly carried: number;
	readonly all: number;
	readonly met: number;
};

export const countItems = (states: readonly ItemState[]): ItemCounts => {
	const of = (state: ItemState['state']): number => states.filter(one => one.state === state).length;
	return {
		passed: of('passed'),
		failed: of('failed'),
		unclear: of('unclear'),
		'not-applicable': of('not-applicable'),
		open: of('open'),
		carried: states.filter(({isCarried}) => isCarried).length,
		all: states.length,
		met: states.filter(isMet).length,
	};
};

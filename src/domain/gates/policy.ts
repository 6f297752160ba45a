import {covers, sectionsFor, type Checklists} from '../checklist/checklist.ts';
import {soakTerms, type SoakTerms} from '../environments/watched.ts';
import {lasted} from '../format.ts';
import type {AppName, DeployWindow, EmergencyProfile, Environment, Tier, Weekday} from '../environments/environment.ts';
import {members, textIn, type Head, type LedgerEntry, type Sha256} from '../ledger/ledger.ts';

/** What a soak asks for beside hours. `unhealthyMs`: null where nothing restarts it. */
type SoakRecord = Pick<SoakTerms, 'samples' | 'envChange'> & {readonly unhealthyMs: number | null};

/** What is asked before a deploy to an environment, as its ledger keeps it. */
export type PolicyRecord = {
	readonly tier: Tier;
	readonly promotedFrom: string | null;
	readonly timeZone: string;
	readonly soakHours: number;
	readonly soak: SoakRecord;
	readonly approvals: number;
	readonly window: DeployWindow | null;
	/** Days kept free of deploys, `YYYY-MM-DD`; null: none is. */
	readonly holidays: readonly string[] | null;
	/** Ids of the items that have to be signed. */
	readonly items: Readonly<Record<AppName, readonly string[]>>;
	/** Ids of those among them that a probe looks at. */
	readonly probes: readonly string[];
	readonly identity: Environment['identity'];
	/** Lower-case hex sha256 of who may sign; null where names count as claimed. */
	readonly signers: string | null;
	readonly headless: Environment['headless'];
	readonly emergency: EmergencyProfile | null;
};

/** What a run went by, in its record and on the ledger of its environment. Source: design, "Gates to production". */
export type PolicyMemory = {
	readonly project: string;
	readonly environment: string;
	/** Commit it was read from; null: it was not committed. */
	readonly commit: string | null;
	/** Lower-case hex sha256 of the record, the project and the checklists. */
	readonly digest: string;
	readonly record: PolicyRecord;
	/** What somebody accepted of it, for people; absent: nothing had to be. */
	readonly accepted?: readonly string[];
};

/** What a production run remembers of the evidence it went by. Kept in its record and on the ledger. */
export type PromotionRecord = {
	readonly from: string;
	/** Furthest entry of the ledger before that was seen. */
	readonly witness: (Head & {readonly environment: string}) | null;
	readonly gates: readonly {readonly gate: string; readonly state: string; readonly text: string}[];
	readonly emergency?: string;
};

/** `signers`: text of who may sign. `from`: the environment it is promoted from, where there is one. */
type Stated = {
	readonly to: Environment;
	readonly from: Pick<Environment, 'soakHours' | 'soak'> | undefined;
	readonly checklists: Pick<Checklists, 'files' | 'digest'>;
	readonly signers: string;
};

/** What a policy asks before a deploy to an environment. */
export const policyRecord = ({to, from, checklists, signers}: Stated, sha256: Sha256): PolicyRecord => {
	const items = sectionsFor(checklists, 'before-production').flatMap(section => section.items);
	const idsOf = (app: AppName): readonly string[] => items.filter(({scope}) => covers(scope, app)).map(({id}) => id);
	return {
		tier: to.tier,
		promotedFrom: to.promotedFrom ?? null,
		timeZone: to.timeZone,
		soakHours: from?.soakHours ?? 0,
		soak: {unhealthyMs: null, ...soakTerms(from ?? {})},
		approvals: to.approvals,
		window: to.window ?? null,
		holidays: to.holidays ? to.holidays.days.map(({date}) => date) : null,
		items: {backend: idsOf('backend'), frontend: idsOf('frontend')},
		probes: items.filter(({probe}) => probe !== undefined).map(({id}) => id),
		identity: to.identity,
		signers: to.identity === 'signed' ? sha256(signers) : null,
		headless: to.headless,
		emergency: to.emergency ?? null,
	};
};

/** What a run to an environment goes by, for its record. `commit`: where the policy was read from, null for none. */
export const policyMemory = (stated: Stated & {readonly commit: string | null}, sha256: Sha256): PolicyMemory => {
	const {to, checklists, commit} = stated;
	const {project, name: environment} = to;
	const record = policyRecord(stated, sha256);
	const digest = sha256(JSON.stringify([project, environment, record, to.holidays ?? null, checklists.digest]));
	return {project, environment, commit, digest, record};
};

const tiers: readonly Tier[] = ['local', 'preprod', 'production'];
const identities: readonly Environment['identity'][] = ['claimed', 'signed'];
const headlessWays: readonly Environment['headless'][] = ['allow', 'expect', 'forbid'];

const textsIn = (value: unknown): readonly string[] | undefined =>
	Array.isArray(value) && value.every(one => typeof one === 'string') ? value : undefined;

const windowIn = (value: unknown): DeployWindow | null => {
	const {days, from, until, notBeforeHolidays} = members(value);
	if (!Array.isArray(days) || typeof from !== 'string' || typeof until !== 'string') return null;
	return {days: days as Weekday[], from, until, notBeforeHolidays: notBeforeHolidays === true};
};

const emergencyIn = (value: unknown): EmergencyProfile | null => {
	const {soakHours, approvals, reviewWithinHours, window} = members(value);
	if (typeof soakHours !== 'number' || typeof approvals !== 'number' || typeof reviewWithinHours !== 'number')
		return null;
	const found = windowIn(window);
	return {soakHours, approvals, reviewWithinHours, ...(found ? {window: found} : {})};
};

const soakIn = (value: unknown): SoakRecord | undefined => {
	const {samples, unhealthyMs, envChange} = members(value);
	return samples === 'optional' || samples === 'required'
		? {
				samples,
				unhealthyMs: typeof unhealthyMs === 'number' ? unhealthyMs : null,
				...(envChange === 'keep' ? {envChange} : {}),
			}
		: undefined;
};

/** What is known of a policy that somebody else wrote down. */
export type KnownPolicy = {readonly [Key in keyof Omit<PolicyRecord, 'items'>]?: PolicyRecord[Key] | undefined} & {
	readonly items?: {readonly [App in AppName]?: readonly string[] | undefined};
};

const textOrNull = (value: unknown): string | null | undefined => (value === null ? null : textIn(value));
const numberIn = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const oneOf = <Value>(known: readonly Value[], value: unknown): Value | undefined => known.find(one => one === value);

const knownIn = (value: unknown): KnownPolicy => {
	const stated = members(value);
	const {window, holidays, emergency} = stated;
	const {backend, frontend} = members(stated['items']);
	return {
		tier: oneOf(tiers, stated['tier']),
		promotedFrom: textOrNull(stated['promotedFrom']),
		timeZone: textIn(stated['timeZone']),
		soakHours: numberIn(stated['soakHours']),
		soak: soakIn(stated['soak']),
		approvals: numberIn(stated['approvals']),
		window: window === undefined ? undefined : windowIn(window),
		holidays: holidays === null ? null : textsIn(holidays),
		items: {backend: textsIn(backend), frontend: textsIn(frontend)},
		probes: textsIn(stated['probes']),
		identity: oneOf(identities, stated['identity']),
		signers: textOrNull(stated['signers']),
		headless: oneOf(headlessWays, stated['headless']),
		emergency: emergency === undefined ? undefined : emergencyIn(emergency),
	};
};

/** What a ledger remembers of the last policy that counted. */
export type RememberedPolicy = {
	readonly project?: string | undefined;
	readonly environment?: string | undefined;
	/** Commit it was read from; absent: not known. */
	readonly commit?: string | undefined;
	/** Undefined: written by a version that kept none. */
	readonly digest: string | undefined;
	readonly record: KnownPolicy;
};

const rememberedIn = ({data}: Pick<LedgerEntry, 'data'>): RememberedPolicy | undefined => {
	const {project, environment, commit, digest, record} = members(data['policy']);
	if (typeof digest === 'string')
		return {
			project: textIn(project),
			environment: textIn(environment),
			commit: textIn(commit),
			digest,
			record: knownIn(record),
		};
	// An earlier version kept where a build was promoted from beside what else it kept of that kind.
	const {policy: before, from} = members(data['promotion']);
	if (before === undefined) return undefined;
	return {digest: undefined, record: {...knownIn(before), ...(typeof from === 'string' ? {promotedFrom: from} : {})}};
};

/** The first line of a ledger says by what it was begun. */
const openedBy = ({data}: Pick<LedgerEntry, 'data'>): RememberedPolicy | undefined => {
	const {project, environment, policy, tier, promotedFrom} = data;
	return typeof policy !== 'string' || typeof project !== 'string' || typeof environment !== 'string'
		? undefined
		: {project, environment, digest: policy, record: knownIn({tier, promotedFrom})};
};

const counts: ReadonlySet<string> = new Set(['deploy.started', 'adopt.started', 'ledger.adopted']);

const ends: ReadonlySet<string> = new Set(['deploy.finished', 'deploy.failed', 'adopt.finished', 'adopt.failed']);

type Entry = Pick<LedgerEntry, 'type' | 'data'>;

/** The entry that says what the last deploy went by, or before the first one the first adoption. */
const rememberedEntry = (entries: readonly Entry[], run?: string): Entry | undefined => {
	// A run that never changed what is live went by nothing.
	const swapped = new Set(entries.flatMap(({type, data}) => (ends.has(type) ? [data['run']] : [])));
	const told = entries.filter(
		entry =>
			counts.has(entry.type) &&
			(entry.type === 'ledger.adopted' || swapped.has(entry.data['run'])) &&
			(run === undefined || entry.data['run'] !== run) &&
			rememberedIn(entry) !== undefined,
	);
	// Whoever undoes an adoption and adopts again has not changed what is asked.
	return told.findLast(({type}) => type !== 'adopt.started') ?? told[0];
};

/**
 * What the last deploy to an environment went by; before the first one, what its adoption did. `run`: the run that asks,
 * which does not vouch for itself. Undefined: the ledger remembers nothing.
 */
export const rememberedPolicy = (entries: readonly Entry[], run?: string): RememberedPolicy | undefined => {
	const entry = rememberedEntry(entries, run);
	const [first] = entries;
	if (entry) return rememberedIn(entry);
	return first?.type === 'ledger.opened' ? openedBy(first) : undefined;
};

/** The same as it stands on the ledger, for one that is begun anew and carries it on; null: nothing. */
export const carriedPolicy = (entries: readonly Entry[]): unknown => rememberedEntry(entries)?.data['policy'] ?? null;

const windowText = (window: DeployWindow | null): string =>
	window ? `${window.days.join('/')} ${window.from} to ${window.until}` : 'none';

const isWider = (before: DeployWindow | null, now: DeployWindow | null): boolean => {
	if (!before) return false;
	if (!now) return true;
	return now.days.some(day => !before.days.includes(day)) || now.from < before.from || now.until > before.until;
};

const gone = (before: readonly string[] | undefined, now: readonly string[]): readonly string[] =>
	(before ?? []).filter(one => !now.includes(one));

const fewer = (lost: readonly string[], one: string, of = ''): readonly string[] => {
	const shown = [...lost.slice(0, 3), ...(lost.length > 3 ? ['...'] : [])].join(', ');
	return lost.length === 0 ? [] : [`${lost.length === 1 ? one : `${lost.length} ${one}s`}${of} gone: ${shown}`];
};

const emergencyText = (profile: EmergencyProfile | null): string =>
	profile
		? `soak ${profile.soakHours} h, approvals ${profile.approvals}, window ${profile.window ? windowText(profile.window) : 'any time'}, review within ${profile.reviewWithinHours} h`
		: 'none';

const isLooser = (before: EmergencyProfile | null, now: EmergencyProfile | null): boolean => {
	if (!now) return false;
	if (!before) return true;
	return (
		now.soakHours < before.soakHours ||
		now.approvals < before.approvals ||
		now.reviewWithinHours > before.reviewWithinHours ||
		isWider(before.window ?? null, now.window ?? null)
	);
};

const moved = (name: string, before: string | null | undefined, now: string | null): readonly string[] =>
	before === undefined || before === now ? [] : [`${name} ${before ?? 'none'}, now ${now ?? 'none'}`];

/** `ranks`: what asks least comes first. */
const lowered = <Value extends string>(
	name: string,
	ranks: readonly Value[],
	before: Value | undefined,
	now: Value,
): readonly string[] =>
	before !== undefined && ranks.indexOf(now) < ranks.indexOf(before) ? moved(name, before, now) : [];

/**
 * What a policy asks less of than the one before, or what it is about instead, for people; empty when it asks no less.
 * What is not known of the one before is not compared. `today`: `YYYY-MM-DD`; days before it are no longer asked for.
 * Source: design, "Gates to production".
 */
export const weakerThan = (before: KnownPolicy, now: PolicyRecord, today = ''): readonly string[] => {
	const {soakHours = 0, approvals = 0, window = null} = before;
	return [
		...lowered('tier', tiers, before.tier, now.tier),
		...(before.promotedFrom === null ? [] : moved('promoted from', before.promotedFrom, now.promotedFrom)),
		...(now.soakHours < soakHours ? [`soak ${soakHours} h, now ${now.soakHours} h`] : []),
		...shallower(before.soak, now.soak),
		...(now.approvals < approvals ? [`approvals ${approvals}, now ${now.approvals}`] : []),
		...(isWider(window, now.window) ? [`window ${windowText(window)}, now ${windowText(now.window)}`] : []),
		...(window?.notBeforeHolidays === true && now.window?.notBeforeHolidays !== true
			? ['the day before a holiday was closed, now it is open']
			: []),
		...(window && now.window ? moved('time zone of the window', before.timeZone, now.timeZone) : []),
		...(before.holidays && !now.holidays ? ['holidays were kept free, now none is'] : []),
		...(now.holidays
			? fewer(
					gone(before.holidays ?? [], now.holidays).filter(day => day >= today),
					'holiday',
				)
			: []),
		...fewer(gone(before.items?.backend, now.items.backend), 'checklist item', ' of the backend'),
		...fewer(gone(before.items?.frontend, now.items.frontend), 'checklist item', ' of the frontend'),
		...fewer(gone(before.probes, now.probes), 'probe'),
		...lowered('identity', identities, before.identity, now.identity),
		...(before.identity === 'signed' && now.identity === 'signed' && before.signers !== now.signers
			? ['who may sign is not the same']
			: []),
		...lowered('headless', headlessWays, before.headless, now.headless),
		...(before.emergency !== undefined && isLooser(before.emergency, now.emergency)
			? moved('emergency', emergencyText(before.emergency), emergencyText(now.emergency))
			: []),
	];
};

/** What a soak asks less of beside its hours. */
const shallower = (before: SoakRecord | undefined, now: SoakRecord): readonly string[] => {
	if (!before) return [];
	const unhealthy = ({unhealthyMs}: SoakRecord): string =>
		unhealthyMs === null ? 'nothing' : `${lasted(unhealthyMs)} not healthy`;
	const isLonger = (now.unhealthyMs ?? Number.POSITIVE_INFINITY) > (before.unhealthyMs ?? Number.POSITIVE_INFINITY);
	return [
		...(before.samples === 'required' && now.samples === 'optional'
			? ['soak counted only while watched, now it always counts']
			: []),
		...(now.envChange === 'keep' && before.envChange !== 'keep'
			? ['soak restarted by a value that is changed, now it goes on']
			: []),
		...(isLonger ? [`soak restarted by ${unhealthy(before)}, now by ${unhealthy(now)}`] : []),
	];
};

/** How much of a digest people read and type. */
export const digestWord = (digest: string): string => digest.slice(0, 12);

/** Whether what somebody typed names this digest: its beginning, as it is shown or longer. */
export const namesDigest = (typed: string, digest: string): boolean =>
	typed.length >= digestWord(digest).length && digest.startsWith(typed.toLowerCase());

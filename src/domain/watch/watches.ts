import type {AppName, Environment} from '../environments/environment.ts';
import type {WatchTerms} from '../environments/watched.ts';
import {runFacts, textIn, type LedgerEntry} from '../ledger/ledger.ts';
import type {Watch} from './watch.ts';

const minuteMs = 60_000;
/** Whatever an entry says, no watch goes on for longer. */
const longestMs = 24 * 60 * minuteMs;

/** Runs behind which something else is live than before, or nobody knows what: they end a watch of the app. */
const replacing: ReadonlySet<string> = new Set([
	'deploy.finished',
	'rollback.finished',
	'deploy.failed',
	'rollback.failed',
	'adopt.finished',
	'adopt.failed',
	'adopt-undo.finished',
	'adopt-undo.failed',
]);

const outcomes = ['good', 'bad', 'unclear', 'replaced'] as const;

/** What watches are made of while a ledger is read, by run. */
type Known = ReadonlyMap<string, Watch>;

const begun = (
	entry: LedgerEntry,
	{
		environment,
		terms,
		commits,
	}: {readonly environment: string; readonly terms: WatchTerms} & Pick<Commits, 'commits'>,
): Watch | undefined => {
	const kind =
		entry.type === 'deploy.finished' ? 'deploy' : entry.type === 'rollback.finished' ? 'rollback' : undefined;
	const {app, run, release, build} = runFacts(entry);
	if (kind === undefined || app === undefined || run === undefined) return undefined;
	const commit = (release === undefined ? undefined : commits.get(release)) ?? build?.commit;
	return {
		run,
		kind,
		environment,
		app,
		release,
		commit: commit === '' ? undefined : commit,
		by: entry.actor?.name ?? '',
		startedAt: entry.at,
		endsAt: entry.at + terms.minutes * minuteMs,
		isRecorded: false,
		fired: [],
		accepted: [],
	};
};

/** What the ledger knows of releases: which commit each was made of. A rollback names its target only. */
type Commits = {readonly commits: ReadonlyMap<string, string>};

const commitsIn = (entries: readonly LedgerEntry[]): ReadonlyMap<string, string> =>
	new Map(
		entries.flatMap(entry => {
			const {release, build} = runFacts(entry);
			const isMade = entry.type.startsWith('deploy.') && release !== undefined && build && build.commit !== '';
			return isMade ? [[release, build.commit] as const] : [];
		}),
	);

const textsIn = (value: unknown): readonly string[] =>
	Array.isArray(value) ? value.filter(text => typeof text === 'string') : [];

const untilIn = ({startedAt}: Watch, value: unknown): number | undefined => {
	const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
	return Number.isNaN(at) ? undefined : Math.min(at, startedAt + longestMs);
};

const changed = (watch: Watch, {trigger, state}: Readonly<Record<string, unknown>>): Watch => {
	const id = textIn(trigger);
	if (id === undefined) return watch;
	const others = watch.fired.filter(one => one !== id);
	return {...watch, fired: state === 'fired' ? [...others, id] : others};
};

/** How long somebody may still decide about a watch that ended bad. */
const decidableMs = 24 * 60 * minuteMs;

const isUndecided = ({ended}: Watch, at: number): boolean =>
	ended?.outcome === 'bad' && !ended.isReplaced && !ended.accepted && at - ended.at < decidableMs;

/** What somebody accepted. Of a watch that is over it is how it ended. */
const acceptedIn = (watch: Watch, {at, actor, data}: LedgerEntry): Watch => {
	const by = actor?.name ?? '';
	const reason = textIn(data['reason']) ?? '';
	return {
		...watch,
		accepted: [...watch.accepted, {probes: textsIn(data['probes']), reason, by, at}],
		...(watch.ended ? {ended: {...watch.ended, accepted: {by, reason, at}}} : {}),
	};
};

/** A watch with what an entry of its own says of it. One that has ended hears only that its bad end is accepted. */
const heard = (watch: Watch, entry: LedgerEntry): Watch => {
	const {type, at, actor, data} = entry;
	if (watch.ended) return type === 'watch.accepted' && isUndecided(watch, at) ? acceptedIn(watch, entry) : watch;
	const by = actor?.name ?? '';
	switch (type) {
		case 'watch.started': {
			const until = untilIn(watch, data['until']);
			if (until === undefined) return {...watch, isRecorded: true};
			return {
				...watch,
				isRecorded: true,
				endsAt: until,
				minutes: Math.max(0, until - watch.startedAt) / minuteMs,
			};
		}
		case 'watch.changed':
			return changed(watch, data);
		case 'watch.accepted':
			return acceptedIn(watch, entry);
		case 'watch.extended':
			return {...watch, endsAt: Math.max(watch.endsAt, untilIn(watch, data['until']) ?? 0)};
		case 'watch.finished': {
			const outcome = outcomes.find(one => one === data['outcome']) ?? 'unclear';
			return {...watch, ended: {at: Math.min(at, watch.endsAt), by, outcome}};
		}
		default:
			return watch;
	}
};

/** Ends what is still watched of an app. A watch whose time was over by then stays for somebody to close. */
const replacedBy = (known: Known, {at, actor}: LedgerEntry, app: AppName): Known =>
	new Map(
		[...known].map(([run, watch]): [string, Watch] =>
			watch.app === app && !watch.ended && at < watch.endsAt
				? [run, {...watch, ended: {at, by: actor?.name ?? '', outcome: 'replaced'}}]
				: [
						run,
						watch.app === app && watch.ended
							? {...watch, ended: {...watch.ended, isReplaced: true}}
							: watch,
					],
		),
	);

/**
 * Every watch there was, newest first: each production run that finished gives one, whoever was there to see it.
 * `entries`: oldest first. Source: workflow, "Monitoring after production".
 */
export const watchesIn = (
	{name, tier}: Pick<Environment, 'name' | 'tier'>,
	entries: readonly LedgerEntry[],
	terms: WatchTerms,
): readonly Watch[] => {
	if (tier !== 'production') return [];
	const commits = commitsIn(entries);
	let known: Known = new Map();
	for (const entry of entries) {
		const {app, run} = runFacts(entry);
		if (run === undefined) continue;
		// What went back by itself left what was watched as it was.
		if (app && replacing.has(entry.type) && entry.data['wentBack'] !== true) known = replacedBy(known, entry, app);
		const watch = begun(entry, {environment: name, terms, commits});
		const own = known.get(run);
		if (watch) known = new Map([...known, [run, watch]]);
		else if (own) known = new Map([...known, [run, heard(own, entry)]]);
	}
	return [...known.values()].toReversed();
};

/** A watch that nobody ended within this time of its end, and nobody began, was nobody's. */
const forgottenMs = 24 * 60 * minuteMs;

/**
 * Watches that go on, or that wait to be closed since nobody was there at their end. `now`: epoch milliseconds by the
 * host; undefined: not known, so that all count that may. Runs from before there were watches have none to close.
 */
export const unfinished = (watches: readonly Watch[], now: number | undefined): readonly Watch[] =>
	watches.filter(
		(watch, index) =>
			!watch.ended &&
			(watch.isRecorded ||
				(watches.findIndex(({app}) => app === watch.app) === index &&
					(now === undefined || now - watch.endsAt < forgottenMs))),
	);

/**
 * Watches that ended bad, that nobody accepted, and of which what they were about is still live: somebody has to decide,
 * for a day. `now`: epoch milliseconds by the host; undefined: not known.
 */
export const undecided = (watches: readonly Watch[], now: number | undefined): readonly Watch[] =>
	watches.filter(watch => isUndecided(watch, now ?? watch.ended?.at ?? 0));

/** Where one thing a watch looks at stands by the ledger: a trigger by its id, a comparison by that of its probe. */
export type WatchChange = {
	readonly id: string;
	/** What people call it, as its entry does. */
	readonly title?: string;
	readonly state: string;
	/** Epoch milliseconds by the host. */
	readonly at: number;
	readonly by: string;
	readonly machine: string;
	/** Times it has changed so far: part of what makes the next change one entry. */
	readonly count: number;
};

/** What stands before what was seen of it. */
const titleIn = (text: unknown): {readonly title?: string} => {
	const title = textIn(text)?.split(': ')[0];
	return title ? {title} : {};
};

/** The last change of everything about a run, by id. */
export const changesIn = (entries: readonly LedgerEntry[], run: string): ReadonlyMap<string, WatchChange> => {
	const changes = new Map<string, WatchChange>();
	for (const {type, at, actor, data} of entries) {
		const id = textIn(data['trigger']) ?? textIn(data['probe']);
		if (type !== 'watch.changed' || data['run'] !== run || id === undefined) continue;
		changes.set(id, {
			id,
			...titleIn(data['text']),
			state: textIn(data['state']) ?? '',
			at,
			by: actor?.name ?? '',
			machine: actor?.machine ?? '',
			count: (changes.get(id)?.count ?? 0) + 1,
		});
	}
	return changes;
};

/** Since when triggers stand fired, and probes worse, by the ledger. */
export const badSince = (changes: Iterable<WatchChange>): ReadonlyMap<string, number> =>
	new Map([...changes].flatMap(({id, state, at}) => (state === 'fired' || state === 'worse' ? [[id, at]] : [])));

/** Whether somebody accepted it as it is. `since`: a trigger that fires once more is something new. */
export const isAccepted = ({accepted}: Pick<Watch, 'accepted'>, id: string, since = 0): boolean =>
	accepted.some(({probes, at}) => probes.includes(id) && at >= since);

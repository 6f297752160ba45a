import type {AppName} from '../environments/environment.ts';
import {memoOn} from '../memo.ts';
import {runFacts, type LedgerEntry} from '../ledger/ledger.ts';

/** What the ledger says is live of one app. */
export type LiveRelease = {
	readonly release: string;
	/** Undefined for a release the old scripts made. */
	readonly build: {readonly commit: string; readonly digest: string} | undefined;
	/** Number of the entry that made it live. */
	readonly seq: number;
	/** Epoch milliseconds, by the host, of the healthy end of what made it live. */
	readonly since: number;
	readonly by: string | undefined;
	/** `false`: it was not healthy when the run ended, so it does not soak. */
	readonly isHealthy: boolean;
	/** The last value that was changed under it; epoch milliseconds by the host. */
	readonly envChange?: {readonly at: number; readonly key: string; readonly by: string};
};

/** `builds`: one map for a whole reading, which each step adds to. */
type Known = {readonly live: LiveRelease | undefined; readonly builds: Map<string, LiveRelease['build']>};

/** Builds of all releases by now, with that of the release a deploy made live. */
const buildsAfter = ({builds}: Known, entry: LedgerEntry): Known['builds'] => {
	const {release, build} = runFacts(entry);
	// An adopted release was made by nobody the ledger knows: its build is empty.
	const isEnd = entry.type === 'deploy.finished' || entry.type === 'deploy.failed';
	const isMade = isEnd && release !== undefined && build !== undefined && build.digest !== '';
	return isMade ? builds.set(release, build) : builds;
};

const settled = ({seq, at, actor}: LedgerEntry, release: string, builds: Known['builds'], isHealthy = true): Known => ({
	builds,
	live: {release, build: builds.get(release), seq, since: at, by: actor?.name, isHealthy},
});

/** What was live stays so, and soaks from now on. */
const restarted = ({live}: Known, {seq, at}: LedgerEntry, builds: Known['builds']): Known => ({
	builds,
	live: live && {...live, seq, since: at},
});

/** What is live runs with another value since. One that made it healthy begins its soak; whether any does is policy. */
const revalued = ({live, builds}: Known, {type, seq, at, actor, data}: LedgerEntry): Known => {
	if (!live) return {live, builds};
	const key = typeof data['key'] === 'string' ? data['key'] : '';
	const changed = {...live, envChange: {at, key, by: actor?.name ?? ''}};
	if (data['wentBack'] === true) return {builds, live: changed};
	if (type === 'set-env.failed') return {builds, live: {...changed, isHealthy: false}};
	return {builds, live: live.isHealthy ? changed : {...changed, seq, since: at, isHealthy: true}};
};

const step = (known: Known, entry: LedgerEntry): Known => {
	const {release} = runFacts(entry);
	const builds = buildsAfter(known, entry);
	switch (entry.type) {
		case 'adopt.finished':
		case 'deploy.finished':
		case 'rollback.finished':
			return release === undefined ? {builds, live: undefined} : settled(entry, release, builds);
		case 'deploy.failed':
			// It went back by itself: the release before is live again, and what it had soaked is gone.
			if (entry.data['wentBack'] === true) return restarted(known, entry, builds);
			return release === undefined ? {builds, live: undefined} : settled(entry, release, builds, false);
		case 'ledger.adopted':
			return restarted(known, entry, builds);
		case 'set-env.finished':
		case 'set-env.failed':
			return revalued(known, entry);
		// Each of them had changed what is live by the time it was written.
		case 'rollback.failed':
		case 'adopt.failed':
		case 'adopt-undo.failed':
		case 'adopt-undo.finished':
			return {builds, live: undefined};
		default:
			return known;
	}
};

const isAbout = (entry: LedgerEntry, app: AppName): boolean =>
	entry.type === 'ledger.adopted' || runFacts(entry).app === app;

/**
 * What is live of an app by what its runs wrote down, oldest entry first. Undefined when nothing is, or when the last
 * run left it in a state only the host knows. A ledger that was adopted begins every soak anew. Source: design,
 * "Words", release, soak, "State", ledger.
 */
export const liveRelease = (entries: readonly LedgerEntry[], app: AppName): LiveRelease | undefined =>
	liveIn(entries)[app];

const foldOf = (entries: readonly LedgerEntry[], app: AppName): LiveRelease | undefined =>
	entries.filter(entry => isAbout(entry, app)).reduce<Known>(step, {live: undefined, builds: new Map()}).live;

/** Gates, boards and screens ask for it again and again, of ledgers of any length. */
const liveIn = memoOn((entries: readonly LedgerEntry[]): Readonly<Record<AppName, LiveRelease | undefined>> => ({
	backend: foldOf(entries, 'backend'),
	frontend: foldOf(entries, 'frontend'),
}));

/**
 * The build that could go from one environment to the next, by their ledgers; undefined where none is known, or where it is
 * live there already, under whichever commit.
 */
export const waitingBuild = (
	{from, to}: {readonly from: readonly LedgerEntry[]; readonly to: readonly LedgerEntry[]},
	app: AppName,
): LiveRelease['build'] => {
	const build = liveRelease(from, app)?.build;
	return build?.digest === liveRelease(to, app)?.build?.digest ? undefined : build;
};

export type LivePair = Readonly<Record<AppName, LiveRelease>>;

/**
 * What was live of both apps together just behind each entry, by its number; entries behind which it is not recorded for
 * both are left out.
 */
export const livePairs = (entries: readonly LedgerEntry[]): ReadonlyMap<number, LivePair> => pairsIn(entries);

const pairsIn = memoOn((entries: readonly LedgerEntry[]): ReadonlyMap<number, LivePair> => {
	const pairs = new Map<number, LivePair>();
	const known: Record<AppName, Known> = {
		backend: {live: undefined, builds: new Map()},
		frontend: {live: undefined, builds: new Map()},
	};
	for (const entry of entries) {
		for (const app of ['backend', 'frontend'] as const)
			if (isAbout(entry, app)) known[app] = step(known[app], entry);
		const {backend, frontend} = known;
		if (backend.live && frontend.live) pairs.set(entry.seq, {backend: backend.live, frontend: frontend.live});
	}
	return pairs;
});

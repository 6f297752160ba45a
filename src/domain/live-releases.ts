import type {AppName} from './environment.ts';
import {runFacts, type LedgerEntry} from './ledger.ts';

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
};

type Known = {readonly live: LiveRelease | undefined; readonly builds: ReadonlyMap<string, LiveRelease['build']>};

const settled = (entry: LedgerEntry, release: string, known: Known, isHealthy = true): Known => {
	const {build} = runFacts(entry);
	// An adopted release was made by nobody the ledger knows: its build is empty.
	const own = entry.type.startsWith('deploy.') && build && build.digest !== '' ? build : undefined;
	const builds = own ? new Map([...known.builds, [release, own]]) : known.builds;
	return {
		builds,
		live: {
			release,
			build: own ?? builds.get(release),
			seq: entry.seq,
			since: entry.at,
			by: entry.actor?.name,
			isHealthy,
		},
	};
};

const step = (known: Known, entry: LedgerEntry): Known => {
	const {release} = runFacts(entry);
	switch (entry.type) {
		case 'adopt.finished':
		case 'deploy.finished':
		case 'rollback.finished':
			return release === undefined ? {...known, live: undefined} : settled(entry, release, known);
		case 'deploy.failed':
			// It went back by itself: the release before is live again, and what it had soaked is gone.
			if (entry.data['wentBack'] === true)
				return known.live ? {...known, live: {...known.live, seq: entry.seq, since: entry.at}} : known;
			return release === undefined ? {...known, live: undefined} : settled(entry, release, known, false);
		case 'rollback.failed':
		case 'adopt-undo.finished':
			return {...known, live: undefined};
		default:
			return known;
	}
};

/**
 * What is live of an app by what its runs wrote down, oldest entry first. Undefined when nothing is, or when the last
 * run left it in a state only the host knows. Source: design, "Words", release, soak.
 */
export const liveRelease = (entries: readonly LedgerEntry[], app: AppName): LiveRelease | undefined =>
	entries.filter(entry => runFacts(entry).app === app).reduce<Known>(step, {live: undefined, builds: new Map()}).live;

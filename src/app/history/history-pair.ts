import {shortCommit} from '../../domain/build.ts';
import type {LedgerEntry} from '../../domain/ledger/ledger.ts';
import {memoOn} from '../../domain/memo.ts';
import {livePairs, type LivePair, type LiveRelease} from '../../domain/releases/live-releases.ts';
import {oneLine} from '../ledger/entry-text.ts';
import {releaseLabel, type LedgerLine} from '../ledger/ledger-lines.ts';

/** Entries are never changed, and every line of a history asks. */
const pairsIn = memoOn(livePairs);

/** Both apps as a deploy or rollback left them; undefined of any other line, and while one of them is not recorded. */
export const pairOf = ({outcome, entry}: LedgerLine, entries: readonly LedgerEntry[]): LivePair | undefined =>
	outcome === 'deployed' || outcome === 'rolled-back' ? pairsIn(entries).get(entry.seq) : undefined;

/** Its short commit, or what is left of its name where no commit is recorded. */
const label = ({build, release}: LiveRelease): string => {
	const commit = shortCommit(oneLine(build?.commit));
	return commit === '' ? releaseLabel(oneLine(release)) : commit;
};

/** `backend 50c8c54 + frontend 50c8c54` */
export const pairText = ({backend, frontend}: LivePair): string =>
	`backend ${label(backend)} + frontend ${label(frontend)}`;

/** ` beside frontend 50c8c54` behind a run of the other app; empty where that is not known. */
export const besideWords = (line: LedgerLine, entries: readonly LedgerEntry[]): string => {
	const pair = pairOf(line, entries);
	const [app] = line.apps;
	if (!pair || !app) return '';
	const other = app === 'backend' ? 'frontend' : 'backend';
	return ` beside ${other} ${label(pair[other])}`;
};

/** For programs: release and build of both, `null` for a build the old scripts made. */
export const pairObject = ({backend, frontend}: LivePair): Readonly<Record<string, unknown>> => ({
	backend: {release: backend.release, build: backend.build ?? null},
	frontend: {release: frontend.release, build: frontend.build ?? null},
});

import type {Kept} from '../environments/hooks.ts';

/** A snapshot of the database that a hook of a run has made, before its migrations. */
export type DatabaseSnapshot = {
	readonly name: string;
	/** The command that restores it, as its hook has said: shown, never run. */
	readonly restore?: string;
	readonly run?: string;
};

/** What of the values kept with a backup is a snapshot of the database. */
export const databaseSnapshotIn = (kept: Kept, run: string | undefined): DatabaseSnapshot | undefined => {
	const {'database-snapshot': name, 'database-restore': restore} = kept;
	return name === undefined
		? undefined
		: {name, ...(restore === undefined ? {} : {restore}), ...(run === undefined ? {} : {run})};
};

/**
 * The snapshots with the backups that hold what is gone back to, one behind the other, and with every later one, oldest
 * first: a run that went back leaves its migrations, too. `notes`: of the backups of one app.
 */
export const databaseSnapshotsSince = (
	notes: readonly {readonly file: string; readonly release: string; readonly run: string; readonly kept: Kept}[],
	to: {readonly file: string} | {readonly release: string | undefined},
): readonly DatabaseSnapshot[] => {
	const byTime = notes.toSorted((one, other) => (one.file < other.file ? -1 : 1));
	const at =
		'file' in to
			? byTime.findIndex(({file}) => file >= to.file)
			: byTime.findLastIndex(({release}) => release === to.release);
	if (at < 0) return [];
	const other = byTime.findLastIndex(({release}, index) => index < at && release !== byTime[at]?.release);
	return byTime.slice(other + 1).flatMap(({kept, run}) => databaseSnapshotIn(kept, run) ?? []);
};

/** `Database snapshot qsights-pre-20260210, taken before the migrations of 20260210T055341Z-backend-9b1d` */
export const databaseSnapshotWords = ({name, run}: DatabaseSnapshot): string =>
	`Database snapshot ${name}${run === undefined ? '' : `, taken before the migrations of ${run}`}`;

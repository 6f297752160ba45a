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

/** `Database snapshot qsights-pre-20260210, taken before the migrations of 20260210T055341Z-backend-9b1d` */
export const databaseSnapshotWords = ({name, run}: DatabaseSnapshot): string =>
	`Database snapshot ${name}${run === undefined ? '' : `, taken before the migrations of ${run}`}`;

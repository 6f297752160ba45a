import type {StateCreator} from 'zustand';
import type {Differences} from '../../commands/backups/compare/backup-differences.ts';
import type {BackupListing} from '../../commands/backups/list/backup-listing.ts';
import type {Backup} from '../../domain/backups/backup.ts';
import type {Tier} from '../../domain/environments/environment.ts';
import type {CockpitState} from '../create-store.ts';
import type {Problem} from '../deploy/wizard.ts';

/** An environment that can have backups. */
export type BackupPlace = {
	readonly environment: string;
	/** For people: `Pre-Prod`. */
	readonly title: string;
	readonly tier: Tier;
	readonly timeZone: string;
	readonly address: string;
	/** Absolute directory on the primary host. */
	readonly directory: string;
};

/** The backups of one environment as last read; kept while its host is silent. Times: epoch milliseconds of this machine. */
export type BackupList = {
	readonly listing: BackupListing | undefined;
	readonly readAt: number | undefined;
	/** Since when the host is being asked. */
	readonly askedAt: number | undefined;
	readonly problem: Problem | undefined;
};

/** How a backup differs from live. `at`: when it was found out. */
export type BackupDifferences = Differences & {readonly at: number};

/** Something asked about one backup, under way. */
export type BackupTask = {
	readonly kind: 'verify' | 'pin' | 'compare';
	readonly environment: string;
	readonly name: string;
	readonly since: number;
};

export type BackupsSlice = {
	readonly backupPlaces: readonly BackupPlace[];
	/** Undefined: the first place. */
	readonly backupEnvironment: string | undefined;
	readonly backupLists: Readonly<Record<string, BackupList | undefined>>;
	readonly backupTask: BackupTask | undefined;
	/** By `environment/name`. */
	readonly backupDifferences: Readonly<Record<string, BackupDifferences | undefined>>;
	readonly offerBackupsOf: (places: readonly BackupPlace[]) => void;
	readonly showBackupsOf: (environment: string) => void;
	/** Its host is being asked since `at`, was read, or did not answer. Times: epoch milliseconds of this machine. */
	readonly backupsAsked: (environment: string, at: number) => void;
	readonly backupsRead: (environment: string, listing: BackupListing, at: number) => void;
	readonly backupsUnread: (environment: string, problem: Problem) => void;
	readonly beginBackupTask: (task: BackupTask) => void;
	readonly endBackupTask: () => void;
	readonly backupCompared: (environment: string, name: string, differences: BackupDifferences) => void;
};

/** Id of the row of the release beside live; the other rows are called as their files, and no file can be called so. */
export const snapshotId = 'snapshot/';

const nothingRead: BackupList = {listing: undefined, readAt: undefined, askedAt: undefined, problem: undefined};

export const createBackupsSlice: StateCreator<CockpitState, [], [], BackupsSlice> = (set, get) => {
	const change = (environment: string, changes: Partial<BackupList>): void => {
		const {backupLists} = get();
		const before = backupLists[environment] ?? nothingRead;
		set({backupLists: {...backupLists, [environment]: {...before, ...changes}}});
	};
	return {
		backupPlaces: [],
		backupEnvironment: undefined,
		backupLists: {},
		backupTask: undefined,
		backupDifferences: {},
		offerBackupsOf: backupPlaces => set({backupPlaces}),
		showBackupsOf: backupEnvironment => {
			set({backupEnvironment});
			get().pointAt('backups', undefined);
		},
		backupsAsked: (environment, askedAt) => change(environment, {askedAt}),
		backupsRead: (environment, listing, readAt) =>
			change(environment, {listing, readAt, askedAt: undefined, problem: undefined}),
		backupsUnread: (environment, problem) => change(environment, {askedAt: undefined, problem}),
		beginBackupTask: backupTask => set({backupTask}),
		endBackupTask: () => set({backupTask: undefined}),
		backupCompared: (environment, name, differences) =>
			set({backupDifferences: {...get().backupDifferences, [`${environment}/${name}`]: differences}}),
	};
};

/** The place on screen; undefined when no environment has hosts. */
export const selectPlace = ({
	backupPlaces,
	backupEnvironment,
}: Pick<BackupsSlice, 'backupPlaces' | 'backupEnvironment'>): BackupPlace | undefined =>
	backupPlaces.find(({environment}) => environment === backupEnvironment) ??
	backupPlaces.find(({tier}) => tier === 'production') ??
	backupPlaces[0];

export const selectList = (
	state: Pick<BackupsSlice, 'backupPlaces' | 'backupEnvironment' | 'backupLists'>,
): BackupList => state.backupLists[selectPlace(state)?.environment ?? ''] ?? nothingRead;

/** One row of the list. */
export type BackupRow =
	| {readonly id: typeof snapshotId; readonly kind: 'snapshot'; readonly release: string}
	| {readonly id: string; readonly kind: 'backup'; readonly backup: Backup};

type Shown = Pick<CockpitState, 'app' | 'backupPlaces' | 'backupEnvironment' | 'backupLists' | 'lists'>;

const holds = (backup: Backup, filter: string): boolean =>
	[backup.shown, backup.release, backup.commit, backup.why, backup.by, backup.state, backup.origin].some(text =>
		text?.toLowerCase().includes(filter),
	);

export const whyNotRestorable = ({notRestorable, reason}: Backup): string => notRestorable ?? reason ?? 'not known why';

/** Rows of the app on screen: what stands beside live first, then backups, newest first, and what belongs to nobody. */
export const selectRows = (state: Shown): readonly BackupRow[] => {
	const {listing} = selectList(state);
	if (!listing) return [];
	const {app, lists} = state;
	const filter = lists.backups.filter.trim().toLowerCase();
	const previous = listing.previous[app];
	const isSnapshotShown =
		previous !== undefined && previous !== listing.live[app] && (filter === '' || previous.includes(filter));
	return [
		...(isSnapshotShown ? [{id: snapshotId, kind: 'snapshot', release: previous} as const] : []),
		...listing.backups
			.filter(
				backup => (backup.app === undefined || backup.app === app) && (filter === '' || holds(backup, filter)),
			)
			.map(backup => ({id: backup.file, kind: 'backup', backup}) as const),
	];
};

/** The row under the cursor: the one that was chosen as long as it is there, else the first. */
export const selectRow = (state: Shown, rows = selectRows(state)): BackupRow | undefined =>
	rows.find(({id}) => id === state.lists.backups.cursor) ?? rows[0];

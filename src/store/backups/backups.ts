import type {StateCreator} from 'zustand';
import type {Differences} from '../../commands/backups/backup-differences.ts';
import type {BackupListing} from '../../commands/backups/backup-listing.ts';
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
	/** `snapshotId`, or the file under the cursor; undefined: the first row. */
	readonly backupSelected: string | undefined;
	readonly backupFilter: string;
	readonly isFilteringBackups: boolean;
	readonly backupTask: BackupTask | undefined;
	/** By `environment/name`. */
	readonly backupDifferences: Readonly<Record<string, BackupDifferences | undefined>>;
	readonly setBackups: (
		changes: Partial<
			Pick<
				BackupsSlice,
				| 'backupPlaces'
				| 'backupEnvironment'
				| 'backupSelected'
				| 'backupFilter'
				| 'isFilteringBackups'
				| 'backupTask'
			>
		>,
	) => void;
	readonly setBackupList: (environment: string, changes: Partial<BackupList>) => void;
	readonly setDifferences: (environment: string, name: string, differences: BackupDifferences) => void;
};

/** Id of the row of the release beside live; no file can be called so. */
export const snapshotId = 'snapshot/';

const nothingRead: BackupList = {listing: undefined, readAt: undefined, askedAt: undefined, problem: undefined};

export const createBackupsSlice: StateCreator<CockpitState, [], [], BackupsSlice> = (set, get) => ({
	backupPlaces: [],
	backupEnvironment: undefined,
	backupLists: {},
	backupSelected: undefined,
	backupFilter: '',
	isFilteringBackups: false,
	backupTask: undefined,
	backupDifferences: {},
	setBackups: changes => set(changes),
	setBackupList: (environment, changes) => {
		const {backupLists} = get();
		const before = backupLists[environment] ?? nothingRead;
		set({backupLists: {...backupLists, [environment]: {...before, ...changes}}});
	},
	setDifferences: (environment, name, differences) =>
		set({backupDifferences: {...get().backupDifferences, [`${environment}/${name}`]: differences}}),
});

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

type Shown = Pick<
	CockpitState,
	'app' | 'backupPlaces' | 'backupEnvironment' | 'backupLists' | 'backupFilter' | 'backupSelected'
>;

const holds = (backup: Backup, filter: string): boolean =>
	[backup.shown, backup.release, backup.commit, backup.why, backup.by, backup.state, backup.origin].some(text =>
		text?.toLowerCase().includes(filter),
	);

/** Rows of the app on screen: what stands beside live first, then backups, newest first, and what belongs to nobody. */
export const selectRows = (state: Shown): readonly BackupRow[] => {
	const {listing} = selectList(state);
	if (!listing) return [];
	const {app, backupFilter} = state;
	const filter = backupFilter.trim().toLowerCase();
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
export const selectRow = (state: Shown): BackupRow | undefined => {
	const rows = selectRows(state);
	return rows.find(({id}) => id === state.backupSelected) ?? rows[0];
};

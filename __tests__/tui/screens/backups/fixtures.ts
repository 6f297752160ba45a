import type {RollbackReview} from '../../../../src/app/rollback/review-rollback.ts';
import type {BackupListing} from '../../../../src/commands/backups/list/backup-listing.ts';
import {escapeName, type Backup} from '../../../../src/domain/backups/backup.ts';
import type {BackupPlace} from '../../../../src/store/backups/backups.ts';
import {createCockpitStore, type CockpitStore} from '../../../../src/store/create-store.ts';

/** Tue 10 Feb 2026, 11:34 IST. */
export const now = Date.parse('2026-02-10T06:04:00Z');

const place = (environment: string, title: string, tier: BackupPlace['tier']): BackupPlace => ({
	environment,
	title,
	tier,
	timeZone: 'Asia/Kolkata',
	address: `ubuntu@${environment}`,
	directory: `/home/ubuntu/backups/${environment}`,
});

const places = [place('preprod', 'Pre-Prod', 'preprod'), place('production', 'Production', 'production')];

/** A backup of the backend taken `days` ago. */
const backup = (stamp: string, days: number, more: Partial<Backup> = {}): Backup => ({
	name: `backend_${stamp}`,
	file: `backend_${stamp}.tar.gz`,
	shown: `backend_${stamp}.tar.gz`,
	app: 'backend',
	takenAt: now - days * 86_400_000,
	sizeBytes: 211_000_000 - days * 100_000,
	modified: Math.floor(now / 1000) - days * 86_400,
	state: 'unchecked',
	origin: 'old script',
	pinned: false,
	isRestorable: true,
	...more,
});

const ours = {
	origin: 'cockpit',
	state: 'verified',
	entries: 2409,
	by: 'Ravi',
	sha256: `83d0${'a'.repeat(56)}c17e`,
} as const;

/** A name that tries to be an order for the terminal. */
export const hostileFile = 'backend_20260101_000000.tar.gz\n\u001B[2J; rm -rf ~';

export const listing = (more: readonly Backup[] = []): BackupListing => ({
	time: now / 1000,
	freeBytes: 11_000_000_000,
	live: {backend: '20260210T055341Z-7f3a9c2', frontend: '20260210T055341Z-7f3a9c2'},
	previous: {backend: '20260203T055341Z-4e81d0c'},
	backups: [
		...more,
		backup('20260210_112341', 0.007, {...ours, commit: '4e81d0c'.padEnd(40, '0'), why: 'before 7f3a9c2'}),
		backup('20260203_113512', 7, {
			...ours,
			commit: '1d20b7e'.padEnd(40, '0'),
			why: 'before 4e81d0c',
			verifiedAt: now - 7 * 86_400_000,
			verifiedBy: 'Ravi',
		}),
		backup('20260128_112030', 13, {...ours, commit: 'f81e2a0'.padEnd(40, '0'), pinned: true}),
		backup('20260113_110955', 28),
		backup('20251230_111512', 42, {
			state: 'bad',
			reason: 'empty',
			sizeBytes: 0,
			isRestorable: false,
			notRestorable: 'empty',
		}),
		backup('20251223_113047', 49, {
			state: 'pending',
			reason: 'never finished',
			isRestorable: false,
			notRestorable: 'never finished',
		}),
		{
			...backup('x', 60),
			name: hostileFile,
			file: hostileFile,
			shown: escapeName(hostileFile),
			app: undefined,
			isRestorable: false,
			notRestorable: 'name',
		},
		...Array.from({length: 14}, (_, index) =>
			backup(`202511${String(28 - index).padStart(2, '0')}_110000`, 75 + index),
		),
	],
});

export const emptyBackups = (): CockpitStore => {
	const view = {timeZone: 'Asia/Kolkata', status: undefined, readAt: undefined} as const;
	const store = createCockpitStore({
		project: 'qsights',
		now,
		environments: [
			{name: 'preprod', title: 'Pre-Prod', tier: 'preprod', ...view},
			{name: 'production', title: 'Production', tier: 'production', ...view},
		],
	});
	store.getState().offerBackupsOf(places);
	store.getState().show('backups');
	return store;
};

const listed = (): CockpitStore => {
	const store = emptyBackups();
	store.getState().backupsRead('production', listing(), now - 4000);
	return store;
};

const steps = [
	'Check the backup',
	'Back up what is live',
	'Stop php8.1-fpm',
	'Keep live as backend_failed_20260210_1134',
	'Restore the backup',
	'Install dependencies',
	'Clear and build caches',
	'Restart services',
].map((title, index) => ({id: `step-${index}`, title, touches: 'candidate' as const}));

export const review: RollbackReview = {
	readAt: now,
	time: now,
	app: 'backend',
	environment: 'production',
	tier: 'production',
	timeZone: 'Asia/Kolkata',
	title: 'Roll back backend on Production to backend_20260203_113512',
	address: 'ubuntu@production',
	from: {
		release: '20260210T055341Z-7f3a9c2',
		commit: '7f3a9c2'.padEnd(40, '0'),
		since: '2026-02-10T05:58:00Z',
		by: 'Ravi',
	},
	to: {
		kind: 'backup',
		name: 'backend_20260203_113512',
		commit: '1d20b7e'.padEnd(40, '0'),
		sizeBytes: 211_000_000,
		stamp: '20260203_113512',
	},
	steps: [...steps, {id: 'health', title: 'Check health', touches: 'nothing', isClosing: true}],
	migrationsSince: ['2026_01_30_add_reminder_log', '2026_02_05_add_department', '2026_02_06_index_evaluation'],
	usual: {count: 3, totalMs: 240_000, downtimeMs: 3000, stepMs: {}, recent: []},
	expected: {durationMs: 240_000, downtimeMs: 3000},
	refusal: undefined,
	plan: steps.map(({id}) => ({
		step: id,
		action: id,
		kind: 'job' as const,
		on: 'host' as const,
		line: `sh -c 'one' ${id}`,
		does: ['do it'],
		needs: ['root: cat'],
	})),
};

const gated = (changes: Partial<RollbackReview> = {}): CockpitStore => {
	const store = listed();
	const state = store.getState();
	state.pointAt('backups', 'backend_20260203_113512.tar.gz');
	state.openRollbackReview({
		choice: {app: 'backend', environment: 'production', to: 'backend_20260203_113512'},
		title: 'Production',
		tier: 'production',
	});
	state.rollbackReviewed({state: 'ready', review: {...review, ...changes}});
	return store;
};

const with_ = (store: CockpitStore, change: (state: ReturnType<CockpitStore['getState']>) => void): CockpitStore => {
	change(store.getState());
	return store;
};

const problem = {
	what: 'production could not be asked',
	why: 'connect ECONNREFUSED 127.0.0.1:22',
	now: 'Nothing was changed.',
	next: 'Look at the host, then ask again with r.',
};

/** Every state the backups can be seen in, by name. */
export const backupStages: Readonly<Record<string, () => CockpitStore>> = {
	'backups, loading': () => with_(emptyBackups(), state => state.backupsAsked('production', now - 2000)),
	backups: listed,
	'backups, one selected': () =>
		with_(listed(), state => {
			state.pointAt('backups', 'backend_20260203_113512.tar.gz');
			state.backupCompared('production', 'backend_20260203_113512', {
				differ: Array.from({length: 96}, (_, index) => `app/Models/Program${index}.php`),
				onlyLive: Array.from({length: 21}, (_, index) => `app/New${index}.php`),
				onlyInBackup: ['a', 'b', 'c', 'd'],
				at: now - 5000,
			});
		}),
	'backups, a bad one': () => with_(listed(), state => state.pointAt('backups', 'backend_20251230_111512.tar.gz')),
	'backups, a hostile name': () => with_(listed(), state => state.pointAt('backups', hostileFile)),
	'backups, verifying': () =>
		with_(listed(), state => {
			state.pointAt('backups', 'backend_20260113_110955.tar.gz');
			state.beginBackupTask({
				kind: 'verify',
				environment: 'production',
				name: 'backend_20260113_110955',
				since: now - 3000,
			});
		}),
	'backups, filtering': () =>
		with_(listed(), state => {
			state.typeFilter('backups', true);
			state.filterList('backups', '1d20');
		}),
	'backups, filtered to nothing': () => with_(listed(), state => state.filterList('backups', 'zzz')),
	'backups, empty': () =>
		with_(emptyBackups(), state =>
			state.backupsRead(
				'production',
				{time: now / 1000, freeBytes: undefined, live: {}, previous: {}, backups: []},
				now,
			),
		),
	'backups, no answer': () => with_(emptyBackups(), state => state.backupsUnread('production', problem)),
	'backups, no answer any more': () => with_(listed(), state => state.backupsUnread('production', problem)),
	'backups, no host': () => with_(emptyBackups(), state => state.offerBackupsOf([])),
	'rollback, host on another day': () =>
		gated({
			time: now - 30 * 24 * 3_600_000,
			from: {...review.from, since: new Date(now - (30 * 24 + 2) * 3_600_000).toISOString()},
		}),
	'rollback, loading': () =>
		with_(listed(), state =>
			state.openRollbackReview({
				choice: {app: 'backend', environment: 'production', to: 'previous'},
				title: 'Production',
				tier: 'production',
			}),
		),
	rollback: gated,
	'rollback, half typed': () => with_(gated(), state => state.typeRollback('ROLL')),
	'rollback, another word': () => with_(gated(), state => state.typeRollback('rollback')),
	'rollback, commands': () => with_(gated(), state => state.turnRollback('commands')),
	'rollback, snapshot': () =>
		gated({
			tier: 'preprod',
			to: {
				kind: 'snapshot',
				name: 'snapshot beside live',
				release: '20260203T055341Z-4e81d0c',
				commit: '4e81d0c'.padEnd(40, '0'),
				hasFailed: true,
			},
			migrationsSince: undefined,
			expected: {durationMs: undefined, downtimeMs: undefined},
		}),
	'rollback, dead run': () =>
		gated({
			takesOver: {
				run: '20260210T055341Z-backend-9b1d',
				name: 'Asha',
				machine: 'asha-mac',
				since: '2026-02-10T05:53:41Z',
			},
		}),
	'rollback, blocked': () =>
		gated({
			refusal: {code: 'locked', why: 'Asha on asha-mac holds the lock', next: 'Wait for it, or take it over.'},
		}),
	'rollback, failed': () => with_(gated(), state => state.rollbackReviewed({state: 'failed', problem})),
};

import {isReleaseId} from '../../../domain/runs/run-names.ts';
import {
	selectList,
	selectPlace,
	selectRow,
	selectRows,
	snapshotId,
	whyNotRestorable,
} from '../../../store/backups/backups.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {turned} from '../../../store/list.ts';
import {bind, type Binding, type KeyContext} from '../../keys/binding.ts';
import {backKey, cursorKeys, filterKey, filterTypingKeys} from '../../kit/list-keys.ts';

const scope = 'backups';

const noPlace = (state: CockpitState): string | undefined =>
	selectPlace(state) ? undefined : 'no environment here has a host';

const noList = (state: CockpitState): string | undefined => {
	const refusal = noPlace(state);
	if (refusal !== undefined) return refusal;
	const {listing, problem} = selectList(state);
	if (listing) return undefined;
	return problem ? problem.why : 'the host is still being asked';
};

const nothingThere = (state: CockpitState): string | undefined =>
	noList(state) ?? (selectRow(state) ? undefined : 'there is no backup');

/** Why the backup under the cursor can't be asked about. */
const noBackup = (state: CockpitState): string | undefined => {
	const refusal = nothingThere(state);
	if (refusal !== undefined) return refusal;
	const row = selectRow(state);
	if (row?.kind !== 'backup') return 'the snapshot is a release on the host, not an archive';
	return row.backup.app === undefined ? 'it is no backup of an app' : undefined;
};

const taskRefusal = (state: CockpitState): string | undefined =>
	noBackup(state) ?? (state.backupTask ? `${state.backupTask.name} is still being looked at` : undefined);

const isRunning = (state: CockpitState): string | undefined => (state.isDriving ? 'a run is under way' : undefined);

const restoreRefusal = (state: CockpitState): string | undefined => {
	const refusal = isRunning(state) ?? nothingThere(state);
	const row = selectRow(state);
	if (refusal !== undefined || row?.kind !== 'backup') return refusal;
	return row.backup.isRestorable ? undefined : `not restorable: ${whyNotRestorable(row.backup)}`;
};

const snapshotRefusal = (state: CockpitState): string | undefined => {
	const refusal = isRunning(state) ?? noList(state);
	if (refusal !== undefined) return refusal;
	const {listing} = selectList(state);
	const previous = listing?.previous[state.app];
	return previous === undefined || previous === listing?.live[state.app]
		? `no snapshot of the ${state.app} stands beside live`
		: undefined;
};

/** Opens the review of a rollback to what is named; nothing happens before its word. */
const goBackTo =
	(target: (state: CockpitState) => string | undefined) =>
	({store, controller}: KeyContext): void => {
		const state = store.getState();
		const place = selectPlace(state);
		const to = target(state);
		if (place && to !== undefined) controller.rollback.open({app: state.app, environment: place.environment, to});
	};

const targetOf = (state: CockpitState): string | undefined => {
	const row = selectRow(state);
	if (row?.kind === 'backup') return row.backup.name;
	// By its name: what is under the cursor is meant, whatever came of it.
	return row && (isReleaseId(row.release) ? row.release : 'previous');
};

/** A key that asks the host about the backup under the cursor. */
const askKey = (
	name: string,
	key: string,
	label: Binding['label'],
	rank: number,
	ask: (controller: KeyContext['controller'], name: string) => void,
): Binding =>
	bind(
		scope,
		name,
		[key],
		label,
		({store, controller}) => {
			const row = selectRow(store.getState());
			if (row?.kind === 'backup') ask(controller, row.backup.name);
		},
		{rank, refusal: taskRefusal},
	);

const otherPlace =
	(by: 1 | -1) =>
	({store, controller}: KeyContext): void => {
		const state = store.getState();
		const next = turned(state.backupPlaces, selectPlace(state), by);
		if (!next) return;
		state.showBackupsOf(next.environment);
		controller.backups.reload();
	};

const onePlace = ({backupPlaces}: CockpitState): string | undefined =>
	backupPlaces.length > 1 ? undefined : 'there is no other environment with a host';

/** Keys of the backup browser. */
export const backupsKeys: readonly Binding[] = [
	bind(
		scope,
		'restore',
		['enter'],
		state => (selectRow(state)?.id === snapshotId ? 'roll back to the snapshot' : 'roll back'),
		goBackTo(targetOf),
		{rank: 1, group: 'danger', refusal: restoreRefusal},
	),
	bind(
		scope,
		'snapshot',
		['R'],
		'snapshot',
		goBackTo(() => 'previous'),
		{rank: 2, group: 'danger', refusal: snapshotRefusal},
	),
	askKey('verify', 'v', 'verify', 3, (controller, name) => controller.backups.verify(name)),
	askKey('differences', 'd', 'differences', 4, (controller, name) => controller.backups.compare(name)),
	askKey(
		'pin',
		'p',
		state => {
			const row = selectRow(state);
			return row?.kind === 'backup' && row.backup.pinned ? 'unpin' : 'pin';
		},
		7,
		(controller, name) => controller.backups.pin(name),
	),
	bind(
		scope,
		'app',
		['a'],
		'app',
		({store}) => {
			store.getState().switchApp();
			store.getState().pointAt('backups', undefined);
		},
		{rank: 5},
	),
	bind(scope, 'next-environment', [']'], 'next environment', otherPlace(1), {rank: 6, refusal: onePlace}),
	bind(scope, 'previous-environment', ['['], 'previous environment', otherPlace(-1), {
		isHidden: true,
		refusal: onePlace,
	}),
	filterKey('backups', 8, noList),
	bind(scope, 'refresh', ['r'], 'ask again', ({controller}) => controller.backups.reload(), {
		rank: 9,
		refusal: noPlace,
	}),
	...cursorKeys(
		scope,
		state => ({list: 'backups', ids: selectRows(state).map(({id}) => id), current: selectRow(state)?.id}),
		nothingThere,
	),
	backKey(scope, ({lists, dropFilter, show}) => {
		if (lists.backups.filter !== '') dropFilter('backups');
		else show('overview');
	}),
	...filterTypingKeys('backups'),
];

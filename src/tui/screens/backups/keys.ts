import {selectList, selectPlace, selectRow, selectRows, snapshotId} from '../../../store/backups/backups.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import type {Binding, KeyContext} from '../../keys/binding.ts';

const scope = 'backups';
const pageRows = 10;

const noList = (state: CockpitState): string | undefined => {
	if (!selectPlace(state)) return 'no environment here has a host';
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
	const {isRestorable, notRestorable, reason} = row.backup;
	return isRestorable ? undefined : `not restorable: ${notRestorable ?? reason ?? 'not known why'}`;
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

const openGate =
	(target: (state: CockpitState) => string | undefined) =>
	({store, controller}: KeyContext): void => {
		const state = store.getState();
		const place = selectPlace(state);
		const to = target(state);
		if (place && to !== undefined) controller.rollback.open({app: state.app, environment: place.environment, to});
	};

const targetOf = (state: CockpitState): string | undefined => {
	const row = selectRow(state);
	return row?.kind === 'backup' ? row.backup.name : row && 'previous';
};

const nameOf = (state: CockpitState): string | undefined => {
	const row = selectRow(state);
	return row?.kind === 'backup' ? row.backup.name : undefined;
};

const withBackup =
	(ask: (context: KeyContext, name: string) => void) =>
	(context: KeyContext): void => {
		const name = nameOf(context.store.getState());
		if (name !== undefined) ask(context, name);
	};

const move = (name: string, keys: Binding['keys'], to: (at: number, last: number) => number): Binding => ({
	id: `backups.${name}`,
	keys,
	scope,
	label: name,
	group: 'move',
	isHidden: true,
	refusal: nothingThere,
	run: ({store}) => {
		const state = store.getState();
		const rows = selectRows(state);
		const at = rows.findIndex(({id}) => id === selectRow(state)?.id);
		const row = rows[Math.max(0, Math.min(rows.length - 1, to(at, rows.length - 1)))];
		if (row) state.pointAt('backups', row.id);
	},
});

const otherPlace =
	(by: 1 | -1) =>
	({store, controller}: KeyContext): void => {
		const state = store.getState();
		const {backupPlaces} = state;
		const at = backupPlaces.findIndex(({environment}) => environment === selectPlace(state)?.environment);
		const next = backupPlaces[(at + by + backupPlaces.length) % backupPlaces.length];
		if (!next) return;
		state.showBackupsOf(next.environment);
		controller.backups.reload();
	};

const onePlace = ({backupPlaces}: CockpitState): string | undefined =>
	backupPlaces.length > 1 ? undefined : 'there is no other environment with a host';

const filterKeys: readonly Binding[] = [
	{
		id: 'backups.filter.keep',
		keys: ['enter'],
		scope: 'backups.filter',
		label: 'keep the filter',
		group: 'here',
		rank: 1,
		isHidden: true,
		run: ({store}) => store.getState().typeFilter('backups', false),
	},
	{
		id: 'backups.filter.leave',
		keys: ['esc'],
		scope: 'backups.filter',
		label: 'show all',
		group: 'here',
		rank: 2,
		isHidden: true,
		run: ({store}) => store.getState().dropFilter('backups'),
	},
];

/** Keys of the backup browser. */
export const backupsKeys: readonly Binding[] = [
	{
		id: 'backups.restore',
		keys: ['enter'],
		scope,
		label: state => (selectRow(state)?.id === snapshotId ? 'roll back to the snapshot' : 'roll back'),
		group: 'danger',
		rank: 1,
		refusal: restoreRefusal,
		run: openGate(targetOf),
	},
	{
		id: 'backups.snapshot',
		keys: ['R'],
		scope,
		label: 'snapshot',
		group: 'danger',
		rank: 2,
		refusal: snapshotRefusal,
		run: openGate(() => 'previous'),
	},
	{
		id: 'backups.verify',
		keys: ['v'],
		scope,
		label: 'verify',
		group: 'here',
		rank: 3,
		refusal: taskRefusal,
		run: withBackup(({controller}, name) => controller.backups.verify(name)),
	},
	{
		id: 'backups.differences',
		keys: ['d'],
		scope,
		label: 'differences',
		group: 'here',
		rank: 4,
		refusal: taskRefusal,
		run: withBackup(({controller}, name) => controller.backups.compare(name)),
	},
	{
		id: 'backups.pin',
		keys: ['p'],
		scope,
		label: state => {
			const row = selectRow(state);
			return row?.kind === 'backup' && row.backup.pinned ? 'unpin' : 'pin';
		},
		group: 'here',
		rank: 7,
		refusal: taskRefusal,
		run: withBackup(({controller}, name) => controller.backups.pin(name)),
	},
	{
		id: 'backups.app',
		keys: ['a'],
		scope,
		label: 'app',
		group: 'here',
		rank: 5,
		run: ({store}) => {
			const state = store.getState();
			state.switchApp();
			state.pointAt('backups', undefined);
		},
	},
	{
		id: 'backups.next-environment',
		keys: [']'],
		scope,
		label: 'next environment',
		group: 'here',
		rank: 6,
		refusal: onePlace,
		run: otherPlace(1),
	},
	{
		id: 'backups.previous-environment',
		keys: ['['],
		scope,
		label: 'previous environment',
		group: 'here',
		isHidden: true,
		refusal: onePlace,
		run: otherPlace(-1),
	},
	{
		id: 'backups.filter',
		keys: ['/'],
		scope,
		label: 'filter',
		group: 'move',
		rank: 8,
		refusal: noList,
		run: ({store}) => store.getState().typeFilter('backups', true),
	},
	{
		id: 'backups.refresh',
		keys: ['r'],
		scope,
		label: 'ask again',
		group: 'here',
		rank: 9,
		refusal: state => (selectPlace(state) ? undefined : 'no environment here has a host'),
		run: ({controller}) => controller.backups.reload(),
	},
	move('down', ['j', 'down'], at => at + 1),
	move('up', ['k', 'up'], at => at - 1),
	move('a page down', ['pagedown'], at => at + pageRows),
	move('a page up', ['pageup'], at => at - pageRows),
	move('first', ['g', 'home'], () => 0),
	move('last', ['G', 'end'], (_, last) => last),
	{
		id: 'backups.back',
		keys: ['esc'],
		scope,
		label: 'back',
		group: 'here',
		isHidden: true,
		run: ({store}) => {
			const state = store.getState();
			if (state.notice) state.hush();
			else if (state.lists.backups.filter !== '') state.dropFilter('backups');
			else state.show('overview');
		},
	},
	...filterKeys,
];

import type {CockpitState} from '../../../store/create-store.ts';
import {selectEnvItem, selectEnvItems} from '../../../store/environments/env-lines.ts';
import {selectEnvReading} from '../../../store/environments/env-tables.ts';
import {bind, type Binding, type KeyContext} from '../../keys/binding.ts';
import {backKey, cursorKeys, filterKey, filterTypingKeys, scrollKeys} from '../../kit/list-keys.ts';

const scope = 'environments';
const page = 'environments.page';

const noTable = (state: CockpitState): string | undefined => {
	const {kept, askedAt, problem} = selectEnvReading(state);
	if (kept) return undefined;
	if (askedAt !== undefined) return 'the values are still being read';
	return problem?.why ?? 'nothing was read yet: r reads it';
};

const noLine = (state: CockpitState): string | undefined =>
	noTable(state) ?? (selectEnvItem(state) ? undefined : 'nothing is listed');

const isReading = (state: CockpitState): string | undefined =>
	selectEnvReading(state).askedAt === undefined ? undefined : 'they are being read';

const noKey = (state: CockpitState): string | undefined =>
	noLine(state) ?? (selectEnvItem(state)?.kind === 'key' ? undefined : 'no key is under the cursor');

const setRefusal = (state: CockpitState): string | undefined => (state.isDriving ? 'a run is under way' : noKey(state));

const setValue = ({store, controller}: KeyContext): void => {
	const item = selectEnvItem(store.getState());
	if (item?.kind === 'key') controller.environments.begin(item.row.key);
};

/** Enter: opens or folds a group; of a key, everything there is. */
const act = ({store}: KeyContext): void => {
	const state = store.getState();
	const item = selectEnvItem(state);
	if (!item) return;
	// What was looked at stays under the cursor, whatever is read meanwhile.
	state.pointAt('environments', item.id);
	if (item.kind === 'fold') return state.foldEnvGroup(item.group);
	state.scrollTo(0);
	state.openEnvPage(true);
};

const actLabel = (state: CockpitState): string => {
	const item = selectEnvItem(state);
	if (item?.kind !== 'fold') return 'where used';
	return item.isOpen ? 'fold' : 'open';
};

const pageKeys: readonly Binding[] = [
	backKey(page, ({openEnvPage}) => openEnvPage(false), {
		label: 'table',
		keys: ['esc', 'enter', 'tab', 'shift-tab'],
		rank: 2,
	}),
	bind(page, 'set', ['s'], 'set, hidden', setValue, {rank: 3, refusal: setRefusal, group: 'danger'}),
	...scrollKeys(page, undefined, 1),
];

/** Keys of the environments side by side. */
export const environmentsKeys: readonly Binding[] = [
	bind(scope, 'act', ['enter'], actLabel, act, {rank: 1, refusal: noLine}),
	bind(scope, 'set', ['s'], 'set, hidden', setValue, {rank: 2, refusal: setRefusal, group: 'danger'}),
	bind(
		scope,
		'trouble',
		['o'],
		state => (state.isEnvTroubleOnly ? 'all keys' : 'only trouble'),
		({store}) => store.getState().turnEnvTrouble(),
		{rank: 3, refusal: noTable},
	),
	bind(scope, 'app', ['a'], 'app', ({controller}) => controller.environments.switchApp(), {rank: 4}),
	filterKey('environments', 5, noTable),
	bind(scope, 'use', ['u'], 'switch working copy', ({controller}) => controller.environments.beginSwitch(), {
		rank: 6,
		refusal: noTable,
	}),
	bind(scope, 'refresh', ['r'], 'read again', ({controller}) => controller.environments.reload(), {
		rank: 7,
		refusal: isReading,
	}),
	...cursorKeys(
		scope,
		state => ({
			list: 'environments',
			ids: selectEnvItems(state).map(({id}) => id),
			current: selectEnvItem(state)?.id,
		}),
		noLine,
	),
	backKey(scope, ({lists, dropFilter, isEnvTroubleOnly, turnEnvTrouble, show}) => {
		if (lists.environments.filter !== '') dropFilter('environments');
		else if (isEnvTroubleOnly) turnEnvTrouble();
		else show('overview');
	}),
	...pageKeys,
	...filterTypingKeys('environments'),
];

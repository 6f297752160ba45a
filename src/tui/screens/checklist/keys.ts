import {
	pendingOn,
	refuseChange,
	refuseSigning,
	selectItem,
	selectNextOpen,
	selectPoint,
	selectShownItems,
	selectShownPoints,
} from '../../../store/checklist/checklist.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {appsOf} from '../../../app/target-of.ts';
import type {Result} from '../../../domain/checklist/sign-off.ts';
import {moved, movedTo, type Move} from '../../../store/list.ts';
import {bind, type Binding, type KeyContext} from '../../keys/binding.ts';
import {backKey, filterKey, filterTypingKeys, moveCursor, moveKeys, panelKeys} from '../../kit/list-keys.ts';

const scope = 'checklist';
const panels = ['items', 'detail', 'points'] as const;

const select = ({pointAt}: CockpitState, id: string | undefined): void => {
	if (id !== undefined) pointAt('checklist', id);
};

const nothingShown = (state: CockpitState): string | undefined => {
	if (!state.checklistEnvironment) return 'no environment is tested before another one here';
	return notRead(state) ?? (selectItem(state) ? undefined : 'no item is shown');
};

const notRead = ({checklistReading}: CockpitState): string | undefined =>
	checklistReading ? undefined : 'the ledger is not read yet';

const refuseAnswer = (state: CockpitState): string | undefined =>
	nothingShown(state) ?? refuseSigning(state, selectItem(state));

const withItem =
	(act: (context: KeyContext, id: string) => void): Binding['run'] =>
	context => {
		const id = selectItem(context.store.getState())?.item.id;
		if (id !== undefined) act(context, id);
	};

const answer = (key: string, result: Result, label: string, rank: number): Binding =>
	bind(
		scope,
		result,
		[key],
		label,
		withItem(({controller}, id) => controller.checklist.sign(id, result)),
		{
			rank,
			refusal: state =>
				refuseAnswer(state) ??
				(result === 'not-applicable' && selectItem(state)?.item.mayNotApply === false
					? 'it always applies'
					: undefined),
		},
	);

/** Longer than any detail; what is beyond its end is taken back when it is drawn. */
const longestDetail = 200;

const goToPoint = (state: CockpitState, to: Move): void => {
	const points = selectShownPoints(state);
	const at = points.findIndex(({id}) => id === selectPoint(state)?.id);
	const point = moved(points, at, to);
	const first = point?.states.find(one => one.state === 'open' && !pendingOn(state, one.item.id)) ?? point?.states[0];
	select(state, first?.item.id);
};

const pointKey = (name: string, key: string, label: string, to: Move): Binding =>
	bind(scope, name, [key], label, ({store}) => goToPoint(store.getState(), to), {
		group: 'move',
		refusal: nothingShown,
	});

/** Moves in the panel that has the focus: items, pause points, or the lines of the detail. */
const move = (state: CockpitState, to: Move): void => {
	switch (state.checklistPanel) {
		case 'items': {
			const ids = selectShownItems(state).map(({item}) => item.id);
			return moveCursor(state, {list: 'checklist', ids, current: selectItem(state)?.item.id}, to);
		}
		case 'points':
			return goToPoint(state, to);
		case 'detail':
			return state.scrollDetail('checklist', movedTo(state.lists.checklist.scroll, longestDetail, to));
	}
};

const enterLabel = ({checklistPanel}: CockpitState): string =>
	({detail: 'next open', points: 'its items', items: 'detail'})[checklistPanel];

const enter: Binding['run'] = ({store}) => {
	const state = store.getState();
	if (state.checklistPanel === 'detail') select(state, selectNextOpen(state, selectItem(state)?.item.id));
	state.focusChecklist(state.checklistPanel === 'items' ? 'detail' : 'items');
};

const otherApp: Binding['run'] = ({store}) => {
	const {switchApp, pointAt, pinItem} = store.getState();
	switchApp();
	pointAt('checklist', undefined);
	// The first thing to do there, if there is any.
	select(store.getState(), selectNextOpen(store.getState(), undefined));
	pinItem();
};

const closeAsk: Binding['run'] = ({store}) => {
	const state = store.getState();
	state.closeAsk();
	state.say('muted', 'Nothing was recorded.');
};

/** Keys of what is asked before an answer is recorded. */
const askKeys: readonly Binding[] = [
	bind('checklist.ask', 'record', ['enter'], 'record', ({controller}) => controller.checklist.answer(), {
		rank: 1,
		isHidden: true,
	}),
	bind('checklist.ask', 'cancel', ['esc'], 'cancel', closeAsk, {rank: 2, isHidden: true}),
	bind('checklist.ask', 'clear', ['ctrl-u'], 'clear', ({store}) => store.getState().typeAnswer(''), {
		rank: 3,
		isHidden: true,
	}),
	bind('checklist.retest', 'record', ['enter'], 'record a retest', ({controller}) => controller.checklist.answer(), {
		rank: 1,
		isHidden: true,
	}),
	bind('checklist.retest', 'keep', ['esc'], 'keep it', closeAsk, {rank: 2, isHidden: true}),
];

/** Keys of the checklist. */
export const checklistKeys: readonly Binding[] = [
	answer('p', 'passed', 'passed', 1),
	answer('f', 'failed', 'failed', 2),
	answer('n', 'not-applicable', 'n/a', 3),
	answer('i', 'unclear', 'unclear', 4),
	bind(
		scope,
		'probe',
		['r'],
		'probe',
		withItem(({controller}, id) => controller.checklist.probe(id)),
		{
			rank: 5,
			refusal: state =>
				nothingShown(state) ?? (selectItem(state)?.item.probe ? refuseAnswer(state) : 'it has no probe'),
		},
	),
	bind(
		scope,
		'undo',
		['u'],
		'undo',
		withItem(({controller}, id) => controller.checklist.undo(id)),
		{rank: 6, refusal: state => nothingShown(state) ?? refuseChange(state, selectItem(state))},
	),
	bind(
		scope,
		'only-open',
		['o'],
		({isOnlyOpen}) => (isOnlyOpen ? 'all' : 'only open'),
		({store}) => {
			const {pinItem, showOnlyOpen, isOnlyOpen} = store.getState();
			pinItem();
			showOnlyOpen(!isOnlyOpen);
		},
		{rank: 7},
	),
	bind(scope, 'app', ['a'], 'app', otherApp, {
		rank: 8,
		refusal: ({checklistEnvironment}) =>
			checklistEnvironment && appsOf(checklistEnvironment).length > 1 ? undefined : 'there is no other app',
	}),
	bind(scope, 'enter', ['enter'], enterLabel, enter, {rank: 9, refusal: nothingShown}),
	bind(scope, 'export', ['e'], 'export', ({controller}) => controller.checklist.export(), {
		rank: 10,
		refusal: notRead,
	}),
	filterKey('checklist', 11, notRead),
	pointKey('next-point', ']', 'next pause point', at => at + 1),
	pointKey('previous-point', '[', 'previous pause point', at => at - 1),
	...panelKeys(
		scope,
		panels,
		({checklistPanel}) => checklistPanel,
		({focusChecklist}, panel) => focusChecklist(panel),
	),
	...moveKeys(scope, {act: move, refusal: nothingShown}),
	backKey(scope, ({checklistPanel, lists, focusChecklist, dropFilter, show}) => {
		if (checklistPanel !== 'items') focusChecklist('items');
		else if (lists.checklist.filter !== '') dropFilter('checklist');
		else show('overview');
	}),
	...askKeys,
	...filterTypingKeys('checklist'),
];

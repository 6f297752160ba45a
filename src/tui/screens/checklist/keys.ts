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
import type {Binding, KeyContext} from '../../keys/binding.ts';

const scope = 'checklist';
const pageRows = 10;
const panels = ['items', 'detail', 'points'] as const;

const select = ({pointAt}: CockpitState, id: string | undefined): void => {
	if (id !== undefined) pointAt('checklist', id);
};

const nothingShown = (state: CockpitState): string | undefined => {
	if (!state.checklistEnvironment) return 'no environment is tested before another one here';
	if (!state.checklistReading) return 'the ledger is not read yet';
	return selectItem(state) ? undefined : 'no item is shown';
};

const refuseAnswer = (state: CockpitState): string | undefined =>
	nothingShown(state) ?? refuseSigning(state, selectItem(state));

const withItem =
	(act: (context: KeyContext, id: string) => void): Binding['run'] =>
	context => {
		const id = selectItem(context.store.getState())?.item.id;
		if (id !== undefined) act(context, id);
	};

const answer = (key: string, result: Result, label: string, rank: number): Binding => ({
	id: `checklist.${result}`,
	keys: [key],
	scope,
	label,
	group: 'here',
	rank,
	refusal: state => {
		const refusal = refuseAnswer(state);
		const item = selectItem(state)?.item;
		return (
			refusal ?? (result === 'not-applicable' && item?.mayNotApply === false ? 'it always applies' : undefined)
		);
	},
	run: withItem(({controller}, id) => controller.checklist.sign(id, result)),
});

/** Moves in the panel that has the focus: items, pause points, or the lines of the detail. */
const moveKey = (name: string, keys: Binding['keys'], to: (at: number, last: number) => number): Binding => ({
	id: `checklist.${name}`,
	keys,
	scope,
	label: name,
	group: 'move',
	isHidden: true,
	refusal: nothingShown,
	run: ({store}) => {
		const state = store.getState();
		if (state.checklistPanel === 'detail') {
			// The last line is where the panel ends; what is beyond it is taken back when it is drawn.
			const scroll = Math.max(0, Math.min(200, to(state.lists.checklist.scroll, 200)));
			state.scrollDetail('checklist', scroll);
			return;
		}
		if (state.checklistPanel === 'points') return goToPoint(state, to);
		const rows = selectShownItems(state);
		const at = rows.findIndex(({item}) => item.id === selectItem(state)?.item.id);
		select(state, rows[Math.max(0, Math.min(rows.length - 1, to(at, rows.length - 1)))]?.item.id);
	},
});

const goToPoint = (state: CockpitState, to: (at: number, last: number) => number): void => {
	const points = selectShownPoints(state);
	const at = points.findIndex(({id}) => id === selectPoint(state)?.id);
	const point = points[Math.max(0, Math.min(points.length - 1, to(at, points.length - 1)))];
	const first = point?.states.find(one => one.state === 'open' && !pendingOn(state, one.item.id)) ?? point?.states[0];
	select(state, first?.item.id);
};

const turnPanel =
	(by: 1 | -1): Binding['run'] =>
	({store}) => {
		const state = store.getState();
		const at = panels.indexOf(state.checklistPanel);
		state.focusChecklist(panels[(at + by + panels.length) % panels.length] ?? 'items');
	};

const enterLabel = ({checklistPanel}: CockpitState): string =>
	checklistPanel === 'detail' ? 'next open' : checklistPanel === 'points' ? 'its items' : 'detail';

const enter: Binding['run'] = ({store}) => {
	const state = store.getState();
	if (state.checklistPanel === 'items') state.focusChecklist('detail');
	else {
		if (state.checklistPanel === 'detail') select(state, selectNextOpen(state, selectItem(state)?.item.id));
		state.focusChecklist('items');
	}
};

const otherApp: Binding['run'] = ({store}) => {
	const {switchApp, pointAt, pinItem} = store.getState();
	switchApp();
	pointAt('checklist', undefined);
	// The first thing to do there, if there is any.
	select(store.getState(), selectNextOpen(store.getState(), undefined));
	pinItem();
};

const back: Binding['run'] = ({store}) => {
	const state = store.getState();
	if (state.notice) state.hush();
	else if (state.checklistPanel !== 'items') state.focusChecklist('items');
	else if (state.lists.checklist.filter !== '') state.dropFilter('checklist');
	else state.show('overview');
};

const closeAsk: Binding['run'] = ({store}) => {
	const state = store.getState();
	state.closeAsk();
	state.say('muted', 'Nothing was recorded.');
};

const typedKeys: readonly Binding[] = [
	{
		id: 'checklist.ask.record',
		keys: ['enter'],
		scope: 'checklist.ask',
		label: 'record',
		group: 'here',
		rank: 1,
		isHidden: true,
		run: ({controller}) => controller.checklist.answer(),
	},
	{
		id: 'checklist.ask.cancel',
		keys: ['esc'],
		scope: 'checklist.ask',
		label: 'cancel',
		group: 'here',
		rank: 2,
		isHidden: true,
		run: closeAsk,
	},
	{
		id: 'checklist.ask.clear',
		keys: ['ctrl-u'],
		scope: 'checklist.ask',
		label: 'clear',
		group: 'here',
		rank: 3,
		isHidden: true,
		run: ({store}) => store.getState().typeAnswer(''),
	},
	{
		id: 'checklist.retest.record',
		keys: ['enter'],
		scope: 'checklist.retest',
		label: ({checklistAsk}) => (checklistAsk?.result === 'probe' ? 'run the probe' : 'record a retest'),
		group: 'here',
		rank: 1,
		isHidden: true,
		run: ({controller}) => controller.checklist.answer(),
	},
	{
		id: 'checklist.retest.keep',
		keys: ['esc'],
		scope: 'checklist.retest',
		label: 'keep it',
		group: 'here',
		rank: 2,
		isHidden: true,
		run: closeAsk,
	},
	{
		id: 'checklist.filter.keep',
		keys: ['enter'],
		scope: 'checklist.filter',
		label: 'keep the filter',
		group: 'here',
		rank: 1,
		isHidden: true,
		run: ({store}) => store.getState().typeFilter('checklist', false),
	},
	{
		id: 'checklist.filter.leave',
		keys: ['esc'],
		scope: 'checklist.filter',
		label: 'show all',
		group: 'here',
		rank: 2,
		isHidden: true,
		run: ({store}) => store.getState().dropFilter('checklist'),
	},
];

/** Keys of the checklist. */
export const checklistKeys: readonly Binding[] = [
	answer('p', 'passed', 'passed', 1),
	answer('f', 'failed', 'failed', 2),
	answer('n', 'not-applicable', 'n/a', 3),
	answer('i', 'unclear', 'unclear', 4),
	{
		id: 'checklist.probe',
		keys: ['r'],
		scope,
		label: 'probe',
		group: 'here',
		rank: 5,
		refusal: state => refuseAnswer(state) ?? (selectItem(state)?.item.probe ? undefined : 'it has no probe'),
		run: withItem(({controller}, id) => controller.checklist.probe(id)),
	},
	{
		id: 'checklist.undo',
		keys: ['u'],
		scope,
		label: 'undo',
		group: 'here',
		rank: 6,
		refusal: state => nothingShown(state) ?? refuseChange(state, selectItem(state)),
		run: withItem(({controller}, id) => controller.checklist.undo(id)),
	},
	{
		id: 'checklist.only-open',
		keys: ['o'],
		scope,
		label: ({isOnlyOpen}) => (isOnlyOpen ? 'all' : 'only open'),
		group: 'here',
		rank: 7,
		run: ({store}) => {
			const {pinItem, showOnlyOpen, isOnlyOpen} = store.getState();
			pinItem();
			showOnlyOpen(!isOnlyOpen);
		},
	},
	{
		id: 'checklist.app',
		keys: ['a'],
		scope,
		label: 'app',
		group: 'here',
		rank: 8,
		refusal: ({checklistEnvironment}) =>
			checklistEnvironment && appsOf(checklistEnvironment).length > 1 ? undefined : 'there is no other app',
		run: otherApp,
	},
	{
		id: 'checklist.enter',
		keys: ['enter'],
		scope,
		label: enterLabel,
		group: 'here',
		rank: 9,
		refusal: nothingShown,
		run: enter,
	},
	{
		id: 'checklist.export',
		keys: ['e'],
		scope,
		label: 'export',
		group: 'here',
		rank: 10,
		refusal: ({checklistReading}) => (checklistReading ? undefined : 'the ledger is not read yet'),
		run: ({controller}) => controller.checklist.export(),
	},
	{
		id: 'checklist.filter',
		keys: ['/'],
		scope,
		label: 'filter',
		group: 'move',
		rank: 11,
		refusal: ({checklistReading}) => (checklistReading ? undefined : 'the ledger is not read yet'),
		run: ({store}) => store.getState().typeFilter('checklist', true),
	},
	{
		id: 'checklist.next-point',
		keys: [']'],
		scope,
		label: 'next pause point',
		group: 'move',
		refusal: nothingShown,
		run: ({store}) => goToPoint(store.getState(), at => at + 1),
	},
	{
		id: 'checklist.previous-point',
		keys: ['['],
		scope,
		label: 'previous pause point',
		group: 'move',
		refusal: nothingShown,
		run: ({store}) => goToPoint(store.getState(), at => at - 1),
	},
	{
		id: 'checklist.panel',
		keys: ['tab'],
		scope,
		label: 'next panel',
		group: 'move',
		isHidden: true,
		run: turnPanel(1),
	},
	{
		id: 'checklist.panel-back',
		keys: ['shift-tab'],
		scope,
		label: 'previous panel',
		group: 'move',
		isHidden: true,
		run: turnPanel(-1),
	},
	moveKey('down', ['j', 'down'], at => at + 1),
	moveKey('up', ['k', 'up'], at => at - 1),
	moveKey('a page down', ['pagedown'], at => at + pageRows),
	moveKey('a page up', ['pageup'], at => at - pageRows),
	moveKey('first', ['g', 'home'], () => 0),
	moveKey('last', ['G', 'end'], (_, last) => last),
	{
		id: 'checklist.back',
		keys: ['esc'],
		scope,
		label: 'back',
		group: 'here',
		isHidden: true,
		run: back,
	},
	...typedKeys,
];

import {isMet, type Result} from '../../../domain/checklist/sign-off.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import type {HealthPanel} from '../../../store/health/health.ts';
import {
	healthNow,
	isOn,
	pendingItem,
	selectHealthApp,
	selectHealthPlace,
	selectPlaces,
	selectReport,
	selectWatchItem,
	unaccepted,
	itemsOfWatch,
} from '../../../store/health/health-places.ts';
import {movedTo, moved, turned, type Move} from '../../../store/list.ts';
import {bind, type Binding} from '../../keys/binding.ts';
import {backKey, moveCursor, moveKeys, panelKeys} from '../../kit/list-keys.ts';
import {scrolledList} from './look.ts';

const scope = 'health';
const panels: readonly HealthPanel[] = ['items', 'triggers', 'comparisons'];

const noWatch = (state: CockpitState): string | undefined =>
	selectReport(state) ? undefined : 'no watch is shown; [ and ] go to one';

/** Why nothing can be said about the item under the cursor. */
const noAnswer = (state: CockpitState): string | undefined => {
	const report = selectReport(state);
	const item = selectWatchItem(state);
	if (!report) return noWatch(state);
	if (!item) return 'nothing is to be signed in this watch';
	if (state.healthPanel !== 'items') return 'Tab to what is done by hand first';
	return pendingItem(state, report.watch.run, item.state.item.id) ? 'an answer on it is being recorded' : undefined;
};

const answer = (key: string, result: Result, label: string, rank: number): Binding =>
	bind(
		scope,
		result,
		[key],
		label,
		({store, controller}) => {
			const item = selectWatchItem(store.getState());
			if (item) controller.health.sign(item.state.item.id, result);
		},
		{
			rank,
			refusal: state =>
				noAnswer(state) ??
				(result === 'not-applicable' && selectWatchItem(state)?.state.item.mayNotApply === false
					? 'it always applies'
					: undefined),
		},
	);

/** What would be gone back from. */
const goal = (state: CockpitState) => {
	const place = selectHealthPlace(state);
	if (!place) return undefined;
	return {app: selectHealthApp(state), environment: place.health.environment.name, to: 'previous'};
};

const rollBackRefusal = (state: CockpitState): string | undefined => {
	if (state.isDriving) return 'a run is under way';
	const to = goal(state);
	if (!to) return 'there is no host to go back on';
	const {environment} = selectHealthPlace(state)?.health ?? {};
	return environment?.apps[to.app] ? undefined : `${environment?.title ?? ''} has no ${to.app}`;
};

const acceptRefusal = (state: CockpitState): string | undefined => {
	const report = selectReport(state);
	if (!report) return noWatch(state);
	return unaccepted(report).length === 0 ? 'nothing is worse and no trigger has fired' : undefined;
};

const extendRefusal = (state: CockpitState): string | undefined => {
	const place = selectHealthPlace(state);
	if (place?.kind !== 'watch') return noWatch(state);
	const now = healthNow(place.health, state.now) ?? place.report.now;
	return isOn(place.report, now) ? undefined : 'the watch is over';
};

const turnPlace =
	(by: 1 | -1): Binding['run'] =>
	({store}) => {
		const state = store.getState();
		const next = turned(selectPlaces(state), selectHealthPlace(state), by);
		if (!next) return;
		state.goToHealth(next.id);
		state.pointAt('health', undefined);
		state.scrollDetail('probes', 0);
		state.scrollDetail('comparisons', 0);
	};

const onePlace = (state: CockpitState): string | undefined =>
	selectPlaces(state).length > 1 ? undefined : 'there is no other host';

const scrollList = (state: CockpitState, to: Move): void => {
	const list = scrolledList(state);
	const place = selectHealthPlace(state);
	if (!list || !place) return;
	const count = place.kind === 'watch' ? place.report.comparisons.length : place.health.readings.length;
	const {healthPage: page, lists, scrollDetail} = state;
	const {scroll} = lists[list];
	const last = Math.max(0, count - 1);
	// Pages up and down differ: rows are of unlike height, and none may be passed over.
	const by = to(scroll, last, 1) < scroll ? page.up : page.down;
	scrollDetail(
		list,
		movedTo(scroll, last, at => to(at, last, by)),
	);
};

/** Moves in the panel that has the focus; the triggers all stand in sight. */
const move = (state: CockpitState, to: Move): void => {
	const report = selectReport(state);
	if (!report || state.healthPanel === 'comparisons') return scrollList(state, to);
	if (state.healthPanel === 'triggers') return;
	const ids = itemsOfWatch(report).map(({state: {item}}) => item.id);
	moveCursor(state, {list: 'health', ids, current: selectWatchItem(state)?.state.item.id}, to);
};

/** The next item that is still to be signed. */
const nextOpen: Binding['run'] = ({store}) => {
	const state = store.getState();
	const report = selectReport(state);
	if (!report) return;
	const items = itemsOfWatch(report);
	const at = items.findIndex(one => one.state.item.id === selectWatchItem(state)?.state.item.id);
	const first = items[at];
	// Before the first key the first one that is due is marked already: that is the one to sign next.
	const isMarkedOnly = state.lists.health.cursor === undefined && first && !isMet(first.state);
	const order = isMarkedOnly ? items.slice(at) : [...items.slice(at + 1), ...items.slice(0, Math.max(0, at))];
	const next = order.find(one => !isMet(one.state)) ?? moved(items, at, to => to);
	state.focusHealth('items');
	if (next) state.pointAt('health', next.state.item.id);
};

const leaveAsk: Binding['run'] = ({store}) => {
	const state = store.getState();
	state.closeWatchAsk();
	state.say('muted', 'Nothing was recorded.');
};

/** Keys of what is asked before something about a watch is recorded. */
const askKeys: readonly Binding[] = [
	bind('health.ask', 'record', ['enter'], 'record', ({controller}) => controller.health.answer(), {
		rank: 1,
		isHidden: true,
	}),
	bind('health.ask', 'cancel', ['esc'], 'cancel', leaveAsk, {rank: 2, isHidden: true}),
	bind('health.ask', 'clear', ['ctrl-u'], 'clear', ({store}) => store.getState().typeAboutWatch(''), {
		rank: 3,
		isHidden: true,
	}),
	bind('health.retest', 'record', ['enter'], 'record a retest', ({controller}) => controller.health.answer(), {
		rank: 1,
		isHidden: true,
	}),
	bind('health.retest', 'keep', ['esc'], 'keep it', leaveAsk, {rank: 2, isHidden: true}),
];

/** Keys of the probes and the watch. */
export const healthKeys: readonly Binding[] = [
	bind(
		scope,
		'roll-back',
		['R'],
		state => `roll back ${goal(state)?.app ?? ''}`.trimEnd(),
		({store, controller}) => {
			const to = goal(store.getState());
			if (to) controller.rollback.open(to);
		},
		{rank: 1, group: 'danger', refusal: rollBackRefusal},
	),
	bind(scope, 'accept', ['a'], 'accept', ({controller}) => controller.health.accept(), {
		rank: 2,
		refusal: acceptRefusal,
	}),
	answer('p', 'passed', 'passed', 3),
	answer('f', 'failed', 'failed', 4),
	answer('n', 'not-applicable', 'n/a', 8),
	bind(
		scope,
		'undo',
		['u'],
		'undo',
		({store, controller}) => {
			const item = selectWatchItem(store.getState());
			if (item) controller.health.undo(item.state.item.id);
		},
		{rank: 9, refusal: noAnswer},
	),
	...panelKeys(
		scope,
		panels,
		({healthPanel}) => healthPanel,
		({focusHealth}, panel) => focusHealth(panel),
		6,
	),
	bind(scope, 'next-open', ['enter'], 'next to sign', nextOpen, {rank: 10, refusal: noWatch}),
	bind(scope, 'extend', ['+'], 'watch longer', ({controller}) => controller.health.extend(), {
		rank: 7,
		refusal: extendRefusal,
	}),
	bind(scope, 'next-place', [']'], 'next host', turnPlace(1), {group: 'move', rank: 11, refusal: onePlace}),
	bind(scope, 'previous-place', ['['], 'previous host', turnPlace(-1), {group: 'move', refusal: onePlace}),
	bind(scope, 'ask', ['r'], 'ask now', ({controller}) => controller.health.refresh(), {rank: 12}),
	...moveKeys(scope, {act: move}),
	backKey(scope, ({healthPanel, focusHealth, show}) => {
		if (healthPanel === 'items') show('overview');
		else focusHealth('items');
	}),
	...askKeys,
];

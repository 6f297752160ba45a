import {turned} from '../../../store/list.ts';
import {nextLevel} from '../../../store/logs/log-level.ts';
import {selectLogHosts, selectLogPlace, selectLogs, selectOfferedSources} from '../../../store/logs/logs.ts';
import {
	firstLog,
	foldLog,
	followEnd,
	goToLog,
	nextMatch,
	pageLogs,
	stepLogs,
	logWindow,
	type LogRoom,
	type LogView,
} from '../../../store/logs/log-view.ts';
import type {LogLine} from '../../../store/logs/log-ring.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {targetsOf} from '../../../store/overview/overview-facts.ts';
import {bind, type Binding, type KeyContext} from '../../keys/binding.ts';
import {backKey, panelKeys} from '../../kit/list-keys.ts';
import {roomOf} from './look.ts';

const scope = 'logs';
const searching = 'logs.search';

const noPlace = (state: CockpitState): string | undefined =>
	selectLogPlace(state) ? undefined : 'no environment here has a host';

const noSource = (state: CockpitState): string | undefined =>
	noPlace(state) ?? (state.logSources.length > 0 ? undefined : 'no log is known here yet');

const nothingListed = (state: CockpitState): string | undefined =>
	noSource(state) ?? (selectLogs(state).lines.length > 0 ? undefined : 'nothing is listed');

const nothingSought = (state: CockpitState): string | undefined =>
	noSource(state) ?? (state.logSearch === '' ? 'nothing is looked for: / begins' : undefined);

/** What the keys go over within an environment: all of its hosts, then each alone. */
const hostsOf = (state: CockpitState): readonly (string | undefined)[] => {
	const hosts = selectLogHosts(state);
	return hosts.length > 1 ? [undefined, ...hosts] : [undefined];
};

const onePlace = (state: CockpitState): string | undefined =>
	targetsOf(state.environments).length > 1 || hostsOf(state).length > 1
		? undefined
		: 'there is no other host, and no other environment with one';

/** A key of the entries; the sources have moves of their own. */
const moveEntries = (state: CockpitState, move: (view: LogView, room: LogRoom) => LogView): void =>
	state.setLogView(move(state.logView, roomOf(state)));

const changeView =
	(change: (view: LogView) => LogView) =>
	({store}: KeyContext): void => {
		const {logView, setLogView} = store.getState();
		setLogView(change(logView));
	};

const hereOf = (state: CockpitState): LogLine | undefined => {
	const {listing, heightOf} = roomOf(state);
	return listing.lines[logWindow(state.logView, listing, heightOf).cursor];
};

const isAtSources = ({logPanel}: CockpitState): boolean => logPanel === 'sources';

const noTrace = (state: CockpitState): string | undefined => {
	if (isAtSources(state)) return noSource(state);
	const refusal = nothingListed(state);
	if (refusal !== undefined) return refusal;
	return (hereOf(state)?.entry.trace.length ?? 0) > 3 ? undefined : 'the entry under the cursor has no folded trace';
};

/** Enter: from the sources to the entries; there it shows the whole trace, and pauses on it. */
const unfold = ({store}: KeyContext): void => {
	const state = store.getState();
	if (state.logPanel === 'sources') return state.focusLogPanel('entries');
	const line = hereOf(state);
	if (!line) return;
	state.setLogView(foldLog(goToLog(state.logView, roomOf(state), line.number), line.number));
};

const find = (state: CockpitState, by: 1 | -1, isHereToo = false): void => {
	const listing = selectLogs(state);
	const found = nextMatch(state.logView, listing, by, isHereToo);
	if (found) return state.setLogView(goToLog(state.logView, roomOf(state), found.number));
	state.say('muted', `No entry that is listed holds "${state.logSearch}".`);
};

const otherSource = (state: CockpitState, by: 1 | -1 | 'first' | 'last'): void => {
	const offered = selectOfferedSources(state);
	const at = Math.max(
		0,
		offered.findIndex(({id}) => id === state.logSource),
	);
	const next = by === 'first' ? 0 : by === 'last' ? offered.length - 1 : at + by;
	const source = offered[Math.max(0, Math.min(offered.length - 1, next))];
	if (source) state.chooseLog(source.id);
};

/** A move in the panel with focus. */
const moveKey = (
	name: string,
	keys: Binding['keys'],
	source: 1 | -1 | 'first' | 'last',
	move: (view: LogView, room: LogRoom) => LogView,
): Binding =>
	bind(
		scope,
		name,
		keys,
		name,
		({store}) => {
			const state = store.getState();
			if (isAtSources(state)) otherSource(state, source);
			else moveEntries(state, move);
		},
		{group: 'move', isHidden: true, refusal: noSource},
	);

const moves: readonly Binding[] = [
	moveKey('down', ['j', 'down'], 1, (view, room) => stepLogs(view, room, 1)),
	moveKey('up', ['k', 'up'], -1, (view, room) => stepLogs(view, room, -1)),
	moveKey('a page down', ['pagedown'], 'last', (view, room) => pageLogs(view, room, 1)),
	moveKey('a page up', ['pageup'], 'first', (view, room) => pageLogs(view, room, -1)),
	moveKey('first', ['g', 'home'], 'first', firstLog),
];

const otherPlace =
	(by: 1 | -1) =>
	({store, controller}: KeyContext): void => {
		const state = store.getState();
		const place = selectLogPlace(state);
		const hosts = hostsOf(state);
		const at = hosts.indexOf(state.logHost) + by;
		if (place && at >= 0 && at < hosts.length) return controller.logs.show(place.name, hosts[at]);
		const next = turned(targetsOf(state.environments), place, by);
		if (next) controller.logs.show(next.name);
	};

const searchKeys: readonly Binding[] = [
	bind(
		searching,
		'search',
		['enter'],
		'find',
		({store}) => {
			const state = store.getState();
			state.typeLogSearch(false);
			if (state.logSearch !== '') find(store.getState(), -1, true);
		},
		{isHidden: true, rank: 1},
	),
	bind(
		searching,
		'leave',
		['esc'],
		'leave the search',
		({store}) => {
			const state = store.getState();
			state.typeLogSearch(false);
			state.searchLogs('');
		},
		{isHidden: true, rank: 2},
	),
];

/** Keys of the logs. */
export const logsKeys: readonly Binding[] = [
	bind(scope, 'follow', ['G', 'end'], 'follow', changeView(followEnd), {rank: 1, refusal: noSource}),
	bind(scope, 'search', ['/'], 'search', ({store}) => store.getState().typeLogSearch(true), {
		rank: 2,
		refusal: noSource,
	}),
	bind(scope, 'next-match', ['n'], 'next', ({store}) => find(store.getState(), 1), {rank: 3, refusal: nothingSought}),
	bind(scope, 'previous-match', ['N'], 'previous', ({store}) => find(store.getState(), -1), {
		isHidden: true,
		refusal: nothingSought,
	}),
	bind(
		scope,
		'level',
		['v'],
		'level',
		({store}) => store.getState().limitLogs(nextLevel(store.getState().logLevel)),
		{rank: 4, refusal: noSource},
	),
	bind(
		scope,
		'time',
		['t'],
		'time',
		changeView(view => ({...view, hasTimes: !view.hasTimes})),
		{
			rank: 8,
			refusal: noSource,
		},
	),
	bind(
		scope,
		'wrap',
		['w'],
		'wrap',
		changeView(view => ({...view, isWrapped: !view.isWrapped})),
		{
			rank: 7,
			refusal: noSource,
		},
	),
	bind(scope, 'save', ['s'], 'save', ({controller}) => controller.logs.save(), {rank: 9, refusal: nothingListed}),
	bind(
		scope,
		'all',
		['a'],
		state => (state.isLogMerged ? 'one log' : 'all logs'),
		({store}) => store.getState().mergeLogs(),
		{
			rank: 6,
			refusal: noSource,
		},
	),
	bind(scope, 'unfold', ['enter'], state => (isAtSources(state) ? 'entries' : 'trace'), unfold, {
		rank: 5,
		refusal: noTrace,
	}),
	bind(scope, 'refresh', ['r'], 'ask again', ({controller}) => controller.logs.reload(), {
		rank: 12,
		refusal: noPlace,
	}),
	bind(
		scope,
		'next-environment',
		[']'],
		state => (hostsOf(state).length > 1 ? 'host' : 'environment'),
		otherPlace(1),
		{rank: 10, refusal: onePlace},
	),
	bind(scope, 'previous-environment', ['['], 'previous environment', otherPlace(-1), {
		isHidden: true,
		refusal: onePlace,
	}),
	...panelKeys(
		scope,
		['entries', 'sources'] as const,
		({logPanel}) => logPanel,
		({focusLogPanel}, panel) => focusLogPanel(panel),
		11,
	),
	...moves,
	backKey(scope, state => {
		if (state.logSearch !== '') state.searchLogs('');
		else state.show('overview');
	}),
	...searchKeys,
];

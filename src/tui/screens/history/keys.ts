import {historyKinds, peopleIn} from '../../../app/history/history.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {
	isHistoryFiltered,
	placeName,
	selectAllHistory,
	selectHistory,
	selectHistoryLine,
	selectRunLook,
} from '../../../store/history/history.ts';
import {turned} from '../../../store/list.ts';
import {targetsOf} from '../../../store/overview/overview-facts.ts';
import {bind, type Binding, type KeyContext} from '../../keys/binding.ts';
import {backKey, cursorKeys, filterKey, filterTypingKeys, scrollKeys} from '../../kit/list-keys.ts';

const scope = 'history';
const page = 'history.page';

const noLine = (state: CockpitState): string | undefined =>
	selectHistoryLine(state) ? undefined : 'nothing is recorded that fits';

const noRun = (state: CockpitState): string | undefined =>
	noLine(state) ?? (selectHistoryLine(state)?.run === undefined ? 'it is no run' : undefined);

const noLog = (state: CockpitState): string | undefined => {
	const refusal = noRun(state);
	if (refusal !== undefined) return refusal;
	const line = selectHistoryLine(state);
	if (line?.kind !== 'run') return 'it is no run';
	return (selectRunLook(state, line) ?? 'none') === 'none' ? 'this machine has no journal of that run' : undefined;
};

/** The one behind `now` in a list that ends with none of them. */
const nextOf = <Value>(values: readonly Value[], now: Value | undefined): Value | undefined =>
	now === undefined ? values[0] : values[values.indexOf(now) + 1];

/** A key that asks for other lines. */
const askKey = (
	name: string,
	key: string,
	label: string,
	ask: (state: CockpitState) => void,
	more: Pick<Binding, 'rank' | 'refusal' | 'isHidden'>,
): Binding => bind(scope, name, [key], label, ({store}) => ask(store.getState()), more);

const otherKind = (by: 1 | -1) => (state: CockpitState) => {
	const kind = turned(historyKinds, state.historyAsked.kind, by);
	if (kind) state.askHistory({kind});
};

/** The line a person looks at stays the one under the cursor, whatever is written meanwhile. */
const pinLine = (state: CockpitState): void => state.pointAt('history', selectHistoryLine(state)?.id);

const openReport = ({store}: KeyContext): void => {
	const state = store.getState();
	pinLine(state);
	state.openHistoryPage({kind: 'report'});
	state.scrollTo(0);
};

const openLog = ({store, controller}: KeyContext): void => {
	pinLine(store.getState());
	controller.history.openLog();
};

const isVerifying = ({historyChecks}: CockpitState): string | undefined =>
	Object.values(historyChecks).some(check => check?.state === 'checking') ? 'it is being verified' : undefined;

const sayRun = ({store}: KeyContext): void => {
	const state = store.getState();
	const line = selectHistoryLine(state);
	if (line?.run !== undefined) state.say('muted', `run ${line.run} on ${placeName(state, line.environment)}`);
};

const isLog = ({historyPage}: CockpitState): boolean => historyPage?.kind === 'log';

const pageKeys: readonly Binding[] = [
	backKey(page, ({openHistoryPage}) => openHistoryPage(undefined), {
		label: 'back to the list',
		keys: ['esc', 'enter', 'tab', 'shift-tab'],
		rank: 1,
	}),
	bind(
		page,
		'log',
		['o'],
		state => (isLog(state) ? 'report' : 'log'),
		context => (isLog(context.store.getState()) ? openReport(context) : openLog(context)),
		{rank: 2, refusal: noLog},
	),
	bind(page, 'run', ['y'], 'run id', sayRun, {rank: 3, refusal: noRun}),
	...scrollKeys(page),
];

/** Keys of the history. */
export const historyKeys: readonly Binding[] = [
	bind(scope, 'report', ['enter', 'tab'], 'report', openReport, {rank: 1, refusal: noLine}),
	bind(scope, 'log', ['o'], 'log', openLog, {rank: 2, refusal: noLog}),
	filterKey('history', 3),
	bind(scope, 'verify', ['v'], 'verify chain', ({controller}) => controller.history.verify(), {
		rank: 4,
		refusal: state =>
			targetsOf(state.environments).length === 0 ? 'no environment here has a host' : isVerifying(state),
	}),
	bind(scope, 'export', ['e'], 'export', ({controller}) => controller.history.export(), {rank: 5, refusal: noLine}),
	bind(scope, 'run', ['y'], 'run id', sayRun, {rank: 6, refusal: noRun}),
	askKey('next-kind', ']', 'kind', otherKind(1), {rank: 7}),
	askKey('previous-kind', '[', 'previous kind', otherKind(-1), {isHidden: true}),
	askKey(
		'app',
		'a',
		'app',
		state => state.askHistory({app: nextOf(['backend', 'frontend'] as const, state.historyAsked.app)}),
		{rank: 8},
	),
	askKey(
		'environment',
		't',
		'environment',
		state => {
			const names = targetsOf(state.environments).map(({name}) => name);
			state.askHistory({environment: nextOf(names, state.historyAsked.environment)});
		},
		{
			rank: 9,
			refusal: state =>
				targetsOf(state.environments).length > 1 ? undefined : 'there is no other environment with a host',
		},
	),
	askKey(
		'who',
		'w',
		'who',
		state => state.askHistory({who: nextOf(peopleIn(selectAllHistory(state)), state.historyAsked.who)}),
		{
			rank: 10,
			refusal: state => (selectAllHistory(state).length > 0 ? undefined : 'nothing is recorded yet'),
		},
	),
	bind(scope, 'refresh', ['r'], 'ask again', ({controller}) => controller.refresh(), {rank: 11}),
	...cursorKeys(
		scope,
		state => ({
			list: 'history',
			ids: selectHistory(state).map(({id}) => id),
			current: selectHistoryLine(state)?.id,
		}),
		noLine,
	),
	backKey(scope, state => {
		if (isHistoryFiltered(state)) state.askAllHistory();
		else state.show('overview');
	}),
	...pageKeys,
	...filterTypingKeys('history'),
];

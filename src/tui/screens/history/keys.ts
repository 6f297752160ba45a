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
import {targetsOf} from '../../../store/overview/overview-facts.ts';
import type {Binding, KeyContext} from '../../keys/binding.ts';

const scope = 'history';
const page = 'history.page';
const pageRows = 10;

const noLine = (state: CockpitState): string | undefined =>
	selectHistoryLine(state) ? undefined : 'nothing is recorded that fits';

const noRun = (state: CockpitState): string | undefined => {
	const refusal = noLine(state);
	if (refusal !== undefined) return refusal;
	return selectHistoryLine(state)?.run === undefined ? 'it is no run' : undefined;
};

const noLog = (state: CockpitState): string | undefined => {
	const refusal = noRun(state);
	if (refusal !== undefined) return refusal;
	const line = selectHistoryLine(state);
	if (line?.kind !== 'run') return 'it is no run';
	const look = selectRunLook(state, line);
	return look === undefined || look === 'none' ? 'this machine has no journal of that run' : undefined;
};

/** The one behind `now` in a list that ends with none of them. */
const nextOf = <Value>(values: readonly Value[], now: Value | undefined): Value | undefined =>
	now === undefined ? values[0] : values[values.indexOf(now) + 1];

const choose = (
	id: string,
	key: string,
	label: Binding['label'],
	rank: number,
	change: (state: CockpitState) => void,
	refusal?: Binding['refusal'],
): Binding => ({
	id: `history.${id}`,
	keys: [key],
	scope,
	label,
	group: 'here',
	rank,
	...(refusal ? {refusal} : {}),
	run: ({store}) => change(store.getState()),
});

const otherKind = (by: 1 | -1) => (state: CockpitState) => {
	const at = historyKinds.indexOf(state.historyAsked.kind);
	const next = historyKinds[(at + by + historyKinds.length) % historyKinds.length];
	if (next) state.askHistory({kind: next});
};

const move = (name: string, keys: Binding['keys'], to: (at: number, last: number) => number): Binding => ({
	id: `history.${name}`,
	keys,
	scope,
	label: name,
	group: 'move',
	isHidden: true,
	refusal: noLine,
	run: ({store}) => {
		const state = store.getState();
		const lines = selectHistory(state);
		const at = lines.findIndex(({id}) => id === selectHistoryLine(state)?.id);
		const line = lines[Math.max(0, Math.min(lines.length - 1, to(at, lines.length - 1)))];
		if (line) state.pointAt('history', line.id);
	},
});

const scrollKey = (name: string, keys: Binding['keys'], to: (state: CockpitState) => number): Binding => ({
	id: `history.page.${name}`,
	keys,
	scope: page,
	label: name,
	group: 'move',
	isHidden: true,
	run: ({store}) => store.getState().scrollTo(to(store.getState())),
});

/** The line a person looks at stays the one under the cursor, whatever is written meanwhile. */
const openReport = ({store}: KeyContext): void => {
	const state = store.getState();
	state.pointAt('history', selectHistoryLine(state)?.id);
	state.openHistoryPage({kind: 'report'});
	state.scrollTo(0);
};

const openLog = ({store, controller}: KeyContext): void => {
	const state = store.getState();
	state.pointAt('history', selectHistoryLine(state)?.id);
	controller.history.openLog();
};

const closePage = ({store}: KeyContext): void => {
	const state = store.getState();
	if (state.notice) state.hush();
	else state.openHistoryPage(undefined);
};

const isVerifying = ({historyChecks}: CockpitState): string | undefined =>
	Object.values(historyChecks).some(check => check?.state === 'checking') ? 'it is being verified' : undefined;

const sayRun = ({store}: KeyContext): void => {
	const state = store.getState();
	const line = selectHistoryLine(state);
	if (line?.run !== undefined) state.say('muted', `run ${line.run} on ${placeName(state, line.environment)}`);
};

const pageKeys: readonly Binding[] = [
	{
		id: 'history.page.back',
		keys: ['esc', 'enter', 'tab', 'shift-tab'],
		scope: page,
		label: 'back to the list',
		group: 'here',
		rank: 1,
		run: closePage,
	},
	{
		id: 'history.page.log',
		keys: ['o'],
		scope: page,
		label: state => (state.historyPage?.kind === 'log' ? 'report' : 'log'),
		group: 'here',
		rank: 2,
		refusal: noLog,
		run: context => (context.store.getState().historyPage?.kind === 'log' ? openReport(context) : openLog(context)),
	},
	{
		id: 'history.page.run',
		keys: ['y'],
		scope: page,
		label: 'run id',
		group: 'here',
		rank: 3,
		refusal: noRun,
		run: sayRun,
	},
	scrollKey('line down', ['j', 'down'], ({scroll}) => scroll + 1),
	scrollKey('line up', ['k', 'up'], ({scroll}) => scroll - 1),
	scrollKey('page down', ['pagedown'], ({scroll, pageRows}) => scroll + pageRows),
	scrollKey('page up', ['pageup'], ({scroll, pageRows}) => scroll - pageRows),
	scrollKey('top', ['g', 'home'], () => 0),
	scrollKey('bottom', ['G', 'end'], () => Number.MAX_SAFE_INTEGER),
];

const filterKeys: readonly Binding[] = [
	{
		id: 'history.filter.keep',
		keys: ['enter'],
		scope: 'history.filter',
		label: 'keep the filter',
		group: 'here',
		rank: 1,
		isHidden: true,
		run: ({store}) => store.getState().typeFilter('history', false),
	},
	{
		id: 'history.filter.leave',
		keys: ['esc'],
		scope: 'history.filter',
		label: 'show all',
		group: 'here',
		rank: 2,
		isHidden: true,
		run: ({store}) => store.getState().dropFilter('history'),
	},
];

/** Keys of the history. */
export const historyKeys: readonly Binding[] = [
	{
		id: 'history.report',
		keys: ['enter', 'tab'],
		scope,
		label: 'report',
		group: 'here',
		rank: 1,
		refusal: noLine,
		run: openReport,
	},
	{id: 'history.log', keys: ['o'], scope, label: 'log', group: 'here', rank: 2, refusal: noLog, run: openLog},
	{
		id: 'history.filter',
		keys: ['/'],
		scope,
		label: 'filter',
		group: 'move',
		rank: 3,
		run: ({store}) => store.getState().typeFilter('history', true),
	},
	{
		id: 'history.verify',
		keys: ['v'],
		scope,
		label: 'verify chain',
		group: 'here',
		rank: 4,
		refusal: state =>
			targetsOf(state.environments).length === 0 ? 'no environment here has a host' : isVerifying(state),
		run: ({controller}) => controller.history.verify(),
	},
	{
		id: 'history.export',
		keys: ['e'],
		scope,
		label: 'export',
		group: 'here',
		rank: 5,
		refusal: noLine,
		run: ({controller}) => controller.history.export(),
	},
	{id: 'history.run', keys: ['y'], scope, label: 'run id', group: 'here', rank: 6, refusal: noRun, run: sayRun},
	choose('next-kind', ']', 'kind', 7, otherKind(1)),
	{
		id: 'history.previous-kind',
		keys: ['['],
		scope,
		label: 'previous kind',
		group: 'here',
		isHidden: true,
		run: ({store}) => otherKind(-1)(store.getState()),
	},
	choose('app', 'a', 'app', 8, state =>
		state.askHistory({app: nextOf(['backend', 'frontend'] as const, state.historyAsked.app)}),
	),
	choose(
		'environment',
		't',
		'environment',
		9,
		state =>
			state.askHistory({
				environment: nextOf(
					targetsOf(state.environments).map(({name}) => name),
					state.historyAsked.environment,
				),
			}),
		state => (targetsOf(state.environments).length > 1 ? undefined : 'there is no other environment with a host'),
	),
	choose(
		'who',
		'w',
		'who',
		10,
		state => state.askHistory({who: nextOf(peopleIn(selectAllHistory(state)), state.historyAsked.who)}),
		state => (selectAllHistory(state).length > 0 ? undefined : 'nothing is recorded yet'),
	),
	{
		id: 'history.refresh',
		keys: ['r'],
		scope,
		label: 'ask again',
		group: 'here',
		rank: 11,
		run: ({controller}) => controller.refresh(),
	},
	move('down', ['j', 'down'], at => at + 1),
	move('up', ['k', 'up'], at => at - 1),
	move('a page down', ['pagedown'], at => at + pageRows),
	move('a page up', ['pageup'], at => at - pageRows),
	move('first', ['g', 'home'], () => 0),
	move('last', ['G', 'end'], (_, last) => last),
	{
		id: 'history.back',
		keys: ['esc'],
		scope,
		label: 'back',
		group: 'here',
		isHidden: true,
		run: ({store}) => {
			const state = store.getState();
			if (state.notice) state.hush();
			else if (isHistoryFiltered(state)) state.askAllHistory();
			else state.show('overview');
		},
	},
	...pageKeys,
	...filterKeys,
];

import type {CockpitState} from '../../../../store/create-store.ts';
import {findNext, follow, scrollOutput, toStart, type OutputView} from '../../../../store/runs/output-view.ts';
import {bind, type Binding, type KeyContext} from '../../../keys/binding.ts';

type Change = (view: OutputView, state: CockpitState) => OutputView;

const setView = ({store}: KeyContext, change: Change): void => {
	const state = store.getState();
	state.setOutputView(change(state.outputView, state));
};

const search = (context: KeyContext, direction: 'forward' | 'backward'): void => {
	const {outputView, output, say, setOutputView} = context.store.getState();
	const found = findNext(outputView, output, direction);
	if (found) return setOutputView(found);
	const {search: wanted} = outputView;
	say('muted', wanted === '' ? 'Nothing to search for: / begins.' : `No line of the output holds "${wanted}".`);
};

/** Stages that show the output of a run. */
export type OutputScope = 'deploy.run' | 'deploy.go-back' | 'deploy.done' | 'deploy.failed';

/** Scrolling, following and searching the output. */
export const outputKeys = (scope: OutputScope): readonly Binding[] => {
	const hidden = (name: string, keys: Binding['keys'], label: string, run: Binding['run']): Binding =>
		bind(scope, name, keys, label, run, {group: 'move', isHidden: true});
	const move = (name: string, keys: Binding['keys'], change: Change): Binding =>
		hidden(name, keys, name, context => setView(context, change));
	return [
		bind(
			scope,
			'output',
			['o'],
			state => (state.outputView.isWide ? 'panels' : 'output'),
			context => setView(context, view => ({...view, isWide: !view.isWide})),
			{rank: 3},
		),
		move('output up', ['k', 'up'], (view, {output}) => scrollOutput(view, output, -1)),
		move('output down', ['j', 'down'], (view, {output}) => scrollOutput(view, output, 1)),
		move('output page up', ['pageup'], (view, {output}) => scrollOutput(view, output, -view.rows)),
		move('output page down', ['pagedown'], (view, {output}) => scrollOutput(view, output, view.rows)),
		move('first output', ['g', 'home'], (view, {output}) => toStart(view, output)),
		move('follow the output', ['G', 'end'], view => follow(view)),
		hidden('search-next', ['n'], 'next match', context => search(context, 'forward')),
		hidden('search-previous', ['N'], 'previous match', context => search(context, 'backward')),
	];
};

/** Keys of the search field. */
export const searchKeys: readonly Binding[] = [
	bind(
		'deploy.search',
		'search',
		['enter'],
		'find',
		context => {
			context.store.getState().setSearching(false);
			if (context.store.getState().outputView.search !== '') search(context, 'backward');
		},
		{isHidden: true, rank: 1},
	),
	bind(
		'deploy.search',
		'leave-search',
		['esc'],
		'leave the search',
		({store}) => {
			const state = store.getState();
			state.setSearching(false);
			state.setOutputView({...state.outputView, search: '', hit: undefined});
		},
		{isHidden: true, rank: 2},
	),
];

import {deployWords} from '../../../domain/confirm.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {findNext, follow, scrollOutput, toStart, type OutputView} from '../../../store/output-view.ts';
import {hasSwapBegun, selectIsLinkLost} from '../../../store/run.ts';
import {
	resumeId,
	selectHighlighted,
	selectIsAdopted,
	selectOption,
	selectReview,
	selectWord,
	type ReviewPage,
} from '../../../store/wizard.ts';
import type {Binding, KeyContext, Scope} from '../../keys/binding.ts';

const here = (
	scope: Scope,
	name: string,
	keys: Binding['keys'],
	label: Binding['label'],
	run: Binding['run'],
	more: Partial<Pick<Binding, 'rank' | 'isHidden' | 'refusal' | 'group'>> = {},
): Binding => ({id: `${scope}.${name}`, keys, scope, label, group: 'here', run, ...more});

const nothing = (): void => undefined;

const adoptRefusal = (state: CockpitState): string | undefined => {
	const option = selectOption(state);
	if (!option || selectHighlighted(state) === resumeId) return 'choose an app first';
	if (option.refusal) return option.refusal.why;
	const isAdopted = selectIsAdopted(state, option.environment);
	if (isAdopted === undefined) return 'the host has not answered yet';
	return isAdopted ? 'it is adopted already' : undefined;
};

const adopt = ({store}: KeyContext): void => {
	const state = store.getState();
	const option = selectOption(state);
	if (option) state.askWords('adopt', {app: option.app, environment: option.environment}, ['adopt']);
};

/** Ink's menu answers Enter and the arrows itself; these entries show them. */
const chooseKeys: readonly Binding[] = [
	here(
		'deploy.choose',
		'pick',
		['enter'],
		state => (selectHighlighted(state) === resumeId ? 'resume the run' : 'review'),
		({store}) => {
			const state = store.getState();
			state.pick(selectHighlighted(state) ?? '');
		},
		{rank: 1, refusal: state => selectOption(state)?.refusal?.why},
	),
	here('deploy.choose', 'move', ['up', 'down', 'j', 'k'], 'choose', nothing, {
		rank: 2,
		group: 'move',
		isHidden: true,
	}),
	here('deploy.choose', 'adopt', ['A'], 'adopt the host, asks', adopt, {rank: 3, refusal: adoptRefusal}),
];

const backToChoose = ({store}: KeyContext): void => store.getState().setStage('choose');

const reviewRefusal = (state: CockpitState): string | undefined => {
	if (state.review.state === 'loading') return 'the host is still being asked';
	const review = selectReview(state);
	if (!review) return 'the review could not be made: r asks again';
	return review.refusal && `blocked: ${review.refusal.why}`;
};

const goOn = ({store}: KeyContext): void => {
	const state = store.getState();
	const review = selectReview(state);
	if (review) state.askWords('deploy', {app: review.app, environment: review.environment}, deployWords(review));
};

const page = (name: Exclude<ReviewPage, 'summary'>, key: string, rank: number): Binding =>
	here(
		'deploy.review',
		name,
		[key],
		name === 'commands' ? 'every command' : name,
		({store}) => {
			const {reviewPage, openPage} = store.getState();
			openPage(reviewPage === name ? 'summary' : name);
		},
		{rank, refusal: state => (selectReview(state) ? undefined : 'nothing is known yet')},
	);

const scrollList = (name: string, keys: Binding['keys'], to: (state: CockpitState) => number): Binding =>
	here('deploy.review', name, keys, name, ({store}) => store.getState().scrollTo(to(store.getState())), {
		group: 'move',
		isHidden: true,
	});

const isNotAdopted = (state: CockpitState): boolean => selectReview(state)?.refusal?.code === 'answer-needed';

const reviewKeys: readonly Binding[] = [
	here(
		'deploy.review',
		'go-on',
		['enter'],
		state => `go on to ${deployWords(selectReview(state) ?? {tier: 'preprod'})[0] ?? ''}`,
		goOn,
		{rank: 1, refusal: reviewRefusal},
	),
	page('commits', 'l', 2),
	page('files', 'f', 3),
	page('commands', 'P', 4),
	here(
		'deploy.review',
		'again',
		['r'],
		'ask again',
		({store, controller}) => {
			const {choice} = store.getState();
			if (choice) controller.review(choice);
		},
		{rank: 6},
	),
	here(
		'deploy.review',
		'adopt',
		['A'],
		'adopt the host, asks',
		({store}) => {
			const {choice, askWords} = store.getState();
			if (choice) askWords('adopt', choice, ['adopt']);
		},
		{refusal: state => (isNotAdopted(state) ? undefined : 'it is adopted already')},
	),
	here(
		'deploy.review',
		'back',
		['esc'],
		'back',
		({store}) => {
			const {reviewPage, openPage, setStage, notice, hush} = store.getState();
			if (notice) hush();
			else if (reviewPage === 'summary') setStage('choose');
			else openPage('summary');
		},
		{rank: 5},
	),
	scrollList('down', ['j', 'down'], ({scroll}) => scroll + 1),
	scrollList('up', ['k', 'up'], ({scroll}) => scroll - 1),
	scrollList('page down', ['pagedown', 'space'], ({scroll, pageRows}) => scroll + pageRows),
	scrollList('page up', ['pageup'], ({scroll, pageRows}) => scroll - pageRows),
	scrollList('first', ['g', 'home'], () => 0),
	scrollList('last', ['G', 'end'], () => Number.MAX_SAFE_INTEGER),
];

const wordRefusal = (state: CockpitState): string | undefined => {
	const word = selectWord(state) ?? '';
	return state.typed === word ? undefined : `the word is ${word}, exactly; nothing was changed`;
};

const confirmKeys: readonly Binding[] = [
	here(
		'deploy.confirm',
		'start',
		['enter'],
		'start, when the word is complete',
		({controller}) => controller.confirm(),
		{rank: 1, refusal: wordRefusal, group: 'danger', isHidden: true},
	),
	here(
		'deploy.confirm',
		'back',
		['esc'],
		'cancel',
		({store}) => {
			const {intent, setStage} = store.getState();
			setStage(intent === 'deploy' ? 'review' : 'choose');
		},
		{rank: 2},
	),
];

const setView = ({store}: KeyContext, change: (view: OutputView, state: CockpitState) => OutputView): void => {
	const state = store.getState();
	state.setOutputView(change(state.outputView, state));
};

const search = (context: KeyContext, direction: 'forward' | 'backward'): void => {
	const {outputView, output, say, setOutputView} = context.store.getState();
	const found = findNext(outputView, output, direction);
	if (found) setOutputView(found);
	else
		say(
			'muted',
			outputView.search === ''
				? 'Nothing to search for: / begins.'
				: `No line of the output holds "${outputView.search}".`,
		);
};

type OutputScope = 'deploy.run' | 'deploy.done' | 'deploy.failed';

const outputKeys = (scope: OutputScope): readonly Binding[] => {
	const move = (
		name: string,
		keys: Binding['keys'],
		change: (view: OutputView, state: CockpitState) => OutputView,
	): Binding => here(scope, name, keys, name, context => setView(context, change), {group: 'move', isHidden: true});
	return [
		here(
			scope,
			'output',
			['o'],
			state => (state.outputView.isWide ? 'panels' : 'output'),
			context => setView(context, view => ({...view, isWide: !view.isWide})),
			{rank: 2},
		),
		move('output up', ['k', 'up'], (view, {output}) => scrollOutput(view, output, -1)),
		move('output down', ['j', 'down'], (view, {output}) => scrollOutput(view, output, 1)),
		move('output page up', ['pageup'], (view, {output}) => scrollOutput(view, output, -view.rows)),
		move('output page down', ['pagedown'], (view, {output}) => scrollOutput(view, output, view.rows)),
		move('first output', ['g', 'home'], (view, {output}) => toStart(view, output)),
		move('follow the output', ['G', 'end'], view => follow(view)),
		here(scope, 'search-next', ['n'], 'next match', context => search(context, 'forward'), {
			group: 'move',
			isHidden: true,
		}),
		here(scope, 'search-previous', ['N'], 'previous match', context => search(context, 'backward'), {
			group: 'move',
			isHidden: true,
		}),
	];
};

const cancelRefusal = (state: CockpitState): string | undefined => {
	if (!state.isDriving) return 'no run is under way';
	return hasSwapBegun(state.run) ? 'too late: the swap has begun, the run goes on to its end' : undefined;
};

const linkRefusal = (state: CockpitState): string | undefined =>
	selectIsLinkLost(state) ? undefined : 'the connection is up';

const runKeys: readonly Binding[] = [
	here('deploy.run', 'try-now', ['enter'], 'try now', ({controller}) => controller.reconnect(), {
		refusal: linkRefusal,
	}),
	here('deploy.run', 'leave', ['D'], 'leave it running', ({controller}) => controller.leaveRun(), {
		refusal: linkRefusal,
	}),
	...outputKeys('deploy.run'),
	here(
		'deploy.run',
		'search',
		['/'],
		'search',
		({store}) => {
			const state = store.getState();
			state.setOutputView({...state.outputView, search: '', hit: undefined});
			state.setSearching(true);
		},
		{rank: 3},
	),
	here(
		'deploy.run',
		'cancel',
		['c'],
		'cancel: live stays as it is',
		({store}) => store.getState().open({kind: 'cancel', selected: 'stay'}),
		{rank: 4, group: 'danger', refusal: cancelRefusal},
	),
	here(
		'deploy.run',
		'back',
		['esc'],
		'back',
		({store}) => {
			const state = store.getState();
			if (state.notice) state.hush();
			else if (state.outputView.search !== '')
				state.setOutputView({...state.outputView, search: '', hit: undefined});
			else if (state.outputView.isWide) state.setOutputView({...state.outputView, isWide: false});
			else state.show('overview');
		},
		{isHidden: true},
	),
];

const searchKeys: readonly Binding[] = [
	here(
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
	here(
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

const isLeft = ({run}: CockpitState): boolean => run?.finished?.outcome === 'left';

const endedEsc = (scope: OutputScope): Binding =>
	here(
		scope,
		'back',
		['esc'],
		'choose',
		context => {
			const {notice, hush, outputView} = context.store.getState();
			if (notice) hush();
			else if (outputView.isWide) setView(context, view => ({...view, isWide: false}));
			else backToChoose(context);
		},
		{isHidden: true},
	);

const endedKeys: readonly Binding[] = [
	here('deploy.done', 'choose', ['enter'], 'choose', backToChoose, {rank: 1}),
	...outputKeys('deploy.done'),
	endedEsc('deploy.done'),
	here(
		'deploy.failed',
		'go-on',
		['enter'],
		state => (isLeft(state) ? 'resume the run' : 'choose'),
		context => {
			const {run} = context.store.getState();
			if (isLeft(context.store.getState()) && run?.record) context.controller.resume(run.record.run);
			else backToChoose(context);
		},
		{rank: 1},
	),
	...outputKeys('deploy.failed'),
	endedEsc('deploy.failed'),
];

/** The keys of every stage of a deploy. */
export const deployKeys: readonly Binding[] = [
	...chooseKeys,
	...reviewKeys,
	...confirmKeys,
	...runKeys,
	...searchKeys,
	...endedKeys,
];

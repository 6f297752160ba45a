import type {Prompt} from '../../../../domain/runs/prompt.ts';
import type {CockpitState} from '../../../../store/create-store.ts';
import {moved} from '../../../../store/list.ts';
import {promptViewOf, selectShownPrompt, type PromptView} from '../../../../store/runs/run-prompt.ts';
import {bind, type Binding, type KeyContext} from '../../../keys/binding.ts';
import {outputKeys} from './output-keys.ts';

const scope = 'deploy.prompt';

const chosen = (state: CockpitState): string => {
	const prompt = selectShownPrompt(state);
	if (!prompt) return 'do it';
	const {choice} = promptViewOf(prompt, state.promptView);
	return prompt.choices.find(({id}) => id === choice)?.label.toLowerCase() ?? 'do it';
};

/** Does something with the question that is shown, if there is one. */
const withPrompt =
	(act: (prompt: Prompt, view: PromptView, context: KeyContext) => void): Binding['run'] =>
	context => {
		const state = context.store.getState();
		const prompt = selectShownPrompt(state);
		if (prompt) act(prompt, promptViewOf(prompt, state.promptView), context);
	};

const answer = withPrompt(({id}, {choice}, {controller}) => controller.runs.answer(id, choice));

const choose = (by: number): Binding['run'] =>
	withPrompt(({choices}, view, {store}) => {
		const at = choices.findIndex(({id}) => id === view.choice);
		const next = moved(choices, at, now => now + by);
		if (next) store.getState().setPromptView({...view, choice: next.id});
	});

const turn = (by: number): Binding['run'] =>
	withPrompt((_, view, {store}) => store.getState().setPromptView({...view, page: view.page + by}));

const noAnswer =
	(text: string) =>
	({store}: KeyContext): void => {
		const {notice, hush, say} = store.getState();
		if (notice) hush();
		else say('muted', text);
	};

/** Answers a failed run by its key alone: every second counts, and both answers were asked for. */
const decide = (key: string, choice: 'back' | 'keep', label: string, rank: number): Binding =>
	bind(
		'deploy.go-back',
		choice,
		[key],
		label,
		withPrompt(({id}, _, {controller}) => controller.runs.answer(id, choice)),
		{rank, group: 'danger'},
	);

/** Keys of the questions a run asks. */
export const promptKeys: readonly Binding[] = [
	bind(scope, 'previous', ['up', 'k'], 'choose', choose(-1), {rank: 1, group: 'move', isHidden: true}),
	bind(scope, 'next', ['down', 'j'], 'next', choose(1), {group: 'move', isHidden: true}),
	bind(scope, 'answer', ['enter'], chosen, answer, {rank: 2, isHidden: true}),
	bind(scope, 'sql', ['v', 'pagedown'], 'more of the SQL', turn(1), {rank: 3}),
	bind(scope, 'sql-back', ['pageup'], 'less of the SQL', turn(-1), {group: 'move', isHidden: true}),
	bind(scope, 'esc', ['esc'], 'answers nothing', noAnswer('The run waits for an answer: choose one, then Enter.'), {
		isHidden: true,
	}),
	decide('R', 'back', 'roll back now', 1),
	decide('i', 'keep', 'keep it and look', 2),
	...outputKeys('deploy.go-back'),
	bind(
		'deploy.go-back',
		'esc',
		['esc'],
		'answers nothing',
		noAnswer('The run waits for an answer: R rolls back now, i keeps it.'),
		{isHidden: true},
	),
];

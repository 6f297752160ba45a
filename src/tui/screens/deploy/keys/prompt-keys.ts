import type {CockpitState} from '../../../../store/create-store.ts';
import {promptViewOf, selectShownPrompt} from '../../../../store/runs/run-prompt.ts';
import type {Binding, KeyContext} from '../../../keys/binding.ts';
import {here} from './here.ts';
import {outputKeys} from './output-keys.ts';

const scope = 'deploy.prompt';

const chosen = (state: CockpitState): string => {
	const prompt = selectShownPrompt(state);
	if (!prompt) return 'do it';
	const {choice} = promptViewOf(prompt, state.promptView);
	return prompt.choices.find(({id}) => id === choice)?.label.toLowerCase() ?? 'do it';
};

const answer = ({store, controller}: KeyContext): void => {
	const state = store.getState();
	const prompt = selectShownPrompt(state);
	if (prompt) controller.runs.answer(prompt.id, promptViewOf(prompt, state.promptView).choice);
};

const choose =
	(by: number) =>
	({store}: KeyContext): void => {
		const state = store.getState();
		const prompt = selectShownPrompt(state);
		if (!prompt) return;
		const view = promptViewOf(prompt, state.promptView);
		const at = prompt.choices.findIndex(({id}) => id === view.choice) + by;
		const next = prompt.choices[Math.max(0, Math.min(prompt.choices.length - 1, at))];
		if (next) state.setPromptView({...view, choice: next.id});
	};

const turn =
	(by: number) =>
	({store}: KeyContext): void => {
		const state = store.getState();
		const prompt = selectShownPrompt(state);
		if (!prompt) return;
		const view = promptViewOf(prompt, state.promptView);
		state.setPromptView({...view, page: view.page + by});
	};

const noAnswer =
	(text: string) =>
	({store}: KeyContext): void => {
		const {notice, hush, say} = store.getState();
		if (notice) hush();
		else say('muted', text);
	};

/** Answers a failed run by its key alone: every second counts, and both answers were asked for. */
const decide = (key: string, choice: 'back' | 'keep', label: string, rank: number): Binding =>
	here(
		'deploy.go-back',
		choice,
		[key],
		label,
		({store, controller}) => {
			const prompt = selectShownPrompt(store.getState());
			if (prompt) controller.runs.answer(prompt.id, choice);
		},
		{rank, group: 'danger'},
	);

/** Keys of the questions a run asks. */
export const promptKeys: readonly Binding[] = [
	here(scope, 'previous', ['up', 'k'], 'choose', choose(-1), {rank: 1, group: 'move', isHidden: true}),
	here(scope, 'next', ['down', 'j'], 'next', choose(1), {group: 'move', isHidden: true}),
	here(scope, 'answer', ['enter'], chosen, answer, {rank: 2, isHidden: true}),
	here(scope, 'sql', ['v', 'pagedown'], 'more of the SQL', turn(1), {rank: 3}),
	here(scope, 'sql-back', ['pageup'], 'less of the SQL', turn(-1), {group: 'move', isHidden: true}),
	here(scope, 'esc', ['esc'], 'answers nothing', noAnswer('The run waits for an answer: choose one, then Enter.'), {
		isHidden: true,
	}),
	decide('R', 'back', 'roll back now', 1),
	decide('i', 'keep', 'keep it and look', 2),
	...outputKeys('deploy.go-back'),
	here(
		'deploy.go-back',
		'esc',
		['esc'],
		'answers nothing',
		noAnswer('The run waits for an answer: R rolls back now, i keeps it.'),
		{isHidden: true},
	),
];

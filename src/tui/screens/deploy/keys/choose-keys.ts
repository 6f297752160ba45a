import type {CockpitState} from '../../../../store/create-store.ts';
import {resumeId, selectHighlighted, selectIsAdopted, selectOption} from '../../../../store/deploy/wizard.ts';
import {bind, type Binding, type KeyContext} from '../../../keys/binding.ts';

const nothing = (): void => undefined;

const adoptRefusal = (state: CockpitState): string | undefined => {
	const option = selectOption(state);
	if (!option || selectHighlighted(state) === resumeId) return 'choose an app first';
	if (option.refusal) return option.refusal.why;
	const isAdopted = selectIsAdopted(state, option);
	if (isAdopted === undefined) return 'the host has not answered yet';
	return isAdopted ? 'it is adopted already' : undefined;
};

const adopt = ({store}: KeyContext): void => {
	const state = store.getState();
	const option = selectOption(state);
	if (option) state.askWords('adopt', {app: option.app, environment: option.environment}, ['adopt']);
};

/** Ink's menu answers Enter and the arrows itself; these entries show them. */
export const chooseKeys: readonly Binding[] = [
	bind(
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
	bind('deploy.choose', 'move', ['up', 'down', 'j', 'k'], 'choose', nothing, {
		rank: 2,
		group: 'move',
		isHidden: true,
	}),
	bind('deploy.choose', 'adopt', ['A'], 'adopt the host, asks', adopt, {rank: 3, refusal: adoptRefusal}),
];

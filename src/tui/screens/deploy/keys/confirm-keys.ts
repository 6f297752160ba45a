import {wordRefusal} from '../../../../domain/runs/confirm.ts';
import type {CockpitState} from '../../../../store/create-store.ts';
import {isStopped, selectWord} from '../../../../store/deploy/wizard.ts';
import {bind, type Binding} from '../../../keys/binding.ts';

const startRefusal = (state: CockpitState): string | undefined => {
	const word = selectWord(state);
	if (word === undefined) return 'no word is asked for';
	const refusal = isStopped(state) ? undefined : wordRefusal(word, state.typed);
	return refusal && `${refusal}; nothing was changed`;
};

const startLabel = (state: CockpitState): string => {
	if (isStopped(state)) return 'stop: not the word';
	return state.wordIndex + 1 < state.words.length
		? 'confirm, when the word is complete'
		: 'start, when the word is complete';
};

export const confirmKeys: readonly Binding[] = [
	bind('deploy.confirm', 'start', ['enter'], startLabel, ({controller}) => controller.deploy.confirm(), {
		rank: 1,
		refusal: startRefusal,
		group: 'danger',
		isHidden: true,
	}),
	bind(
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

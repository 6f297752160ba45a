import type {CockpitState} from '../../../../store/create-store.ts';
import {isStopped, selectWord} from '../../../../store/deploy/wizard.ts';
import type {Binding} from '../../../keys/binding.ts';
import {here} from './here.ts';

const wordRefusal = (state: CockpitState): string | undefined => {
	const word = selectWord(state) ?? '';
	if (isStopped(state)) return undefined;
	return state.typed === word ? undefined : `the word is ${word}, exactly; nothing was changed`;
};

const startLabel = (state: CockpitState): string => {
	if (isStopped(state)) return 'stop: not the word';
	return state.wordIndex + 1 < state.words.length
		? 'confirm, when the word is complete'
		: 'start, when the word is complete';
};

export const confirmKeys: readonly Binding[] = [
	here('deploy.confirm', 'start', ['enter'], startLabel, ({controller}) => controller.deploy.confirm(), {
		rank: 1,
		refusal: wordRefusal,
		group: 'danger',
		isHidden: true,
	}),
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

import type {CockpitState} from '../../../../store/create-store.ts';
import {selectWord} from '../../../../store/wizard.ts';
import type {Binding} from '../../../keys/binding.ts';
import {here} from './here.ts';

const wordRefusal = (state: CockpitState): string | undefined => {
	const word = selectWord(state) ?? '';
	return state.typed === word ? undefined : `the word is ${word}, exactly; nothing was changed`;
};

export const confirmKeys: readonly Binding[] = [
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

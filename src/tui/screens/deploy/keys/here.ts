import type {KeyContext, Binding, KeyScope} from '../../../keys/binding.ts';

/** A key of one stage; its id is the stage and a name. */
export const here = (
	scope: KeyScope,
	name: string,
	keys: Binding['keys'],
	label: Binding['label'],
	run: Binding['run'],
	more: Partial<Pick<Binding, 'rank' | 'isHidden' | 'refusal' | 'group'>> = {},
): Binding => ({id: `${scope}.${name}`, keys, scope, label, group: 'here', run, ...more});

/** Back to the list of what can be deployed. */
export const backToChoose = ({store}: KeyContext): void => store.getState().setStage('choose');

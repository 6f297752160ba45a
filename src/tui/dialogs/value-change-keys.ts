import type {CockpitState} from '../../store/create-store.ts';
import {turned} from '../../store/list.ts';
import {goOnRefusal, isOtherChangeWord, placeOfChange} from '../../store/environments/value-change.ts';
import {bind, type Binding} from '../keys/binding.ts';

const scope = 'environments.change';

const goOnLabel = ({valueChange}: CockpitState): string => {
	if (valueChange && placeOfChange(valueChange).word === undefined) return 'write it';
	if (valueChange?.at !== 'word') return 'go on to the word';
	return isOtherChangeWord(valueChange) ? 'cancel: not the word' : 'set it, when the word is complete';
};

const placeRefusal = ({valueChange}: CockpitState): string | undefined => {
	if (!valueChange) return 'nothing is asked';
	if (valueChange.at !== 'value') return 'the place is settled: Esc begins again';
	return valueChange.places.length > 1 ? undefined : 'there is no other environment with this app';
};

const otherPlace = (name: string, key: string, label: string, by: 1 | -1, rank?: number): Binding =>
	bind(
		scope,
		name,
		[key],
		label,
		({store}) => {
			const {valueChange, changeValueAt} = store.getState();
			const next = valueChange && turned(valueChange.places, placeOfChange(valueChange), by);
			if (next) changeValueAt(next.name);
		},
		{isHidden: true, rank, refusal: placeRefusal},
	);

/** Keys of the dialog that takes a value and its word. */
export const valueChangeKeys: readonly Binding[] = [
	bind(scope, 'go-on', ['enter'], goOnLabel, ({controller}) => controller.environments.goOn(), {
		group: 'danger',
		rank: 1,
		isHidden: true,
		refusal: ({valueChange}) => valueChange && goOnRefusal(valueChange),
	}),
	bind(scope, 'cancel', ['esc'], 'cancel', ({store}) => store.getState().closeValueChange(), {
		rank: 2,
		isHidden: true,
	}),
	otherPlace('place', 'tab', 'other environment', 1, 3),
	otherPlace('place-back', 'shift-tab', 'environment before', -1),
];

import type {CockpitState} from '../../store/create-store.ts';
import {isOtherSwitchWord, setOfSwitch, switchRefusal} from '../../store/environments/values-switch.ts';
import {moved, turned, type Move} from '../../store/list.ts';
import {bind, type Binding, type KeyContext, type KeyScope} from '../keys/binding.ts';
import {moveKeys} from '../kit/list-keys.ts';

const scope = 'environments.use';
const word = 'environments.use-word';

const notChoosing = ({valuesSwitch}: CockpitState): string | undefined =>
	valuesSwitch?.at === 'set' ? undefined : 'it is settled: Esc begins again';

const move = ({valuesSwitch, chooseSet}: CockpitState, to: Move): void => {
	const next = valuesSwitch && moved(valuesSwitch.sets, valuesSwitch.sets.indexOf(setOfSwitch(valuesSwitch)), to);
	if (next) chooseSet(next.name);
};

const turn =
	(by: 1 | -1) =>
	({store}: KeyContext): void => {
		const {valuesSwitch, chooseSet} = store.getState();
		const next = valuesSwitch && turned(valuesSwitch.sets, setOfSwitch(valuesSwitch), by);
		if (next) chooseSet(next.name);
	};

const goOn = (where: KeyScope, label: Binding['label']): Binding =>
	bind(where, 'go-on', ['enter'], label, ({controller}) => controller.environments.goOnSwitch(), {
		group: 'danger',
		rank: 1,
		isHidden: true,
		refusal: ({valuesSwitch}) => valuesSwitch && switchRefusal(valuesSwitch),
	});

const cancel = (where: KeyScope): Binding =>
	bind(where, 'cancel', ['esc'], 'cancel', ({store}) => store.getState().closeValuesSwitch(), {
		rank: 2,
		isHidden: true,
	});

/** Keys of the dialog that gives the working copy another set of values. */
export const valuesSwitchKeys: readonly Binding[] = [
	goOn(scope, 'switch to it'),
	cancel(scope),
	bind(scope, 'next', ['tab'], 'next', turn(1), {isHidden: true, refusal: notChoosing}),
	bind(scope, 'before', ['shift-tab'], 'before', turn(-1), {isHidden: true, refusal: notChoosing}),
	...moveKeys(scope, {act: move, refusal: notChoosing}),
	goOn(word, ({valuesSwitch}) =>
		valuesSwitch && isOtherSwitchWord(valuesSwitch) ? 'cancel: not the word' : 'switch, when the word is complete',
	),
	cancel(word),
];

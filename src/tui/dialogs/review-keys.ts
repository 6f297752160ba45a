import {rollbackWord} from '../../domain/runs/confirm.ts';
import type {CockpitState} from '../../store/create-store.ts';
import {gateReview, isOtherWord, takesWord} from '../../store/rollback/rollback-review.ts';
import type {Binding} from '../keys/binding.ts';

const scope = 'rollback.gate';
const pageRows = 10;

const wordRefusal = ({gate}: CockpitState): string | undefined => {
	if (!gate || gate.review.state === 'loading') return 'the host is still being asked';
	if (gate.review.state === 'failed') return gate.review.problem.why;
	const refusal = gateReview(gate)?.refusal;
	if (refusal) return refusal.why;
	if (!takesWord(gate)) return 'Tab goes back to the word';
	return gate.typed === rollbackWord || isOtherWord(gate)
		? undefined
		: `the word is ${rollbackWord}, exactly; nothing was changed`;
};

const startLabel = ({gate}: CockpitState): string =>
	gate && isOtherWord(gate) ? 'cancel: not the word' : 'start, when the word is complete';

const isListing = ({gate}: CockpitState): boolean => gate?.page === 'commands';

const scroll = (name: string, key: string, by: number): Binding => ({
	id: `${scope}.${name}`,
	keys: [key],
	scope,
	label: name,
	group: 'move',
	isHidden: true,
	refusal: state => (isListing(state) ? undefined : 'Tab shows every command first'),
	run: ({store}) => {
		const {gate, changeGate} = store.getState();
		if (gate) changeGate({scroll: Math.max(0, gate.scroll + by)});
	},
});

/** Keys of the dialog that takes the word of a rollback. */
export const gateKeys: readonly Binding[] = [
	{
		id: `${scope}.start`,
		keys: ['enter'],
		scope,
		label: startLabel,
		group: 'danger',
		rank: 1,
		isHidden: true,
		refusal: wordRefusal,
		run: ({controller}) => controller.confirmRollback(),
	},
	{
		id: `${scope}.cancel`,
		keys: ['esc'],
		scope,
		label: 'cancel',
		group: 'here',
		rank: 2,
		isHidden: true,
		run: ({store}) => {
			const {gate, changeGate, closeGate} = store.getState();
			if (gate?.page === 'commands') changeGate({page: 'summary', scroll: 0});
			else closeGate();
		},
	},
	{
		id: `${scope}.commands`,
		keys: ['tab'],
		scope,
		label: state => (isListing(state) ? 'the word' : 'every command'),
		group: 'here',
		rank: 3,
		isHidden: true,
		refusal: state => (gateReview(state.gate) ? undefined : 'nothing is known yet'),
		run: ({store}) => {
			const {gate, changeGate} = store.getState();
			changeGate({page: gate?.page === 'commands' ? 'summary' : 'commands', scroll: 0});
		},
	},
	scroll('down', 'down', 1),
	scroll('up', 'up', -1),
	scroll('page down', 'pagedown', pageRows),
	scroll('page up', 'pageup', -pageRows),
];

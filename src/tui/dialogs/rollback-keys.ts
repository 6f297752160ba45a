import {rollbackWord, wordRefusal} from '../../domain/runs/confirm.ts';
import type {CockpitState} from '../../store/create-store.ts';
import {shownReview, isOtherWord, takesWord} from '../../store/rollback/rollback-review.ts';
import {bind, type Binding} from '../keys/binding.ts';

const scope = 'rollback.review';
const pageRows = 10;

const startRefusal = ({rollback}: CockpitState): string | undefined => {
	if (!rollback || rollback.review.state === 'loading') return 'the host is still being asked';
	if (rollback.review.state === 'failed') return rollback.review.problem.why;
	const refusal = shownReview(rollback)?.refusal;
	if (refusal) return refusal.why;
	if (!takesWord(rollback)) return 'Tab goes back to the word';
	const wrong = isOtherWord(rollback) ? undefined : wordRefusal(rollbackWord, rollback.typed);
	return wrong && `${wrong}; nothing was changed`;
};

const startLabel = ({rollback}: CockpitState): string =>
	rollback && isOtherWord(rollback) ? 'cancel: not the word' : 'start, when the word is complete';

const isListing = ({rollback}: CockpitState): boolean => rollback?.page === 'commands';

const scroll = (name: string, key: string, by: number): Binding =>
	bind(
		scope,
		name,
		[key],
		name,
		({store}) => {
			const {rollback, scrollRollback} = store.getState();
			if (rollback) scrollRollback(rollback.scroll + by);
		},
		{
			group: 'move',
			isHidden: true,
			refusal: state => (isListing(state) ? undefined : 'Tab shows every command first'),
		},
	);

/** Keys of the dialog that takes the word of a rollback. */
export const rollbackKeys: readonly Binding[] = [
	bind(scope, 'start', ['enter'], startLabel, ({controller}) => controller.rollback.confirm(), {
		group: 'danger',
		rank: 1,
		isHidden: true,
		refusal: startRefusal,
	}),
	bind(
		scope,
		'cancel',
		['esc'],
		'cancel',
		({store}) => {
			const state = store.getState();
			if (isListing(state)) state.turnRollback('summary');
			else state.closeRollback();
		},
		{rank: 2, isHidden: true},
	),
	bind(
		scope,
		'commands',
		['tab'],
		state => (isListing(state) ? 'the word' : 'every command'),
		({store}) => {
			const state = store.getState();
			state.turnRollback(isListing(state) ? 'summary' : 'commands');
		},
		{
			rank: 3,
			isHidden: true,
			refusal: state => (shownReview(state.rollback) ? undefined : 'nothing is known yet'),
		},
	),
	scroll('down', 'down', 1),
	scroll('up', 'up', -1),
	scroll('page down', 'pagedown', pageRows),
	scroll('page up', 'pageup', -pageRows),
];

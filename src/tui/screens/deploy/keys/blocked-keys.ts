import {leastEmergencyReason, reasonRefusal} from '../../../../domain/reason.ts';
import {blockingItems, lockRun, refuseGoing} from '../../../../store/deploy/blocked.ts';
import type {CockpitState} from '../../../../store/create-store.ts';
import {selectReview} from '../../../../store/deploy/wizard.ts';
import {bind, type Binding, type KeyContext} from '../../../keys/binding.ts';
import {backKey} from '../../../kit/list-keys.ts';
import {guideKey} from './guide-key.ts';
import {approveKey, askAgain, page} from './review-keys.ts';

const scope = 'deploy.blocked';

const goLabel = (state: CockpitState): string => {
	const review = selectReview(state);
	const [worst] = review ? blockingItems(review) : [];
	return worst === undefined ? 'go to the item' : `go to the ${worst.state} item`;
};

/** Opens the checklist at the worst item; with all items in sight, or only those that are open. */
const goTo =
	(isOnlyOpen: boolean) =>
	({store, controller}: KeyContext): void => {
		const review = selectReview(store.getState());
		const [worst] = review ? blockingItems(review) : [];
		if (review && worst) controller.checklist.open({app: review.app, item: worst.item.id, isOnlyOpen});
	};

/** Keys of the page that says what closes the gates. */
export const blockedKeys: readonly Binding[] = [
	bind(scope, 'item', ['enter'], goLabel, goTo(false), {rank: 1, refusal: refuseGoing}),
	bind(scope, 'items', ['o'], 'open items', goTo(true), {rank: 2, refusal: refuseGoing}),
	backKey(scope, state => state.setStage('choose'), {rank: 3}),
	askAgain(scope, 4),
	bind(
		scope,
		'emergency',
		['E'],
		state => (selectReview(state)?.decision.emergency ? 'the usual way' : 'emergency'),
		({store, controller}) => {
			const {choice, setReason} = store.getState();
			const isOne = selectReview(store.getState())?.decision.emergency !== undefined;
			if (choice && isOne) controller.deploy.review({app: choice.app, environment: choice.environment});
			else setReason('');
		},
		{
			rank: 6,
			group: 'danger',
			refusal: state =>
				selectReview(state)?.hasEmergency ? undefined : 'the environment file has no emergency: profile',
		},
	),
	approveKey(scope, 7),
	bind(
		scope,
		'take-over',
		['t'],
		'take the run over, asks',
		({store, controller}) => {
			const review = selectReview(store.getState());
			const run = review && lockRun(review);
			if (run !== undefined) controller.runs.resume(run);
		},
		{
			rank: 5,
			group: 'danger',
			refusal: state => {
				const review = selectReview(state);
				return review && lockRun(review) === undefined ? 'no run holds the lock' : undefined;
			},
		},
	),
	bind(scope, 'review', ['v'], 'whole review', ({store}) => store.getState().openPage('summary'), {rank: 8}),
	guideKey(scope),
	page(scope, 'commits', 'l'),
	page(scope, 'files', 'f'),
	page(scope, 'commands', 'P'),
];

const tooLittle = ({reason = ''}: CockpitState): string | undefined => reasonRefusal(reason, leastEmergencyReason);

/** Keys of the field that asks why the emergency profile is used. */
export const reasonKeys: readonly Binding[] = [
	bind(
		'deploy.reason',
		'give',
		['enter'],
		'ask the gates by the emergency profile',
		({store, controller}) => {
			const {choice, reason = ''} = store.getState();
			if (choice) controller.deploy.review({...choice, emergency: reason.trim()});
		},
		{rank: 1, isHidden: true, refusal: tooLittle},
	),
	bind('deploy.reason', 'leave', ['esc'], 'leave it', ({store}) => store.getState().setReason(undefined), {
		rank: 2,
		isHidden: true,
	}),
];

import type {CockpitState} from '../../../../store/create-store.ts';
import {homePage, mayGoOn, selectReview, selectWordsAhead, type ReviewPage} from '../../../../store/deploy/wizard.ts';
import {bind, type Binding, type KeyScope} from '../../../keys/binding.ts';
import {backKey, scrollKeys} from '../../../kit/list-keys.ts';

const reviewRefusal = (state: CockpitState): string | undefined => {
	if (state.review.state === 'loading') return 'the host is still being asked';
	const review = selectReview(state);
	if (!review) return 'the review could not be made: r asks again';
	return review.refusal && `blocked: ${review.refusal.why}`;
};

/** What Enter leads to: the first word, or what closes the gates. */
const goOnLabel = (state: CockpitState): string => {
	const review = selectReview(state);
	if (review && !mayGoOn(review)) return 'see what closes the gates';
	return `go on to ${selectWordsAhead(state)[0] ?? 'the word'}`;
};

/** A list of the review; the same key closes it again. */
export const page = (
	scope: KeyScope,
	name: Exclude<ReviewPage, 'summary' | 'blocked'>,
	key: string,
	rank?: number,
): Binding =>
	bind(
		scope,
		name,
		[key],
		name === 'commands' ? 'every command' : name,
		({store}) => {
			const {reviewPage, review, openPage} = store.getState();
			openPage(reviewPage === name ? homePage(review) : name);
		},
		{
			rank,
			refusal: state => (selectReview(state) ? undefined : 'nothing is known yet'),
		},
	);

export const askAgain = (scope: KeyScope, rank: number): Binding =>
	bind(
		scope,
		'again',
		['r'],
		'ask again',
		({store, controller}) => {
			const {choice} = store.getState();
			if (choice) controller.deploy.review(choice);
		},
		{rank},
	);

const approveRefusal = (state: CockpitState): string | undefined => {
	const review = selectReview(state);
	if (!review) return 'nothing is known yet';
	const {gates, policy} = review.decision.report;
	if (policy.approvals === 0) return 'no approvals are asked for';
	const identity = gates.find(({gate}) => gate === 'identity');
	// Signing another build than the one that is deployed would be signing for something else.
	return identity?.state === 'met' ? undefined : `identity comes first: ${identity?.text ?? 'not known'}`;
};

/** Signs the build as whoever sits here; the gates are asked again. */
export const approveKey = (scope: KeyScope, rank?: number): Binding =>
	bind(scope, 'approve', ['a'], 'approve the build', ({controller}) => controller.deploy.approve(), {
		rank,
		refusal: approveRefusal,
	});

const isNotAdopted = (state: CockpitState): boolean => selectReview(state)?.refusal?.code === 'answer-needed';

export const reviewKeys: readonly Binding[] = [
	bind('deploy.review', 'go-on', ['enter'], goOnLabel, ({controller}) => controller.deploy.goOn(), {
		rank: 1,
		refusal: reviewRefusal,
	}),
	page('deploy.review', 'commits', 'l', 2),
	page('deploy.review', 'files', 'f', 3),
	page('deploy.review', 'migrations', 'm'),
	page('deploy.review', 'commands', 'P', 4),
	askAgain('deploy.review', 6),
	approveKey('deploy.review'),
	bind(
		'deploy.review',
		'adopt',
		['A'],
		'adopt the host, asks',
		({store}) => {
			const {choice, askWords} = store.getState();
			if (choice) askWords('adopt', choice, ['adopt']);
		},
		{refusal: state => (isNotAdopted(state) ? undefined : 'it is adopted already')},
	),
	backKey(
		'deploy.review',
		({reviewPage, review, openPage, setStage}) => {
			if (reviewPage === homePage(review)) setStage('choose');
			else openPage(homePage(review));
		},
		{rank: 5},
	),
	...scrollKeys('deploy.review', ['pagedown', 'space']),
];

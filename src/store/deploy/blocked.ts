import type {DeployReview} from '../../app/deploy/review-deploy.ts';
import type {Gate} from '../../domain/gates/gates.ts';
import {isMet, type ItemState} from '../../domain/checklist/sign-off.ts';
import type {CockpitState} from '../create-store.ts';
import {selectReview} from './wizard.ts';

type Decided = Pick<DeployReview, 'decision'>;

/** The first gate that is closed; undefined when all are open. */
export const firstClosed = ({decision: {report}}: Decided): Gate | undefined =>
	report.gates.find(({state}) => state !== 'met');

/** Whether the gate of the checklist is closed. */
export const isChecklistClosed = ({decision: {report}}: Decided): boolean =>
	report.gates.some(({gate, state}) => gate === 'checklist' && state !== 'met');

const worst = ['failed', 'unclear', 'open'] as const;

/** The run that holds the lock another deploy waits for; undefined when none does. */
export const lockRun = ({decision: {report}}: Decided): string | undefined =>
	report.gates.find(({gate}) => gate === 'lock')?.run;

/** Items that hold the build up, worst first, in their order. In an emergency only what failed does. */
export const blockingItems = ({decision: {report, evidence}}: Decided): readonly ItemState[] => {
	const items = (evidence?.items ?? []).filter(one => !isMet(one));
	return worst
		.filter(state => report.policy.emergency === undefined || state === 'failed')
		.flatMap(state => items.filter(one => one.state === state));
};

/** Why no item of the checklist can be gone to from here; undefined when one can. */
export const refuseGoing = (state: CockpitState): string | undefined => {
	const review = selectReview(state);
	if (!review) return 'nothing is known yet';
	if (!isChecklistClosed(review)) return 'the checklist does not hold it up';
	if (blockingItems(review).length === 0) return 'which items are open is not known';
	const {checklistEnvironment: tested} = state;
	return tested?.name === review.decision.promotion?.from
		? undefined
		: `screen 2 is about ${tested?.title ?? 'no environment'}`;
};

import type {Problem} from '../store/deploy/wizard.ts';
import {nothingChanged, problemOf} from '../store/problem-of.ts';

/** What came of a review: what it found, or why there is none. */
type Reviewed<Review> =
	| {readonly state: 'ready'; readonly review: Review}
	| {readonly state: 'failed'; readonly problem: Problem};

/** Makes one review after the other, and tells what came of the last one: nobody waits for those before any more. */
export const createReviewer = <Review>(
	tell: (reviewed: Reviewed<Review>) => void,
	onFault: (error: unknown) => void,
): ((make: () => Promise<Review>) => void) => {
	let last = 0;
	return make => {
		last += 1;
		const mine = last;
		const tellIfLast = (reviewed: Reviewed<Review>): void => {
			if (mine === last) tell(reviewed);
		};
		make()
			.then(
				review => tellIfLast({state: 'ready', review}),
				(error: unknown) => tellIfLast({state: 'failed', problem: problemOf(error, nothingChanged)}),
			)
			.catch(onFault);
	};
};

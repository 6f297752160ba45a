import {valueOf, type GateFacts} from './facts.ts';
import {verdictsOf, type Gate} from './gate.ts';

const is = verdictsOf('lock');

/** Whether nobody else runs or holds the app. */
export const lockGate = ({to}: Pick<GateFacts, 'to'>): Gate => {
	if ('unknown' in to.lock) return is.unknown(to.lock.unknown);
	const found = to.lock.value;
	if (found.state === 'held') {
		const {text, clears, at, run} = found;
		return {...is.waiting(text, clears, at), ...(run === undefined ? {} : {run})};
	}
	return is.met(found.state === 'mine' ? 'held by this run' : 'free');
};

/** End of a hold on the environment, as far as one is known; a run that holds the lock has none. */
export const holdEnd = ({to}: Pick<GateFacts, 'to'>): number => {
	const found = valueOf(to.lock);
	return found?.state === 'held' ? (found.at ?? 0) : 0;
};

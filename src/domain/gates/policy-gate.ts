import type {GateFacts} from './facts.ts';
import {listed, verdictsOf, type Gate} from './gate.ts';
import {digestWord} from './policy.ts';

const is = verdictsOf('policy');

/**
 * Closed while the policy asks less than the last time, or comes from elsewhere, until somebody accepts it. Empty
 * where nothing has to be said of it.
 */
export const policyGate = ({policy: found, to}: Pick<GateFacts, 'policy' | 'to'>): readonly Gate[] => {
	// A host that does not answer is said once, at its lock.
	if ('unknown' in found) return 'unknown' in to.lock ? [] : [is.unknown(found.unknown)];
	const {changes, isAccepted, commit, digest} = found.value;
	if (changes.length === 0) return [];
	const text = `not as at the last run: ${listed(changes)}`;
	if (isAccepted) return [is.met(`accepted, ${text}`)];
	if (commit === undefined)
		return [is.open(text, 'commit environments/ and checklists/: what is not committed can not be accepted')];
	const word = digestWord(digest);
	const clears = `accept it, if it is meant: --accept-policy ${word}; on screen by typing ${word}`;
	return [{...is.open(text, clears), accept: digest}];
};

import {type GateFacts} from './facts.ts';
import {listed, met, shut, unknown, type Gate} from './gate.ts';
import {digestWord} from './policy.ts';

/**
 * Closed while the policy asks less than the last time, or comes from elsewhere, until somebody accepts it. Undefined
 * where nothing has to be said of it.
 */
export const policyGate = ({policy: found, to}: Pick<GateFacts, 'policy' | 'to'>): Gate | undefined => {
	const gate = 'policy';
	// A host that does not answer is said once, at its lock.
	if ('unknown' in found) return 'unknown' in to.lock ? undefined : unknown(gate, found.unknown);
	const {changes, isAccepted, commit, digest} = found.value;
	if (changes.length === 0) return undefined;
	const text = `not as at the last run: ${listed(changes)}`;
	if (isAccepted) return met(gate, `accepted, ${text}`);
	if (commit === undefined)
		return shut(
			gate,
			'open',
			text,
			'commit environments/ and checklists/: what is not committed can not be accepted',
		);
	const closed = shut(
		gate,
		'open',
		text,
		`accept it, if it is meant: --accept-policy ${digestWord(digest)}; on screen by typing ${digestWord(digest)}`,
	);
	return {...closed, accept: digest};
};

import {members, type LedgerEntry, type Witness} from './ledger.ts';

/**
 * The head of another environment's ledger, as an entry here remembers it: of a run that went by it, or left here beside
 * a sign-off there or by a run that kept this environment as it is.
 */
export const witnessIn = ({seq: entry, at, data}: LedgerEntry, of: string, by: string): Witness | undefined => {
	if (data['witness'] === undefined && data['promotion'] === undefined) return undefined;
	const {environment, seq, hash, began} = members(data['witness'] ?? members(data['promotion'])['witness']);
	return environment === of && typeof seq === 'number' && typeof hash === 'string'
		? {
				seq,
				hash,
				at,
				who: `entry ${entry.toLocaleString('en')} of ${by}`,
				...(typeof began === 'string' ? {began} : {}),
			}
		: undefined;
};

/** Every head of `of` that a ledger remembers, furthest first: one of them is enough to show that it went back. */
export const witnessesIn = (entries: readonly LedgerEntry[], of: string, by: string): readonly Witness[] =>
	entries.flatMap(entry => witnessIn(entry, of, by) ?? []).sort((a, b) => b.seq - a.seq);

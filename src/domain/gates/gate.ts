import type {NotCounted} from './facts.ts';

/** The conditions of a promotion. Source: design, "Gates to production". */
export type GateName = 'policy' | 'identity' | 'checklist' | 'probes' | 'soak' | 'window' | 'approvals' | 'lock';

/**
 * `met`: open. `failed`: something is wrong. `open`: a person has to do something. `waiting`: for time. `unknown`:
 * closed.
 */
export type GateState = 'met' | 'failed' | 'open' | 'waiting' | 'unknown';

export type Gate = {
	readonly gate: GateName;
	readonly state: GateState;
	/** What is so, for people. */
	readonly text: string;
	/** What would open it; absent when it is met. */
	readonly clears?: string;
	/** Epoch milliseconds at which it opens by itself, as far as that is known. */
	readonly at?: number;
	/** The run that holds the lock. */
	readonly run?: string;
	/** Digest of the policy that a person may accept, by typing its beginning. */
	readonly accept?: string;
	/** Of the gate of approvals, where some are asked for. */
	readonly approvals?: {
		readonly asked: number;
		/** Whether a name counts only by a checked signature. */
		readonly isProved: boolean;
		readonly counted: readonly string[];
		readonly notCounted: readonly NotCounted[];
	};
};

type Closed = (text: string, clears: string, at?: number) => Gate;

/** What a gate may say. Whatever keeps it closed says what would clear it. */
export const verdictsOf = (gate: GateName) => {
	const closed =
		(state: Exclude<GateState, 'met'>): Closed =>
		(text, clears, at) => ({gate, state, text, clears, ...(at === undefined ? {} : {at})});
	const unclear = closed('unknown');
	return {
		met: (text: string): Gate => ({gate, state: 'met', text}),
		failed: closed('failed'),
		open: closed('open'),
		waiting: closed('waiting'),
		unclear,
		/** Nobody could find out. */
		unknown: (why: string): Gate => unclear(`not known: ${why}`, 'find that out first'),
	};
};

/** `1 file`, `1,240 files`. */
export const plural = (count: number, one: string): string =>
	`${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;

/** The first names, and how many more there are. */
export const listed = (names: readonly string[], most = 3): string =>
	names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

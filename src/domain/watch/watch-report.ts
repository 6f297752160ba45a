import type {ItemState} from '../checklist/sign-off.ts';
import type {KnownSignature} from '../logs/log.ts';
import type {Comparison, Trigger, Watch, WatchVerdict} from './watch.ts';

/** One phase of a watch and what is to be signed in it. */
export type WatchPhase = {
	/** `0 to 5 min`. */
	readonly title: string;
	/** Epoch milliseconds by the host. */
	readonly from: number;
	readonly until: number;
	readonly state: 'before' | 'now' | 'over';
	readonly items: readonly ItemState[];
};

/** Everything a watch says at one moment; follows from ledger, samples and terms alone. */
export type WatchReport = {
	readonly watch: Watch;
	/** Epoch milliseconds by the host. */
	readonly now: number;
	readonly phases: readonly WatchPhase[];
	readonly triggers: readonly Trigger[];
	/** Worst first. */
	readonly comparisons: readonly Comparison[];
	/** Of warnings and errors since the swap, not seen in the 30 days before. */
	readonly newSignatures: readonly KnownSignature[];
	readonly verdict: WatchVerdict;
	/** A trigger stands fired, something is worse, or it ended bad, and nobody has accepted it. */
	readonly isBad: boolean;
	/** What it would come to if it ended now, and why. */
	readonly outcome?: {readonly outcome: 'good' | 'bad' | 'unclear'; readonly text: string};
};

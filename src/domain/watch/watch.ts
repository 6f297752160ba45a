import type {AppName} from '../environments/environment.ts';
import type {ProbeUnit} from '../probes/probe.ts';

/**
 * The minutes after a production run. It follows from the ledger: whoever reads it knows of the same watches, also on
 * another machine. Source: design, "Words", watch.
 */
export type Watch = {
	/** Id of the run it is about. */
	readonly run: string;
	readonly kind: 'deploy' | 'rollback';
	/** Name of the environment. */
	readonly environment: string;
	readonly app: AppName;
	readonly release: string | undefined;
	readonly commit: string | undefined;
	/** Name of whoever drove the run. */
	readonly by: string;
	/** Epoch milliseconds by the host: the end of the run. */
	readonly startedAt: number;
	/** Epoch milliseconds at which it ends, extensions included. */
	readonly endsAt: number;
	/** What it lasts that nobody extends, by the entry of its beginning; absent: by the terms of the environment. */
	readonly minutes?: number;
	/** Whether its beginning stands in the ledger. */
	readonly isRecorded: boolean;
	/** Ids of triggers that stand fired, by the ledger. */
	readonly fired: readonly string[];
	/** What somebody accepted as it is. */
	readonly accepted: readonly {
		/** Ids of probes. */
		readonly probes: readonly string[];
		readonly reason: string;
		readonly by: string;
		readonly at: number;
	}[];
	/** Absent: it goes on, or nobody was there when it ended. */
	readonly ended?: {
		readonly at: number;
		readonly by: string;
		/** `replaced`: another run of the app came before its end. */
		readonly outcome: 'good' | 'bad' | 'unclear' | 'replaced';
		/** Something else was made live since. */
		readonly isReplaced?: true;
		/** Who took its bad end as it is, and why. */
		readonly accepted?: {readonly by: string; readonly reason: string; readonly at: number};
	};
};

/** One reason to go back. */
export type Trigger = {
	/** `down`, `slow`, `errors`, `restarts`, `sign-in`, `served`. */
	readonly id: string;
	/** What fires it: `API not 200 twice in a row`. */
	readonly title: string;
	readonly state: 'quiet' | 'fired' | 'unclear';
	/** What was seen beside its limit. */
	readonly text: string;
	/** Both for half a line: `API not 200 twice`, and of what was seen the figure alone. Absent: they are short enough. */
	readonly short?: {readonly title: string; readonly text: string};
	/** Epoch milliseconds since which it stands fired. */
	readonly since?: number;
};

/** A side of a comparison: a value in the probe's unit, and how many samples are behind it. */
export type Side = {readonly value: number | undefined; readonly count: number};

/** One probe before the swap and since. */
export type Comparison = {
	readonly probe: string;
	readonly title: string;
	readonly unit: ProbeUnit;
	/** What of it is compared, behind the title: `p95`, `not good`; empty: the value itself. */
	readonly measure: string;
	readonly before: Side;
	readonly since: Side;
	/** Ends of the 95 % interval of the difference, in the unit; absent: too few samples. */
	readonly difference?: {readonly low: number; readonly high: number};
	/** Difference from which it is worse, in the unit. */
	readonly worseFrom: number;
	readonly verdict: 'same' | 'worse' | 'unclear';
	/** Samples that are missing for a verdict; 0 when there is one. */
	readonly missing: number;
	/** Epoch milliseconds since which the ledger says that it is worse; absent where it does not say so. */
	readonly worseAt?: number;
};

/** The worst verdict of all comparisons, accepted ones left out. */
export type WatchVerdict = 'same' | 'worse' | 'unclear';

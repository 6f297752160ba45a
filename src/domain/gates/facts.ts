import {age} from '../format.ts';
import type {AppName, Tier} from '../environments/environment.ts';
import type {ItemState} from '../checklist/sign-off.ts';
import type {SeenHealth} from '../watch/observed.ts';
import type {LiveRelease} from '../releases/live-releases.ts';

/** Something that is known, or why it is not. */
export type Known<Value> = {readonly value: Value} | {readonly unknown: string};

export const valueOf = <Value>(known: Known<Value>): Value | undefined => ('value' in known ? known.value : undefined);

/** What a probe found out when it was run for this decision. */
export type ProbeResult = {
	readonly item: string;
	readonly title: string;
	readonly outcome: 'passed' | 'failed' | 'unclear';
	/** What it saw, beside its limit. */
	readonly text: string;
};

/** A signature of a build that is none of another person's. */
export type NotCounted = {readonly name: string; readonly why: string};

/** How much of a ledger was seen before, and by whom. Empty `seenBy`: there is nothing to compare it with. */
export type LedgerSeen = {
	readonly environment: string;
	readonly title: string;
	readonly entries: number;
	readonly seenBy: readonly {readonly who: string; readonly seq: number}[];
};

/** What a machine can know of a ledger, for people: what nobody has seen before is neither denied nor vouched for. */
export const seenText = ({title, entries, seenBy}: LedgerSeen): string => {
	const count = entries === 1 ? '1 entry' : `${entries.toLocaleString('en')} entries`;
	return seenBy.length === 0
		? `first time this machine sees the ledger of ${title}: ${count}, nothing to compare with`
		: `ledger of ${title}: ${count}; ${seenBy.map(({who, seq}) => `${who} had seen ${seq.toLocaleString('en')}`).join(', ')}`;
};

/** Whoever holds a lock. */
export type LockFacts =
	| {readonly state: 'free'}
	| {readonly state: 'mine'}
	| {
			readonly state: 'held';
			readonly text: string;
			readonly clears: string;
			readonly at?: number;
			readonly run?: string;
	  };

/** The policy that counts, beside what the ledger of the environment remembers of the last one. */
export type PolicyFacts = {
	/** Commit it was read from; undefined: it is not committed. */
	readonly commit: string | undefined;
	/** Lower-case hex sha256. */
	readonly digest: string;
	/** What it asks less of, or why it may be somebody else's, for people; empty: nothing has to be said. */
	readonly changes: readonly string[];
	/** Whether somebody accepted exactly this one. */
	readonly isAccepted: boolean;
	/** The tier the last run went by; absent: the ledger remembers none. */
	readonly lastTier?: Tier;
	/** Files of the work tree that say something else, and do not count. */
	readonly differs: readonly string[];
};

/** What is known of one app on its way to an environment. Every fact that could not be found out is a reason instead. */
export type GateFacts = {
	readonly app: AppName;
	readonly policy: Known<PolicyFacts>;
	/** The build that would be deployed. */
	readonly build: Known<{
		readonly commit: string;
		readonly digest: string;
		/** Changed or untracked files of the app. */
		readonly uncommitted: number;
	}>;
	/** The app on the environment before. */
	readonly from: {
		readonly title: string;
		/** Why its ledger can't be relied on: `is broken: line 7 is not readable`. */
		readonly ledgerFault: string | undefined;
		/** As its ledger says. */
		readonly live: Known<LiveRelease>;
		/** As its host says: id of the release live points to. */
		readonly release: Known<string>;
		/** Why what its host says is live is not what its ledger says; absent when it is. */
		readonly liveFault?: string;
		/** Keys of the app that decide what a build holds, and say something else there; absent: none. */
		readonly otherwise?: readonly string[];
		/** What of the live release is not as deployed, each as `added public/shell.php`. */
		readonly drift: Known<readonly string[]>;
		readonly health: Known<{readonly isGood: boolean; readonly text: string}>;
		/** What was seen of its health since it is live, by its ledger; absent: nothing. */
		readonly observed?: SeenHealth;
		/** Epoch milliseconds by its primary host. */
		readonly now: Known<number>;
		/** As of `to`. */
		readonly clockFault?: string;
	};
	/** Items that speak of the app, as they stand. */
	readonly items: Known<readonly ItemState[]>;
	readonly probes: Known<readonly ProbeResult[]>;
	readonly to: {
		readonly title: string;
		/** Both as of the environment before. */
		readonly ledgerFault?: string;
		readonly liveFault?: string;
		/** Epoch milliseconds by its primary host. */
		readonly now: Known<number>;
		/** Why its clock can't be right: `the clock of Production went back: ...`; absent: nothing speaks against it. */
		readonly clockFault?: string;
		/** By how many milliseconds its clock is ahead of this machine's; absent: not known. */
		readonly aheadMs?: number;
		readonly lock: Known<LockFacts>;
	};
	/** Names of those other than the deployer who signed this build, one for each person. */
	readonly approvals: Known<readonly string[]>;
	/** Who signed it and is none of them; absent: nobody. */
	readonly notCounted?: readonly NotCounted[];
	/** What is known of both ledgers from before; absent: not asked. */
	readonly ledgers?: readonly LedgerSeen[];
	/** How long such a run usually takes, in milliseconds; 0 when not known. */
	readonly usualMs: number;
};

/** The first ledger that can't be relied on, for people: `the ledger of Pre-Prod is broken: line 7 is not readable`. */
export const ledgerFault = ({from, to}: Pick<GateFacts, 'from' | 'to'>): string | undefined => {
	const [broken] = [from, to].filter(one => one.ledgerFault !== undefined);
	return broken && `the ledger of ${broken.title} ${broken.ledgerFault}`;
};

/** Most by which the clocks of two hosts may differ. Source: design, "Gates to production". */
const mostSkewMs = 60_000;

/**
 * Why the clock of a host can't be right by its own ledger: what is written there was written later than it says it is.
 * Undefined when nothing speaks against it. `newest`: epoch milliseconds of the newest entry.
 */
export const clockFaultOf = (title: string, now: number, newest: number | undefined): string | undefined =>
	newest !== undefined && newest - now > mostSkewMs
		? `the clock of ${title} went back: its ledger is ${age(newest - now)} ahead of it`
		: undefined;

/**
 * That a clock can't be right: one that went back, or those of the two environments differ by more than they may.
 * Undefined when they don't, or one is not known.
 */
export const skewOf = ({from, to}: Pick<GateFacts, 'from' | 'to'>): string | undefined => {
	const fault = from.clockFault ?? to.clockFault;
	if (fault !== undefined) return fault;
	if ('unknown' in from.now || 'unknown' in to.now) return undefined;
	const skew = Math.abs(from.now.value - to.now.value);
	return skew > mostSkewMs
		? `the clocks of ${from.title} and ${to.title} differ by ${Math.round(skew / 1000)} s`
		: undefined;
};

/**
 * That the clock that counts is not this machine's: which of them is right nobody here knows, so that no time by it is
 * told as sure. Undefined when they agree, or one is not known.
 */
export const doubtOf = ({title, aheadMs = 0}: Pick<GateFacts['to'], 'title' | 'aheadMs'>): string | undefined =>
	Math.abs(aheadMs) > mostSkewMs
		? `the clock of ${title}, which counts, is ${age(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's`
		: undefined;

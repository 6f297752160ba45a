import type {ChecklistItem} from '../../../src/domain/checklist/checklist.ts';
import type {AppName, EmergencyProfile, Environment} from '../../../src/domain/environments/environment.ts';
import type {SoakTerms} from '../../../src/domain/environments/watched.ts';
import type {GateFacts, Known, PolicyFacts} from '../../../src/domain/gates/gates.ts';
import type {LedgerEntry} from '../../../src/domain/ledger/ledger.ts';
import type {Calendar} from '../../../src/domain/gates/window.ts';

/** What somebody did to the ledger's file. Positions are shares of its length, from 0 to 1. */
export type Tampering =
	| {readonly kind: 'byte changed' | 'line deleted' | 'lines swapped' | 'tail cut'; readonly at: number}
	| {readonly kind: 'other machine'};

/**
 * One moment of a team's life: what its ledger and its hosts hold, and what the policy asks. The product and the
 * oracle each work out from it what follows.
 */
export type Situation = {
	readonly policy: Known<PolicyFacts>;
	/** The app that somebody wants to promote. */
	readonly app: AppName;
	/** Apps the environment before has. */
	readonly has: readonly AppName[];
	readonly entries: readonly LedgerEntry[];
	readonly tampering: Tampering | undefined;
	/** Why the ledger could not be read. */
	readonly isLedgerAway: boolean;
	/** Numbers of entries whose signature did not hold. */
	readonly untrusted: readonly number[];
	/** Items of the whole set. */
	readonly set: readonly ChecklistItem[];
	readonly build: GateFacts['build'];
	readonly hostRelease: Known<string>;
	readonly drift: Known<readonly string[]>;
	readonly health: Known<{readonly isGood: boolean; readonly text: string}>;
	readonly probes: GateFacts['probes'];
	readonly lock: GateFacts['to']['lock'];
	readonly approvedBy: Known<readonly string[]>;
	/** Clock of the environment before. */
	readonly fromNow: Known<number>;
	/** Clock of the environment it goes to. */
	readonly toNow: Known<number>;
	readonly usualMs: number;
	readonly soakHours: number;
	/** What the soak asks for beside hours. */
	readonly soak: SoakTerms;
	readonly calendar: Calendar;
	readonly approvals: Environment['approvals'];
	readonly emergency: {readonly reason: string; readonly profile: EmergencyProfile} | undefined;
};

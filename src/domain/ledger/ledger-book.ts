import type {Environment} from '../environments/environment.ts';
import type {Head, LedgerEntry, LedgerHeader, Witness} from './ledger.ts';

/** A ledger as it was read, and whether it can be relied on. */
export type LedgerReading = {
	/** Oldest first, up to the first fault; texts hold no control characters. */
	readonly entries: readonly LedgerEntry[];
	readonly head: Head | undefined;
	/** A sentence that begins behind "the ledger of Pre-Prod"; undefined when it holds together. */
	readonly fault: string | undefined;
	/** Line the fault names; 0 or absent: none. */
	readonly faultLine?: number;
	readonly header: LedgerHeader | undefined;
	readonly sizeBytes: number;
	/** Epoch milliseconds by the host's clock. */
	readonly time: number;
	/**
	 * Who had seen it before and how far, furthest first: this machine before this process began, and the witnesses that
	 * were given. Empty: there is nothing to compare it with, so that nobody here can know whether it was cut before.
	 */
	readonly seenBy?: readonly Pick<Witness, 'who' | 'seq'>[];
};

/** A ledger as it was last read. */
export type RememberedLedger = Omit<LedgerReading, 'time' | 'seenBy'> & {
	/** The host's clock, and when by this machine's it was read; both epoch milliseconds. Absent: not by this process. */
	readonly clock?: {readonly time: number; readonly readAt: number};
};

/** Reads ledgers, each only as far as it has grown, and holds them against what was seen of them before. */
export type LedgerBook = {
	/**
	 * Reads the ledger of an environment from its primary host. `witnesses`: heads of it that others have seen.
	 * Throws DeployError as `Session.exec` does.
	 */
	readonly read: (
		environment: Environment,
		options?: {
			readonly witnesses?: readonly Witness[] | undefined;
			readonly signal?: AbortSignal | undefined;
			readonly timeoutMs?: number;
			readonly lane?: 'run' | 'poll';
		},
	) => Promise<LedgerReading>;
	/** As it was last read here or before this process began; undefined when it never was. */
	readonly remembered: (environment: Environment) => RememberedLedger | undefined;
};

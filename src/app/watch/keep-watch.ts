import type {Checklists} from '../../domain/checklist/checklist.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {LedgerReading} from '../../domain/ledger/ledger-book.ts';
import type {ProbeRound} from '../../domain/probes/probe.ts';
import type {WatchReport} from '../../domain/watch/watch-report.ts';
import type {AppServices} from '../app-services.ts';

/** What one round has brought. `at`: epoch milliseconds of this machine. */
export type WatchUpdate = {
	readonly environment: string;
	readonly at: number;
	readonly round: ProbeRound;
	/** Of watches that go on, and of the last one of each app as long as it is not older than an hour; newest first. */
	readonly reports: readonly WatchReport[];
};

export type KeepWatchOptions = {
	readonly services: AppServices;
	readonly environment: Environment;
	readonly checklists: Checklists;
	/** Whether somebody looks now; nothing is asked while nobody does and no watch is on. */
	readonly isLooked: () => boolean;
	/** The ledger as it was last read elsewhere; absent: it is read here. */
	readonly ledger?: () => LedgerReading | undefined;
	readonly onUpdate: (update: WatchUpdate) => void;
	readonly onFault: (error: unknown) => void;
};

export type KeptWatch = {
	/** Looks now: somebody has begun to look, or a run has ended. */
	readonly wake: () => void;
	readonly stop: () => Promise<void>;
};

export type KeepWatch = (options: KeepWatchOptions) => KeptWatch;

import type {Actor} from '../domain/build.ts';
import type {Environment, Host} from '../domain/environments/environment.ts';
import type {
	BuildPort,
	Clock,
	EnvFilesPort,
	HookPort,
	PolicyPort,
	ProbePort,
	RunStore,
	SampleStore,
	SessionManager,
	SignaturePort,
	SourcePort,
} from '../domain/ports.ts';
import type {LedgerBook} from '../domain/ledger/ledger-book.ts';
import type {Notifier} from '../domain/notify/message.ts';

/** Everything the use cases need from outside; built once by the composition root. */
export type AppServices = {
	readonly sessions: SessionManager;
	readonly source: SourcePort;
	readonly builds: BuildPort;
	/** Programs of the team's own. */
	readonly hooks: HookPort;
	readonly probe: ProbePort;
	readonly clock: Clock;
	readonly runs: RunStore;
	/** Ledgers as far as they were read. */
	readonly ledgers: LedgerBook;
	/** What counts is asked for at each decision, not remembered from when the cockpit was opened. */
	readonly policy: PolicyPort;
	readonly signatures: SignaturePort;
	readonly envFiles: EnvFilesPort;
	/** Values of secrets that this machine knows of an environment; absent: none. */
	readonly secrets?: (environment: Environment) => readonly string[];
	/** What probes have found, here. */
	readonly samples: SampleStore;
	/** Tells those who are not looking. */
	readonly notifier: Notifier;
	/** Four random hex digits. */
	readonly nonce: () => string;
	readonly actorFor: (host: Host) => Promise<Actor>;
	/** Whether the hosts are a sandbox's, which keep a time of their own. */
	readonly isRehearsal?: boolean;
	/** How long a run waits for a lost link before it is left to be resumed. */
	readonly patienceMs: number;
};

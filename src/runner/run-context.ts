import type {RunEventBody} from '../domain/runs/events.ts';
import type {Pipeline} from '../domain/runs/pipeline.ts';
import type {BuildPort, Clock, HookPort, Journal, ProbePort, Session, SourcePort} from '../domain/ports.ts';

/** What a run needs from outside. */
export type RunServices = {
	readonly session: Session;
	readonly source: SourcePort;
	readonly builds: BuildPort;
	readonly hooks: HookPort;
	readonly probe: ProbePort;
	readonly clock: Clock;
	readonly journal: Journal;
	/** Takes secrets out of what is told and kept of the run; absent: those that the rules alone find. */
	readonly redact?: (text: string) => string;
	/** How long a lost link is waited for before the run is left to be resumed. */
	readonly patienceMs: number;
};

/** What one action sees of its run. */
export type RunContext = RunServices & {
	readonly pipeline: Pipeline;
	/** 1 for the first driver of a run, one more for each that resumes it. */
	readonly attempt: number;
	readonly step: string;
	readonly signal: AbortSignal;
	readonly emit: (event: RunEventBody) => void;
	/** See `RunOptions`. */
	readonly endDeadRun?: ((answer: string, signal: AbortSignal) => Promise<string | undefined>) | undefined;
	/** Goes on after a lost link: reconnects and tries again, until the patience of the run is over. */
	readonly persist: <Result>(attempt: () => Promise<Result>) => Promise<Result>;
};

import type {Facts} from '../errors.ts';
import type {RunRecord, Step} from './pipeline.ts';
import type {Prompt} from './prompt.ts';
import type {EndState} from './run-end.ts';

/** What a run says of itself. `at` is epoch milliseconds of this machine. */
export type RunEvent = {readonly at: number} & (
	| {
			readonly type: 'run.started';
			readonly record: RunRecord;
			readonly title: string;
			readonly host: string;
			readonly swapStep: string;
			readonly steps: readonly Pick<Step, 'id' | 'title' | 'touches' | 'isClosing'>[];
	  }
	| {readonly type: 'run.resumed'; readonly run: string; readonly attempt: number}
	| {readonly type: 'lock.taken'; readonly token: number}
	| {readonly type: 'step.started'; readonly step: string}
	| {readonly type: 'step.output'; readonly step: string; readonly command: string; readonly lines: readonly string[]}
	| {
			readonly type: 'step.progress';
			readonly step: string;
			readonly done: number;
			readonly total: number;
			readonly unit: 'bytes';
	  }
	| {
			readonly type: 'step.finished';
			readonly step: string;
			readonly state: 'done' | 'failed' | 'cancelled';
			readonly durationMs: number;
			readonly summary?: string;
			/** Of what the step made, where it says so. */
			readonly sizeBytes?: number;
	  }
	| {readonly type: 'action.announced'; readonly step: string; readonly action: string}
	/** `waits`: what the run waits for, in a few words; absent where it is decided. */
	| {
			readonly type: 'health.sampled';
			readonly step: string;
			readonly durationMs: number;
			readonly answer: string;
			readonly waits?: string;
	  }
	| {readonly type: 'live.changed'; readonly to: string}
	| {readonly type: 'prompt.raised'; readonly step: string; readonly prompt: Prompt}
	/** `by`: a person, or what had settled it before. */
	| {
			readonly type: 'prompt.answered';
			readonly step: string;
			readonly prompt: string;
			readonly choice: string;
			readonly by: 'person' | 'settled' | 'policy';
	  }
	| {readonly type: 'going-back.started'; readonly from: string}
	| {
			readonly type: 'going-back.finished';
			readonly state: 'done' | 'failed';
			/** Path that is live now, as far as the host said. */
			readonly live: string | undefined;
			readonly durationMs: number;
	  }
	/**
	 * What users met, as asked from this machine. `asked`, `failed`: numbers of requests. `maintenanceMs`: what the run itself
	 * kept them out, which is no part of `downtimeMs`. `isPart`: asked only since the run was driven on.
	 */
	| {
			readonly type: 'downtime.measured';
			readonly downtimeMs: number;
			readonly maintenanceMs?: number;
			readonly isPart?: true;
			readonly asked: number;
			readonly failed: number;
	  }
	/** Something worth telling that stops nothing, e.g. what could not be recorded. */
	| {readonly type: 'run.noted'; readonly step: string; readonly text: string}
	| {readonly type: 'link.lost'; readonly host: string; readonly reason: string}
	| {readonly type: 'link.resumed'; readonly host: string; readonly afterMs: number}
	| {
			readonly type: 'run.finished';
			readonly outcome: 'done' | 'failed' | 'cancelled' | 'left';
			readonly exitCode: number;
			readonly durationMs: number;
			readonly error?: Omit<Facts, 'code' | 'cause' | 'guide'>;
			/** What is so behind its last effect; absent where it never had the lock. */
			readonly end?: EndState;
	  }
);

/** An event without its time, as code that emits it writes it. */
export type RunEventBody = RunEvent extends infer Event ? (Event extends RunEvent ? Omit<Event, 'at'> : never) : never;

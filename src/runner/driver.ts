import type {RunEvent, RunEventBody} from '../domain/runs/events.ts';
import type {Pipeline} from '../domain/runs/pipeline.ts';
import {withoutSecrets} from '../domain/logs/mask.ts';
import {persist} from './persist.ts';
import {createQuestions} from './questions.ts';
import {createRunBook} from './run-book.ts';
import type {RunContext, RunServices} from './run-context.ts';
import {redactEvent} from './redact-event.ts';
import {createStopping} from './stopping.ts';

export type RunOptions = {
	readonly attempt: number;
	readonly onEvent: (event: RunEvent) => void;
	/** Whether a person watches who can answer questions. */
	readonly canAsk?: boolean;
	/** `abandon`: takes the run over and ends it where it stands, unless its swap has begun. */
	readonly aim?: 'finish' | 'abandon';
	/**
	 * Asked once the lock is held and before anything is changed; what it throws ends the run there, with the lock
	 * given back.
	 */
	readonly underLock?: ((signal: AbortSignal) => Promise<void>) | undefined;
};

/** What drives a run: its pipeline, what it knows, and how it is told, asked and stopped. */
export type Driver = ReturnType<typeof createDriver>;

export const createDriver = (pipeline: Pipeline, services: RunServices, options: RunOptions) => {
	const {attempt, onEvent, canAsk = false, aim = 'finish', underLock} = options;
	const emit = teller(services, onEvent);
	return {
		pipeline,
		attempt,
		aim,
		underLock,
		book: createRunBook(pipeline, attempt),
		stopping: createStopping(),
		questions: createQuestions(canAsk, emit),
		now: () => services.clock.now(),
		redact: services.redact ?? withoutSecrets,
		emit,
		/** What the actions of a step see; `signal` ends what they wait for. */
		contextFor: (step: string, signal: AbortSignal): RunContext => ({
			...services,
			pipeline,
			attempt,
			step,
			signal,
			emit,
			persist: work => persist(services.session, {patienceMs: services.patienceMs, signal}, work),
		}),
	};
};

/**
 * Tells of a run, without secrets: the journal first, then whoever watches. Of its end whatever becomes of the journal: the host is in its
 * named state, and a full disk here changes nothing about that. Throws what the journal does of everything before.
 */
const teller =
	({clock, journal, redact = withoutSecrets}: RunServices, onEvent: RunOptions['onEvent']) =>
	(body: RunEventBody): void => {
		const event = redactEvent({at: clock.now(), ...body}, redact);
		try {
			journal.append(event);
		} catch (error) {
			if (event.type !== 'run.finished') throw error;
		}
		try {
			onEvent(event);
		} catch {
			// A screen that fails must not touch the run it watches.
		}
	};

import type {RunEvent, RunEventBody} from '../domain/runs/events.ts';
import type {Pipeline} from '../domain/runs/pipeline.ts';
import {persist} from './persist.ts';
import {createQuestions, type Questions} from './questions.ts';
import {createRunBook, type RunBook} from './run-book.ts';
import type {RunContext, RunServices} from './run-context.ts';
import {createStopping, type Stopping} from './stopping.ts';

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
	readonly underLock?: (signal: AbortSignal) => Promise<void>;
};

/** What drives a run: its pipeline, what it knows, and how it is told, asked and stopped. */
export type Driver = Pick<RunOptions, 'underLock'> & {
	readonly pipeline: Pipeline;
	readonly attempt: number;
	readonly aim: 'finish' | 'abandon';
	readonly book: RunBook;
	readonly stopping: Stopping;
	readonly questions: Questions;
	readonly now: () => number;
	readonly emit: (body: RunEventBody) => void;
	/** What the actions of a step see; `signal` ends what they wait for. */
	readonly contextFor: (step: string, signal: AbortSignal) => RunContext;
};

export const createDriver = (pipeline: Pipeline, services: RunServices, options: RunOptions): Driver => {
	const {attempt, onEvent, canAsk = false, aim = 'finish', underLock} = options;
	const emit = teller(services, onEvent);
	return {
		pipeline,
		attempt,
		aim,
		book: createRunBook(pipeline, attempt),
		stopping: createStopping(),
		questions: createQuestions(canAsk),
		now: () => services.clock.now(),
		emit,
		contextFor: (step, signal) => ({
			...services,
			pipeline,
			attempt,
			step,
			signal,
			emit,
			persist: work => persist(services.session, {patienceMs: services.patienceMs, signal}, work),
		}),
		...(underLock ? {underLock} : {}),
	};
};

/** Tells of a run: the journal first, then whoever watches. */
const teller =
	({clock, journal}: RunServices, onEvent: RunOptions['onEvent']) =>
	(body: RunEventBody): void => {
		const event: RunEvent = {at: clock.now(), ...body};
		journal.append(event);
		try {
			onEvent(event);
		} catch {
			// A screen that fails must not touch the run it watches.
		}
	};

import {stepFailed, type DeployError} from '../domain/errors.ts';
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
	/**
	 * `abandon`: takes the run over and ends it where it stands, unless its swap has begun. `clear-away`: the same wherever it
	 * stands, for a run that goes back from there.
	 */
	readonly aim?: 'finish' | 'abandon' | 'clear-away';
	/**
	 * Ends the run that keeps the lock from this one, where nothing of it is alive. `answer`: what the host said of it. Answers
	 * with what is to be told of it; undefined: it is none of those.
	 */
	readonly endDeadRun?: ((answer: string, signal: AbortSignal) => Promise<string | undefined>) | undefined;
	/**
	 * Asked once the lock is held and before anything is changed; what it throws ends the run there, with the lock
	 * given back.
	 */
	readonly underLock?: ((signal: AbortSignal) => Promise<void>) | undefined;
};

/** What drives a run: its pipeline, what it knows, and how it is told, asked and stopped. */
export type Driver = ReturnType<typeof createDriver>;

export const createDriver = (pipeline: Pipeline, services: RunServices, options: RunOptions) => {
	const {attempt, onEvent, canAsk = false, aim = 'finish', underLock, endDeadRun} = options;
	const {journal} = services;
	const book = createRunBook(pipeline, attempt);
	/** Whether a run that is not kept on this machine goes on: a way back or out does, and nothing stops within a swap. */
	const goesOnUnkept = (): boolean => pipeline.record.kind === 'rollback' || aim !== 'finish' || book.isPastSwap;
	const emit = teller(services, {onEvent, goesOnUnkept});
	return {
		pipeline,
		attempt,
		aim,
		underLock,
		book,
		stopping: createStopping(),
		questions: createQuestions(canAsk, emit),
		now: () => services.clock.now(),
		redact: services.redact ?? withoutSecrets,
		emit,
		/**
		 * Throws DeployError `step-failed` where the run may not go on since nothing of it can be kept here. Whoever drives a
		 * run on learns with its lock whether its swap has begun.
		 */
		requireKept: (): void => {
			const {lost} = journal;
			if (lost !== undefined && book.lock !== 'before' && !goesOnUnkept()) throw notKeptError(pipeline, lost);
		},
		/** What the actions of a step see; `signal` ends what they wait for. */
		contextFor: (step: string, signal: AbortSignal): RunContext => ({
			...services,
			pipeline,
			attempt,
			step,
			signal,
			emit,
			endDeadRun,
			persist: work => persist(services.session, {patienceMs: services.patienceMs, signal}, work),
		}),
	};
};

/**
 * Tells of a run, without secrets: the journal first, then whoever watches. That the journal is lost is told once, and of everything behind
 * it those who watch hear alone.
 */
const teller = (
	{clock, journal, redact = withoutSecrets}: RunServices,
	{onEvent, goesOnUnkept}: Pick<RunOptions, 'onEvent'> & {readonly goesOnUnkept: () => boolean},
) => {
	let isLossTold = false;
	const tell = (body: RunEventBody): void => {
		const event = redactEvent({at: clock.now(), ...body}, redact);
		journal.append(event);
		try {
			onEvent(event);
		} catch {
			// A screen that fails must not touch the run it watches.
		}
	};
	return (body: RunEventBody): void => {
		const isEnd = body.type === 'run.finished';
		if (!isEnd) tell(body);
		if (journal.lost !== undefined && !isLossTold) {
			isLossTold = true;
			const text = `the log of this run is not kept here: ${journal.lost}`;
			tell({type: 'run.noted', step: '', text: goesOnUnkept() ? `${text}; it goes on` : text});
		}
		if (isEnd) tell(body);
	};
};

const notKeptError = ({record, environment}: Pipeline, lost: string): DeployError =>
	stepFailed({
		what: `Run ${record.run} on ${environment.name} was stopped`,
		why: `its log can not be kept on this machine: ${lost}`,
		now: '',
		next: 'Mend that, or name another place by XDG_STATE_HOME, then start again.',
	});

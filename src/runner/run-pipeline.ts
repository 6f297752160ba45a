import {DeployError, hasCode} from '../domain/errors.ts';
import type {RunEvent, RunEventBody} from '../domain/runs/events.ts';
import type {Action, JobAction, Pipeline, PromptAction, Step} from '../domain/runs/pipeline.ts';
import {watchJob, type JobWatch} from './jobs/job-watch.ts';
import {sanitise} from './jobs/job-output.ts';
import {jobsBehind} from './jobs/jobs-behind.ts';
import {persist} from './persist.ts';
import {createQuestions} from './questions.ts';
import {refuse} from './endings/refuse.ts';
import {runAction} from './actions/run-action.ts';
import type {RunContext, RunServices} from './run-context.ts';
import {runJob} from './jobs/run-job.ts';
import {settleRun, type LockState, type RunOutcome} from './endings/settle-run.ts';
import {watchLink} from './watch-link.ts';

export type {RunOutcome} from './endings/settle-run.ts';

/** The steps of a pipeline as events tell them. */
export const toldSteps = ({steps}: Pipeline) =>
	steps.map(({id, title, touches, isClosing}) => ({id, title, touches, ...(isClosing ? {isClosing} : {})}));

/** What a front end may do to a run under way. */
export type RunControl = {
	/** Stops before the swap and leaves the host as it was. Answers with a reason when it is too late. */
	cancel(): string | undefined;
	/** Stops driving: the job under way ends on the host and nothing further starts until somebody resumes. */
	leave(): void;
	/** Answers a question the run has raised. Answers with a reason when it can't be answered so. */
	answer(prompt: string, choice: string): string | undefined;
};

export type Run = RunControl & {readonly finished: Promise<RunOutcome>};

type Ending = 'cancel' | 'leave' | 'failure';

/**
 * Starts a pipeline: every step as soon as the steps it names are done, in the order of the list. Never rejects.
 * A failed step stops the others; then the host is asked what is live, and left in a named state.
 */
export const startRun = (
	pipeline: Pipeline,
	services: RunServices,
	options: {
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
	},
): Run => {
	const {attempt, canAsk = false, aim = 'finish'} = options;
	const questions = createQuestions(canAsk);
	const stopping = new AbortController();
	/** Aborted when not even the closing of a stopped run is waited for. */
	const leaving = new AbortController();
	let ending: Ending | undefined;
	const stop = (why: Ending): void => {
		if (why === 'leave') leaving.abort();
		ending ??= why;
		stopping.abort();
	};

	const emit = (body: RunEventBody): void => {
		const event: RunEvent = {at: services.clock.now(), ...body};
		services.journal.append(event);
		try {
			options.onEvent(event);
		} catch {
			// A screen that fails must not touch the run it watches.
		}
	};
	const contextFor = (step: string, signal: AbortSignal): RunContext => ({
		...services,
		pipeline,
		attempt,
		step,
		signal,
		emit,
		persist: work => persist(services.session, {patienceMs: services.patienceMs, signal}, work),
	});

	let lock: LockState = attempt > 1 ? 'before' : 'none';
	let isPastSwap = false;
	/** Jobs that earlier attempts began. */
	const begun = new Set<string>();
	/** Jobs that may be alive on the host. */
	const alive = new Set<string>();
	const results: Record<string, string> = {};
	const watches = new Map<string, JobWatch>();
	const liveAfterSwap = (): string => pipeline.resolveLive?.(results) ?? pipeline.liveAfterSwap;

	const noteLock = (answer: string): void => {
		lock = 'mine';
		for (const [, job = ''] of answer.matchAll(/^started (\S+)$/gm)) begun.add(job);
		const jobs = pipeline.steps.flatMap(({actions}) => actions).filter(({kind}) => kind === 'job');
		for (const {id} of jobs) if (begun.has(id)) alive.add(id);
		isPastSwap ||= jobs.some(action => action.kind === 'job' && action.swap !== undefined && begun.has(action.id));
		const {abandon, closeAsFailed, goBack} = pipeline;
		const closing = [abandon, closeAsFailed, ...(goBack ? [goBack.job, goBack.close] : [])].find(({id}) =>
			begun.has(id),
		);
		if (closing) throw halfClosed(pipeline);
	};

	/** Whether an earlier driver has come beyond this action: a job that waits for it has begun. */
	const isBehind = (step: Step, index: number): boolean =>
		jobsBehind(pipeline, step, index).some(job => begun.has(job));

	/** A stream whose files later jobs have worked on since must not come again: it would undo what they made of them. */
	const isDone = (step: Step, action: Action, index: number): boolean =>
		action.kind === 'transfer' && isBehind(step, index);

	/** Begins a job, or attaches to it, and resolves when what is told as this step has passed. */
	const runWatched = (step: Step, action: JobAction): Promise<string> => {
		const watch = watchJob(action, step.id, onCommand =>
			runJob(contextFor(step.id, stopping.signal), action, onCommand),
		);
		watches.set(action.id, watch);
		if (action.swap !== undefined) {
			// What is stopped before it, and started behind it, is one unit with the swap.
			isPastSwap = true;
			watch.passedCommand(action.swap).then(
				() => emit({type: 'live.changed', to: liveAfterSwap()}),
				() => undefined,
			);
		}
		void watch.finished.then(
			() => alive.delete(action.id),
			() => undefined,
		);
		return watch.passed(step.id);
	};

	/** What was answered before is not asked again: whether its job has begun tells the answer. */
	const ask = async (step: Step, action: PromptAction, index: number): Promise<string> => {
		if (isBehind(step, index)) return begun.has(action.job) ? 'run' : 'skip';
		const prompt = action.prompt(results);
		if (!prompt) return '';
		const {signal} = stopping;
		const choice = await questions.ask(prompt, {step: step.id, signal, emit});
		if (choice !== 'abort') return choice;
		stop('cancel');
		signal.throwIfAborted();
		return choice;
	};

	const act = (step: Step, action: Action, index: number): Promise<string> => {
		switch (action.kind) {
			case 'job':
				return runWatched(step, action);
			case 'follow': {
				const watch = watches.get(action.job);
				if (!watch) throw new TypeError(`step ${step.id} follows ${action.job}, which was not begun`);
				return watch.passed(step.id);
			}
			case 'prompt':
				return ask(step, action, index);
			case 'read':
			case 'send':
			case 'lock':
			case 'transfer':
			case 'probe':
			case 'build':
			case 'served':
				return runAction(contextFor(step.id, stopping.signal), action, results);
		}
	};

	/**
	 * Checks of what a driver that takes over has asked before it has the lock: only with the lock comes the word which jobs
	 * have begun, and what those have changed is no reason to refuse.
	 */
	const postponed: (() => void)[] = [];

	/** What a host could not do, but nothing stopped for. Steps of one job see one log: each note is told once. */
	const noted = new Set<string>();
	const tellNotes = (step: Step, log: string): void => {
		for (const [, text = ''] of log.matchAll(/^noted: (.*)$/gm)) {
			if (noted.has(text)) continue;
			noted.add(text);
			emit({type: 'run.noted', step: step.id, text: sanitise(text)});
		}
	};

	const perform = async (step: Step, action: Action, index: number): Promise<void> => {
		if (action.when?.holds(results) === false || isDone(step, action, index)) return;
		emit({type: 'action.announced', step: step.id, action: action.id});
		if (action.kind === 'job') alive.add(action.id);
		if (action.kind === 'lock' && attempt === 1) lock = 'unknown';
		try {
			results[action.id] = await act(step, action, index);
		} catch (error) {
			if (action.kind === 'lock' && attempt === 1 && isAnswer(error)) lock = 'none';
			throw error;
		}
		if (action.kind === 'lock') {
			noteLock(results[action.id] ?? '');
			if (aim === 'abandon') {
				// Whoever drove it may have begun the swap since it was asked: then nothing is closed.
				stop(isPastSwap ? 'leave' : 'cancel');
				stopping.signal.throwIfAborted();
			}
			for (const late of postponed.splice(0)) late();
			// Once the swap has begun, a gate that closes interrupts nothing. Until then whoever drives it on asks again.
			if (!isPastSwap) await options.underLock?.(stopping.signal);
		}
		tellNotes(step, results[action.id] ?? '');
		const check = (): void => {
			const isPassed = action.kind === 'read' && isBehind(step, index);
			const refusal = isPassed ? undefined : action.check?.(results);
			if (refusal) throw refuse(pipeline, step, refusal);
		};
		if (lock === 'before' && action.kind === 'read') postponed.push(check);
		else check();
	};

	const runStep = async (step: Step): Promise<void> => {
		stopping.signal.throwIfAborted();
		if (step.id === pipeline.swapStep) isPastSwap = true;
		const begunAt = services.clock.now();
		const finish = (state: 'done' | 'failed' | 'cancelled', summary?: string, sizeBytes?: number): void =>
			emit({
				type: 'step.finished',
				step: step.id,
				state,
				durationMs: services.clock.now() - begunAt,
				...(summary ? {summary} : {}),
				...(sizeBytes === undefined ? {} : {sizeBytes}),
			});
		emit({type: 'step.started', step: step.id});
		try {
			for (const [index, action] of step.actions.entries()) {
				stopping.signal.throwIfAborted();
				await perform(step, action, index);
			}
			finish('done', step.summary?.(results), step.sizeBytes?.(results));
		} catch (error) {
			const state = ending === 'cancel' || ending === 'leave' || isEcho(error) ? 'cancelled' : 'failed';
			stop('failure');
			finish(state);
			throw error;
		}
	};

	const drive = async (): Promise<RunOutcome> => {
		const begunAt = services.clock.now();
		const unwatch = watchLink(services, pipeline.host.name, emit);
		emit(attempt === 1 ? started(pipeline) : {type: 'run.resumed', run: pipeline.record.run, attempt});
		// A step may wait for one that people read further down: the list is in the order of the runbook.
		const steps = aim === 'abandon' ? lockOnly(pipeline) : pipeline.steps;
		const ends = new Map(steps.map(({id}) => [id, Promise.withResolvers<void>()]));
		const runInTurn = async (step: Step): Promise<void> => {
			await Promise.all(step.after.map(id => ends.get(id)?.promise ?? Promise.reject(unknownStep(step, id))));
			await runStep(step);
		};
		const running = steps.map(async step => {
			const end = ends.get(step.id);
			try {
				await runInTurn(step);
				end?.resolve();
			} catch (error) {
				// Nobody may wait for this step.
				end?.promise.catch(() => undefined);
				end?.reject(error);
				throw error;
			}
		});
		const settled = await Promise.allSettled(running);
		const error = firstFailure(settled);
		const outcome: RunOutcome =
			error === undefined
				? {outcome: 'done', exitCode: 0}
				: await settleRun(pipeline, {
						error,
						ending: ending ?? 'failure',
						lock,
						jobs: [...alive],
						questions,
						liveAfterSwap: liveAfterSwap(),
						contextFor: step => contextFor(step, leaving.signal),
					});
		unwatch();
		try {
			emit({
				type: 'run.finished',
				outcome: outcome.outcome,
				exitCode: outcome.exitCode,
				durationMs: services.clock.now() - begunAt,
				...(outcome.error ? {error: plain(outcome.error)} : {}),
			});
		} catch {
			// The host is in its named state; a full disk here changes nothing about that.
		}
		return outcome;
	};

	return {
		finished: drive(),
		cancel: () => {
			if (isPastSwap) return 'the swap has begun: the run goes on to its end';
			stop('cancel');
			return undefined;
		},
		leave: () => stop('leave'),
		answer: (prompt, choice) => questions.answer(prompt, choice),
	};
};

/** What a driver that only ends a run does of its steps. */
const lockOnly = ({steps}: Pipeline): readonly Step[] =>
	steps.flatMap(step => {
		const actions = step.actions.filter(({kind}) => kind === 'lock');
		return actions.length === 0 ? [] : [{...step, after: [], actions}];
	});

const unknownStep = ({id}: Step, after: string): TypeError =>
	new TypeError(`step ${id} waits for ${after}, which is not in the pipeline`);

const started = (pipeline: Pipeline): RunEventBody => ({
	type: 'run.started',
	record: pipeline.record,
	title: pipeline.title,
	host: pipeline.host.name,
	swapStep: pipeline.swapStep,
	steps: toldSteps(pipeline),
});

/** A step that ended only because another one did, or because somebody asked. */
const isEcho = (error: unknown): boolean =>
	hasCode(error, 'cancelled') || (error instanceof Error && error.name === 'AbortError');

/** Whether the host has answered: the lock is then known not to be ours. */
const isAnswer = (error: unknown): boolean => hasCode(error, 'locked', 'blocked', 'step-failed');

/** The first failure that is not just another step being stopped because of it. */
const firstFailure = (settled: readonly PromiseSettledResult<void>[]): unknown => {
	const errors = settled.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []));
	return errors.find(error => !isEcho(error)) ?? errors[0];
};

const plain = ({what, why, now, next, log}: DeployError) => ({what, why, now, next, ...(log ? {log} : {})});

const halfClosed = ({record, host}: Pipeline): DeployError =>
	new DeployError({
		code: 'step-failed',
		what: `Run ${record.run} on ${host.name} had failed already`,
		why: 'its closing was interrupted, and is done now',
		now: '',
		next: 'Its own error stands in the log of whoever drove it. Start again once that is mended.',
	});

import {DeployError, hasCode} from '../domain/errors.ts';
import type {RunEvent, RunEventBody} from '../domain/events.ts';
import type {Action, Pipeline, Step} from '../domain/pipeline.ts';
import {jobsBehind} from './jobs-behind.ts';
import {persist} from './persist.ts';
import {refuse} from './refuse.ts';
import {runAction} from './run-action.ts';
import type {RunContext, RunServices} from './run-context.ts';
import {settleRun, type LockState, type RunOutcome} from './settle-run.ts';
import {watchLink} from './watch-link.ts';

export type {RunOutcome} from './settle-run.ts';

/** What a front end may do to a run under way. */
export type RunControl = {
	/** Stops before the swap and leaves the host as it was. Answers with a reason when it is too late. */
	cancel(): string | undefined;
	/** Stops driving: the job under way ends on the host and nothing further starts until somebody resumes. */
	leave(): void;
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
	options: {readonly attempt: number; readonly onEvent: (event: RunEvent) => void},
): Run => {
	const {attempt} = options;
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

	const noteLock = (answer: string): void => {
		lock = 'mine';
		for (const [, job = ''] of answer.matchAll(/^started (\S+)$/gm)) begun.add(job);
		const jobs = pipeline.steps.flatMap(({actions}) => actions).filter(({kind}) => kind === 'job');
		for (const {id} of jobs) if (begun.has(id)) alive.add(id);
		isPastSwap ||= jobs.some(action => action.kind === 'job' && action.swap !== undefined && begun.has(action.id));
		const closing = [pipeline.abandon, pipeline.closeAsFailed].find(({id}) => begun.has(id));
		if (closing) throw halfClosed(pipeline);
	};

	/** A stream whose files later jobs have worked on since must not come again: it would undo what they made of them. */
	const isDone = (step: Step, action: Action, index: number): boolean =>
		action.kind === 'transfer' && jobsBehind(pipeline, step, index).some(job => begun.has(job));

	const perform = async (step: Step, action: Action, index: number): Promise<void> => {
		if (action.when?.holds(results) === false || isDone(step, action, index)) return;
		emit({type: 'action.announced', step: step.id, action: action.id});
		if (action.kind === 'job') alive.add(action.id);
		if (action.kind === 'lock' && attempt === 1) lock = 'unknown';
		try {
			results[action.id] = await runAction(contextFor(step.id, stopping.signal), action, results);
		} catch (error) {
			if (action.kind === 'lock' && attempt === 1 && isAnswer(error)) lock = 'none';
			throw error;
		}
		if (action.kind === 'lock') noteLock(results[action.id] ?? '');
		alive.delete(action.id);
		const refusal = action.check?.(results);
		if (refusal) throw refuse(pipeline, step, refusal);
		if (action.kind === 'job' && action.swap !== undefined)
			emit({type: 'live.changed', to: pipeline.liveAfterSwap});
	};

	const runStep = async (step: Step): Promise<void> => {
		stopping.signal.throwIfAborted();
		if (step.id === pipeline.swapStep) isPastSwap = true;
		const begunAt = services.clock.now();
		const finish = (state: 'done' | 'failed' | 'cancelled', summary?: string): void =>
			emit({
				type: 'step.finished',
				step: step.id,
				state,
				durationMs: services.clock.now() - begunAt,
				...(summary ? {summary} : {}),
			});
		emit({type: 'step.started', step: step.id});
		try {
			for (const [index, action] of step.actions.entries()) {
				stopping.signal.throwIfAborted();
				await perform(step, action, index);
			}
			finish('done', step.summary?.(results));
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
		const steps = new Map<string, Promise<void>>();
		for (const step of pipeline.steps) {
			const before = step.after.flatMap(id => steps.get(id) ?? []);
			steps.set(
				step.id,
				Promise.all(before).then(() => runStep(step)),
			);
		}
		const settled = await Promise.allSettled(steps.values());
		const error = firstFailure(settled);
		const outcome: RunOutcome =
			error === undefined
				? {outcome: 'done', exitCode: 0}
				: await settleRun(pipeline, {
						error,
						ending: ending ?? 'failure',
						lock,
						jobs: [...alive],
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
	};
};

const started = (pipeline: Pipeline): RunEventBody => ({
	type: 'run.started',
	record: pipeline.record,
	title: pipeline.title,
	host: pipeline.host.name,
	swapStep: pipeline.swapStep,
	steps: pipeline.steps.map(({id, title, touches}) => ({id, title, touches})),
});

/** A step that ended only because another one did, or because somebody asked. */
const isEcho = (error: unknown): boolean =>
	hasCode(error, 'cancelled') || (error instanceof Error && error.name === 'AbortError');

/** Whether the host has answered: the lock is then known not to be ours. */
const isAnswer = (error: unknown): boolean => hasCode(error, 'locked', 'step-failed');

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

import {renderCommand} from '../commands/shell.ts';
import {DeployError, exitCodes, hasCode} from '../domain/errors.ts';
import type {RunEvent, RunEventBody} from '../domain/events.ts';
import type {JobAction, Pipeline, Step} from '../domain/pipeline.ts';
import {refuse} from './refuse.ts';
import {persist} from './persist.ts';
import {runAction} from './run-action.ts';
import {runJob, stopJob} from './run-job.ts';
import type {RunContext, RunServices} from './run-context.ts';
import {watchLink} from './watch-link.ts';

/** How a run ended. `error` is complete: it says what is live and what to do. */
export type RunOutcome = {
	readonly outcome: 'done' | 'failed' | 'cancelled' | 'left';
	readonly exitCode: number;
	readonly error?: DeployError;
};

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
	const stopping = new AbortController();
	let ending: Ending | undefined;
	let isPastSwap = false;
	const stop = (why: Ending): void => {
		ending ??= why;
		stopping.abort();
	};

	const emit = (body: RunEventBody): void => {
		const event: RunEvent = {at: services.clock.now(), ...body};
		services.journal.append(event);
		options.onEvent(event);
	};
	const contextFor = (step: string, signal: AbortSignal): RunContext => ({
		...services,
		pipeline,
		attempt: options.attempt,
		step,
		signal,
		emit,
		persist: attempt => persist(services.session, {patienceMs: services.patienceMs, signal}, attempt),
	});

	const activeJobs = new Set<string>();
	let isLocked = options.attempt > 1;
	const results: Record<string, string> = {};

	const runStep = async (step: Step): Promise<void> => {
		stopping.signal.throwIfAborted();
		if (step.id === pipeline.swapStep) isPastSwap = true;
		const begun = services.clock.now();
		const finish = (state: 'done' | 'failed' | 'cancelled', summary?: string): void =>
			emit({
				type: 'step.finished',
				step: step.id,
				state,
				durationMs: services.clock.now() - begun,
				...(summary ? {summary} : {}),
			});
		emit({type: 'step.started', step: step.id});
		try {
			const context = contextFor(step.id, stopping.signal);
			for (const action of step.actions) {
				if (action.when?.holds(results) === false) continue;
				emit({type: 'action.announced', step: step.id, action: action.id});
				if (action.kind === 'job') activeJobs.add(action.id);
				results[action.id] = await runAction(context, action, results);
				activeJobs.delete(action.id);
				if (action.kind === 'lock') isLocked = true;
				const refusal = action.check?.(results);
				if (refusal) throw refuse(pipeline, step, refusal);
				if (action.kind === 'job' && action.swap !== undefined)
					emit({type: 'live.changed', to: pipeline.liveAfterSwap});
			}
			finish('done', step.summary?.(results));
		} catch (error) {
			finish(ending === 'cancel' || ending === 'leave' || hasCode(error, 'cancelled') ? 'cancelled' : 'failed');
			stop('failure');
			throw error;
		}
	};

	const settle = async (error: unknown): Promise<RunOutcome> => {
		if (ending === 'leave')
			return {outcome: 'left', exitCode: exitCodes.cancelled, error: leftBehind(pipeline, undefined)};
		if (hasCode(error, 'link-lost', 'unreachable', 'auth-failed') && isLocked) {
			return {outcome: 'left', exitCode: exitCodes['link-lost'], error: leftBehind(pipeline, error)};
		}
		if (hasCode(error, 'locked')) return {outcome: 'failed', exitCode: exitCodes.locked, error};

		const problem = asDeployError(pipeline, error);
		const stillAlive = await Promise.all([...activeJobs].map(job => stopJob(services.session, pipeline, job)));
		const live = await readLive(pipeline, services);
		const isSwapped = live === pipeline.liveAfterSwap;
		const context = contextFor(isSwapped ? 'close-as-failed' : 'abandon', new AbortController().signal);
		const tidied = isLocked
			? await tidy(context, isSwapped ? pipeline.closeAsFailed : pipeline.abandon)
			: undefined;
		const now = describeState(pipeline, {live, isSwapped, isLocked, leftovers: [...stillAlive, tidied]});
		if (isSwapped) {
			const next = [problem.next, 'Go back with:', ...pipeline.wayBack.map(line => `  ${line}`)].join('\n');
			return {
				outcome: 'failed',
				exitCode: exitCodes['failed-after-swap'],
				error: problem.with({code: 'failed-after-swap', now, next}),
			};
		}
		if (ending === 'cancel')
			return {outcome: 'cancelled', exitCode: exitCodes.cancelled, error: cancelledError(pipeline, now)};
		return {
			outcome: 'failed',
			exitCode: exitCodes[problem.code],
			error: problem.with({now, log: services.journal.logPath}),
		};
	};

	const drive = async (): Promise<RunOutcome> => {
		const begun = services.clock.now();
		const unwatch = watchLink(services, pipeline.host.name, emit);
		emit(
			options.attempt === 1
				? {
						type: 'run.started',
						record: pipeline.record,
						title: pipeline.title,
						host: pipeline.host.name,
						swapStep: pipeline.swapStep,
						steps: pipeline.steps.map(({id, title, touches}) => ({id, title, touches})),
					}
				: {type: 'run.resumed', run: pipeline.record.run, attempt: options.attempt},
		);
		const started = new Map<string, Promise<void>>();
		for (const step of pipeline.steps) {
			const before = step.after.map(id => started.get(id));
			started.set(
				step.id,
				Promise.all(before).then(() => runStep(step)),
			);
		}
		const settled = await Promise.allSettled(started.values());
		const outcome = await outcomeOf(settled, settle);
		unwatch();
		emit({
			type: 'run.finished',
			outcome: outcome.outcome,
			exitCode: outcome.exitCode,
			durationMs: services.clock.now() - begun,
			...(outcome.error ? {error: plain(outcome.error)} : {}),
		});
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

/** The first failure that is not just another step being stopped because of it. */
const outcomeOf = async (
	settled: readonly PromiseSettledResult<void>[],
	settle: (error: unknown) => Promise<RunOutcome>,
): Promise<RunOutcome> => {
	const errors = settled.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []));
	if (errors.length === 0) return {outcome: 'done', exitCode: 0};
	const isEcho = (error: unknown): boolean =>
		hasCode(error, 'cancelled') || (error instanceof Error && error.name === 'AbortError');
	return settle(errors.find(error => !isEcho(error)) ?? errors[0]);
};

const plain = ({what, why, now, next, log}: DeployError) => ({what, why, now, next, ...(log ? {log} : {})});

const asDeployError = ({record, environment}: Pipeline, error: unknown): DeployError =>
	error instanceof DeployError
		? error
		: new DeployError({
				code: 'step-failed',
				what: `Run ${record.run} on ${environment.name} stopped at a fault of the cockpit itself`,
				why: error instanceof Error ? (error.stack ?? error.message) : String(error),
				now: '',
				next: 'Please report it with the log.',
				cause: error,
			});

const readLive = async ({readLive: command}: Pipeline, {session}: RunServices): Promise<string | undefined> => {
	try {
		const {stdout} = await session.exec(renderCommand(command), {lane: 'run', timeoutMs: 30_000});
		return stdout.trim();
	} catch {
		return undefined;
	}
};

/** Runs the closing job of a failed run. Answers with what could not be tidied. */
const tidy = async (context: RunContext, action: JobAction): Promise<string | undefined> => {
	try {
		await runJob(context, action);
		return undefined;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
};

const describeState = (
	{host, app}: Pipeline,
	state: {
		readonly live: string | undefined;
		readonly isSwapped: boolean;
		readonly isLocked: boolean;
		readonly leftovers: readonly (string | undefined)[];
	},
): string => {
	const {live, isSwapped, isLocked} = state;
	const release = live?.slice(live.lastIndexOf('/') + 1);
	const lines = [
		live === undefined
			? `What is live on ${host.name} is not known: it could not be asked.`
			: isSwapped
				? `Live ${app} is the new release ${release}.`
				: `Live ${app} is untouched${release ? `: ${release}` : ''}.`,
		...(isLocked && !isSwapped ? ['The release being prepared was removed, the lock given back.'] : []),
		...state.leftovers.flatMap(left => (left === undefined ? [] : [`Not tidied up: ${left}`])),
	];
	if (!isLocked) lines.push('Nothing was changed.');
	return lines.join(' ');
};

const leftBehind = ({record, host}: Pipeline, error: DeployError | undefined): DeployError =>
	new DeployError({
		code: error?.code ?? 'cancelled',
		what: `Run ${record.run} goes on without us on ${host.name}`,
		why: error?.why ?? 'the cockpit stopped driving it',
		now: 'The job under way ends by itself; no further step starts.',
		next: `cockpit resume ${record.run} --env ${record.environment}`,
		...(error ? {cause: error} : {}),
	});

const cancelledError = ({record}: Pipeline, now: string): DeployError =>
	new DeployError({
		code: 'cancelled',
		what: `Run ${record.run} was cancelled`,
		why: 'you asked for it',
		now,
		next: `Start again: cockpit deploy ${record.app} --env ${record.environment}`,
	});

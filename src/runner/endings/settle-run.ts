import {posix} from 'node:path';
import {fenceExit} from '../../commands/lock/fence/fence.ts';
import {haltJobs} from '../../commands/job/job.ts';
import {renderCommand} from '../../commands/shell.ts';
import {DeployError, exitCodes, hasCode, stepFailed} from '../../domain/errors.ts';
import type {GoBack, JobAction, Pipeline} from '../../domain/runs/pipeline.ts';
import {goBack, goBackId, wantsToGoBack} from './go-back.ts';
import type {Driver} from '../driver.ts';
import type {RunContext} from '../run-context.ts';
import {sanitise} from '../jobs/job-output.ts';
import type {Ending} from '../stopping.ts';
import {hostState, runJob} from '../jobs/run-job.ts';
import {isLinkGone, readLive, whyNot} from './read-live.ts';
import {tellHooks} from './tell-hooks.ts';
import {withOwnWords} from './own-words.ts';
import {takenOver} from './lock-errors.ts';

/** How a run ended. `error` is complete: it says what is live and what to do. */
export type RunOutcome = {
	readonly outcome: 'done' | 'failed' | 'cancelled' | 'left';
	readonly exitCode: number;
	readonly error?: DeployError;
	/** Of one that was cancelled: whether nothing of it is left on the host. */
	readonly isTidy?: boolean;
};

/** A run that has stopped, and why. */
type Stopped = Driver & {
	readonly error: unknown;
	readonly ending: Ending;
	/** What closes it; its signal aborts when nobody wants to wait for a lost link any more. */
	readonly closing: (step: string) => RunContext;
};

/**
 * Leaves a host in a named state after a run has stopped: ends what still runs, asks what is live, and closes the run.
 * When the host can't be asked, or somebody else drives the run by now, nothing is closed.
 */
export const settleRun = async (driver: Driver, error: unknown): Promise<RunOutcome> => {
	const {pipeline, stopping, contextFor} = driver;
	const {lock} = driver.book;
	const ending = stopping.ending ?? 'failure';
	const stopped: Stopped = {...driver, error, ending, closing: step => contextFor(step, stopping.leaving)};
	if (hasCode(error, 'taken-over')) return lockedOut(error);
	// What somebody else keeps from us is no reason to keep the lock that we have.
	if (hasCode(error, 'locked') && lock !== 'mine') return lockedOut(error);
	if (ending === 'leave' && lock !== 'none') return leftBehind(pipeline);
	if (isLinkGone(error) && lock !== 'none') return leftBehind(pipeline, error);
	if (lock === 'none' || lock === 'before') return notBegun(stopped);
	try {
		const outcome = await close(stopped);
		await tellHooks(driver, outcome);
		return outcome;
	} catch (closingError) {
		if (!hasCode(closingError, 'taken-over')) return leftBehind(pipeline, asDeployError(pipeline, closingError));
		return lock === 'unknown' ? notBegun(stopped) : lockedOut(closingError);
	}
};

const lockedOut = (error: DeployError): RunOutcome => ({
	outcome: 'failed',
	exitCode: exitCodes.locked,
	error: error.now === '' ? error.with({now: 'Nothing was changed.'}) : error,
});

const notBegun = ({pipeline, book: {lock}, error, ending, closing}: Stopped): RunOutcome => {
	const {record} = pipeline;
	const now =
		lock === 'before'
			? `Nothing was changed by this attempt. Run ${record.run} stays open.`
			: 'Nothing was changed.';
	if (ending !== 'failure')
		return {outcome: 'cancelled', exitCode: exitCodes.cancelled, error: cancelledError(pipeline, now)};
	const problem = asDeployError(pipeline, error).with({now, log: closing('').journal.logPath});
	return {outcome: lock === 'before' ? 'left' : 'failed', exitCode: exitCodes[problem.code], error: problem};
};

/** Throws DeployError `taken-over`, and when the link is gone for good. */
const close = async (stopped: Stopped): Promise<RunOutcome> => {
	const {pipeline, book, error, ending, closing} = stopped;
	const asking = closing('settle');
	const stillAlive = await halt(asking, book.alive);
	const live = await readLive(asking);
	const isSwapped = isSame(live, book.liveAfterSwap());
	const problem = isSwapped
		? await withOwnWords(asking, asDeployError(pipeline, error))
		: asDeployError(pipeline, error);
	if (isSwapped && book.hasSwapped)
		book.tellSwap(() => stopped.emit({type: 'live.changed', to: book.liveAfterSwap()}));
	if (!isSwapped && live !== undefined && book.hasSwapped && pipeline.proveLive)
		return closeAsPutBack(stopped, {live, problem, stillAlive});
	if (isSwapped && pipeline.goBack) {
		const outcome = await tryToGoBack({...stopped, error: problem}, pipeline.goBack, stillAlive);
		if (outcome) return outcome;
	}
	const notes: string[] = [];
	const notTidied = await tidy(
		closing(isSwapped ? 'close-as-failed' : 'abandon'),
		isSwapped ? pipeline.closeAsFailed : pipeline.abandon,
		text => notes.push(text),
	);
	const leftovers = [stillAlive, notTidied, ...notes].filter(left => left !== undefined);
	const isClosed = stillAlive === undefined && notTidied === undefined;
	const now = [describeState(pipeline, {live, isSwapped, leftovers, isClosed}), ...leftOf(stopped)].join(' ');
	const log = asking.journal.logPath;
	if (isSwapped) {
		const next = [problem.next, 'Go back with:', ...pipeline.wayBack.map(line => `  ${line}`)].join('\n');
		return {
			outcome: 'failed',
			exitCode: exitCodes['failed-after-swap'],
			error: problem.with({code: 'failed-after-swap', now, next, log}),
		};
	}
	if (ending === 'cancel')
		return {
			outcome: 'cancelled',
			exitCode: exitCodes.cancelled,
			error: cancelledError(pipeline, now),
			isTidy: leftovers.length === 0,
		};
	return {outcome: 'failed', exitCode: exitCodes[problem.code], error: problem.with({now, log})};
};

/** Somebody went back by hand behind the swap: nothing of it is recorded as live, and what they put there is left alone. */
const closeAsPutBack = async (
	{pipeline, book, closing}: Stopped,
	found: {readonly live: string; readonly problem: DeployError; readonly stillAlive: string | undefined},
): Promise<RunOutcome> => {
	const {host, app, record, closeAsFailed, closeAsPutBack: close = closeAsFailed} = pipeline;
	const context = closing(close.id);
	const notTidied = await tidy(context, close);
	const now = [
		`Live ${app} on ${host.name} is ${posix.basename(found.live)}, put there by hand.`,
		`Run ${record.run} is recorded as failed: its release ${posix.basename(book.liveAfterSwap())} is not live.`,
		...[found.stillAlive, notTidied].flatMap(left => (left === undefined ? [] : [`Not tidied up: ${left}`])),
	].join(' ');
	return {
		outcome: 'failed',
		exitCode: exitCodes['failed-after-swap'],
		error: found.problem.with({code: 'failed-after-swap', now, log: context.journal.logPath}),
	};
};

/**
 * The run's own way back, within its lock. Undefined when it is not wanted, or did not work: then it is closed as
 * failed.
 */
const tryToGoBack = async (
	stopped: Stopped,
	way: GoBack,
	stillAlive: string | undefined,
): Promise<RunOutcome | undefined> => {
	const {pipeline, book, error, questions, closing} = stopped;
	const context = closing(goBackId);
	const problem = asDeployError(pipeline, error);
	if (!(await wantsToGoBack(context, problem, {questions, isDemanded: book.isBackDemanded}))) return undefined;
	const failure = await goBack(context, way);
	if (failure !== undefined) {
		context.emit({type: 'run.noted', step: goBackId, text: `Going back did not work: ${failure}`});
		return undefined;
	}
	const notTidied = await tidy(closing(way.close.id), way.close);
	const live = await readLive(closing('settle'));
	const leftovers = [stillAlive, notTidied].filter(left => left !== undefined);
	const {host, app, words} = pipeline;
	return {
		outcome: 'failed',
		exitCode: exitCodes['failed-after-swap'],
		error: problem.with({
			code: 'failed-after-swap',
			now: [
				...(words
					? [words.wentBack]
					: [
							`Went back: live ${app} on ${host.name} is ${live === undefined ? 'not known' : posix.basename(live)} again, and healthy.`,
							`The failed release ${posix.basename(pipeline.liveAfterSwap)} is kept.`,
						]),
				...leftovers.map(left => `Not tidied up: ${left}`),
				...leftOf(stopped),
			].join(' '),
			next: words
				? `Mend what is named above, then start again: cockpit ${verbOf(pipeline.record)} --env ${pipeline.record.environment}`
				: 'Mend what is named above, then deploy again.',
			log: context.journal.logPath,
		}),
	};
};

const keptLogBytes = 64 * 1024;

/** What no way back takes with it, from what the run knows itself: no host is asked. */
const leftOf = ({pipeline, book: {results}, closing}: Stopped): readonly string[] => {
	const {journal} = closing('settle');
	const left = pipeline.leftBehind?.(results, job =>
		journal.mirror(job).tail(keptLogBytes).split('\n').map(sanitise).join('\n'),
	);
	return left ? [left] : [];
};

/** Ends everything of the run that is alive on the host. Answers with what could not be ended. */
const halt = async (context: RunContext, jobs: readonly string[]): Promise<string | undefined> => {
	const {pipeline, attempt, session, signal} = context;
	const line = renderCommand(haltJobs(hostState(pipeline), {attempt, jobs}));
	// Twelve seconds for each group that ignores TERM and KILL, and a little for the host.
	const timeoutMs = 30_000 + jobs.length * 12_000;
	const {code, stderr} = await context.persist(() => session.exec(line, {lane: 'run', timeoutMs, signal}));
	if (code === fenceExit.fenced) throw takenOver(pipeline, stderr);
	return code === 0 ? undefined : stderr.trim();
};

/** By the name of the release, which is unique: what the host prints is resolved, and a parent may be a symlink. */
const isSame = (live: string | undefined, release: string): boolean =>
	live !== undefined && posix.basename(live) === posix.basename(release);

/**
 * Runs the closing job of a failed run. A job runs once: when an earlier attempt's could not finish, this attempt has
 * one of its own. Answers with what could not be tidied.
 */
const tidy = async (
	context: RunContext,
	action: JobAction,
	/** Hears what the host could not do, but closed the run all the same. */
	onNote: (text: string) => void = text => context.emit({type: 'run.noted', step: context.step, text}),
): Promise<string | undefined> => {
	const failure = await whyNot(async () => {
		const said = await runJob(context, action);
		for (const [, text = ''] of said.matchAll(/^noted: (.*)$/gm)) onNote(sanitise(text));
	});
	const isOwn = context.attempt === 1 || action.id.endsWith(`-${context.attempt}`);
	return failure === undefined || isOwn
		? failure
		: tidy(context, {...action, id: `${action.id}-${context.attempt}`}, onNote);
};

const asDeployError = ({record, environment}: Pipeline, error: unknown): DeployError =>
	error instanceof DeployError
		? error
		: stepFailed({
				what: `Run ${record.run} on ${environment.name} stopped at a fault of the cockpit itself`,
				why: error instanceof Error ? (error.stack ?? error.message) : String(error),
				now: '',
				next: 'Please report it with the log.',
				cause: error,
			});

const describeState = (
	{host, app, record, words}: Pipeline,
	state: {
		readonly live: string | undefined;
		readonly isSwapped: boolean;
		readonly leftovers: readonly string[];
		/** The lock was given back, whatever is left. */
		readonly isClosed: boolean;
	},
): string => {
	const {live, isSwapped, leftovers, isClosed} = state;
	const release = live === undefined ? '' : posix.basename(live);
	const isTidy = leftovers.length === 0;
	return [
		live === undefined
			? `What is live on ${host.name} is not known: it did not say.`
			: words
				? isSwapped
					? words.swapped
					: words.untouched
				: isSwapped
					? `Live ${app} is the new release ${release}.`
					: `Live ${app} is untouched${release ? `: ${release}` : ''}.`,
		...(isTidy && !isSwapped
			? [words?.removed ?? 'The release being prepared was removed, the lock given back.']
			: []),
		...leftovers.map(left => `Not tidied up: ${left}`),
		...(isTidy
			? []
			: isClosed
				? ['The lock was given back.']
				: [`Once that is mended: cockpit resume ${record.run} --env ${record.environment}`]),
	].join(' ');
};

const verbOf = ({kind, app, env}: Pipeline['record']): string =>
	({
		deploy: `deploy ${app}`,
		rollback: `rollback ${app}`,
		adopt: 'adopt',
		'adopt-undo': 'adopt --undo',
		'set-env': env?.of === undefined ? `env set ${env?.key ?? 'KEY'} --app ${app}` : `env restore ${env.of}`,
	})[kind];

const leftBehind = ({record, host}: Pipeline, error?: DeployError): RunOutcome => ({
	outcome: 'left',
	exitCode: error ? exitCodes[error.code] : exitCodes.cancelled,
	error: new DeployError({
		code: error?.code ?? 'cancelled',
		what: `Run ${record.run} goes on without us on ${host.name}`,
		why: error?.why ?? 'the cockpit stopped driving it',
		now: 'The job under way ends by itself; no further step starts.',
		next: `cockpit resume ${record.run} --env ${record.environment}`,
		...(error ? {cause: error} : {}),
	}),
});

const cancelledError = ({record}: Pipeline, now: string): DeployError =>
	new DeployError({
		code: 'cancelled',
		what: `Run ${record.run} was cancelled`,
		why: 'you asked for it',
		now,
		next: `Start again: cockpit ${verbOf(record)} --env ${record.environment}`,
	});

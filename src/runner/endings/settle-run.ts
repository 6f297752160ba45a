import {fenceExit} from '../../commands/lock/fence/fence.ts';
import {haltJobs} from '../../commands/job/job.ts';
import {sshLine} from '../../commands/releases/way-back.ts';
import {renderCommand} from '../../commands/shell.ts';
import {DeployError, exitCodes, hasCode, stepFailed} from '../../domain/errors.ts';
import {asKnownError} from '../../domain/system-faults.ts';
import type {JobAction, Pipeline} from '../../domain/runs/pipeline.ts';
import {healthWords, type EndState} from '../../domain/runs/run-end.ts';
import {goBack, goBackId, wantsToGoBack} from './go-back.ts';
import type {Driver} from '../driver.ts';
import type {RunContext} from '../run-context.ts';
import {sanitise} from '../jobs/job-output.ts';
import type {Ending} from '../stopping.ts';
import {hostState} from '../jobs/job-command.ts';
import {runJob} from '../jobs/run-job.ts';
import {failureOf, isLinkGone, readLive} from './read-live.ts';
import {tellHooks} from './tell-hooks.ts';
import {withOwnWords} from './own-words.ts';
import {again, takenOver} from './lock-errors.ts';
import {isSame, placeIn, readEnd, readHealth} from './read-end.ts';
import {nowWords, nextWords, type Course, type EndFacts} from './say-end.ts';
import {withRoom} from './with-room.ts';

/** How a run ended. `error` is complete: it says what is live and what to do. */
export type RunOutcome = {
	readonly outcome: 'done' | 'failed' | 'cancelled' | 'left';
	readonly exitCode: number;
	readonly error?: DeployError;
	/** Of one that was cancelled: whether nothing of it is left on the host. */
	readonly isTidy?: boolean;
	/** What is so behind its last effect; absent where it never had the lock. */
	readonly end?: EndState;
	/** Of one that is done: the release that was live when it began, where the host said so. */
	readonly found?: string;
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
export const settleRun = async (driver: Driver, thrown: unknown): Promise<RunOutcome> => {
	const {pipeline, stopping, contextFor} = driver;
	const error = await withRoom(contextFor('settle', stopping.leaving), thrown);
	const {lock} = driver.book;
	const ending = stopping.ending ?? 'failure';
	const stopped: Stopped = {...driver, error, ending, closing: step => contextFor(step, stopping.leaving)};
	if (hasCode(error, 'taken-over')) return lockedOut(error);
	// What somebody else keeps from us is no reason to keep the lock that we have.
	if (hasCode(error, 'locked') && lock !== 'mine') return lockedOut(error);
	if (ending === 'leave' && lock !== 'none') return leftOpen(stopped);
	if (isLinkGone(error) && lock !== 'none') return leftOpen(stopped, error);
	if (lock === 'none' || lock === 'before') return notBegun(stopped);
	try {
		const outcome = await close(stopped);
		// A way back waits for nobody's hooks but its own.
		if (driver.aim !== 'clear-away') await tellHooks(driver, outcome);
		return outcome;
	} catch (closingError) {
		if (!hasCode(closingError, 'taken-over')) return leftOpen(stopped, asDeployError(pipeline, closingError));
		return lock === 'unknown' ? notBegun(stopped) : lockedOut(closingError);
	}
};

const lockedOut = (error: DeployError): RunOutcome => ({
	outcome: 'failed',
	exitCode: exitCodes.locked,
	error: error.now === '' ? error.with({now: 'Nothing was changed.'}) : error,
});

/** Where the host can't keep a lock, going back does not need one: its own script changes what is live all the same. */
const byHand = ({record, host, environment}: Pipeline, {code}: DeployError): readonly string[] =>
	record.kind === 'rollback' && record.target?.kind === 'snapshot' && code === 'step-failed'
		? [
				`Without the cockpit, to the release before: ${sshLine(host, 'sh', `${environment.stateDirectory}/rollback-${record.app}.sh`)}`,
			]
		: [];

const notBegun = ({pipeline, book: {lock}, error, ending, closing}: Stopped): RunOutcome => {
	const {record} = pipeline;
	const now =
		lock === 'before'
			? `Nothing was changed by this attempt. Run ${record.run} stays open.`
			: 'Nothing was changed.';
	if (ending !== 'failure')
		return {outcome: 'cancelled', exitCode: exitCodes.cancelled, error: cancelledError(pipeline, now)};
	const told = asDeployError(pipeline, error);
	const next = [told.next, ...byHand(pipeline, told)].filter(line => line !== '').join('\n');
	const problem = told.with({now, next, log: closing('').journal.logPath});
	return {outcome: lock === 'before' ? 'left' : 'failed', exitCode: exitCodes[problem.code], error: problem};
};

/**
 * Chooses how the run is closed by what is live, closes it, and says what is so behind that: nothing is told that was known
 * before the last effect. Throws DeployError `taken-over`, and when the link is gone for good.
 */
const close = async (stopped: Stopped): Promise<RunOutcome> => {
	const {pipeline, book, error, ending, closing} = stopped;
	const asking = closing('settle');
	const stillAlive = await halt(asking, book.alive);
	const live = await readLive(asking);
	const isSwapped = isSame(live, book.liveAfterSwap());
	if (isSwapped && book.hasSwapped)
		book.tellSwap(() => stopped.emit({type: 'live.changed', to: book.liveAfterSwap()}));
	const told = asDeployError(pipeline, error);
	const problem =
		ending === 'cancel' && !isSwapped
			? told
			: await withOwnWords(asking, told, isSwapped ? 'swapped' : book.isPastSwap ? 'swapping' : 'before');
	const {course, failure} = isSwapped
		? await tryToGoBack(stopped, problem)
		: {course: isByHand(stopped, live) ? ('by-hand' as const) : ('untouched' as const), failure: undefined};
	const saidOnHost = await askLeft(stopped);
	const {notTidied, notes} = await closeBy(stopped, course);
	const end = await readEnd(asking, book);
	const ended: EndFacts = {
		pipeline,
		course,
		end,
		made: book.liveAfterSwap(),
		found: book.found,
		begun: book.made(),
		leftovers: [stillAlive, notTidied, ...notes].filter(left => left !== undefined),
		isClosed: stillAlive === undefined && notTidied === undefined,
		left: leftOf(stopped, end, saidOnHost),
	};
	const now = nowWords(ended);
	const log = asking.journal.logPath;
	if (course === 'untouched' && ending === 'cancel')
		return {
			outcome: 'cancelled',
			exitCode: exitCodes.cancelled,
			error: cancelledError(pipeline, now, ended.left?.next),
			isTidy: ended.leftovers.length === 0,
			end,
		};
	const why = failure === undefined ? problem.why : await whyTwice(asking, problem, failure);
	const next = nextWords(ended, problem.next);
	const code = course === 'untouched' ? problem.code : 'failed-after-swap';
	return {outcome: 'failed', exitCode: exitCodes[code], error: problem.with({code, why, now, next, log}), end};
};

/** Somebody has put something else live behind the swap. */
const isByHand = ({pipeline, book}: Stopped, live: string | undefined): boolean =>
	live !== undefined && book.hasSwapped && pipeline.proveLive !== undefined;

/** `notTidied`: why the run could not be closed; `notes`: what the host could not do, but closed the run all the same. */
type Closed = {readonly notTidied: string | undefined; readonly notes: readonly string[]};

/**
 * Records how the run ends and gives the lock back: what is live by now decides, not what was meant.
 */
const closeBy = async (stopped: Stopped, course: Course): Promise<Closed> => {
	const {pipeline, book, closing} = stopped;
	const {abandon, closeAsFailed, closeAsPutBack = closeAsFailed, goBack} = pipeline;
	const asking = closing('settle');
	const isAsked = course === 'back-failed' || pipeline.noteEnd !== undefined;
	const place = placeIn(pipeline, book, isAsked ? await readLive(asking) : undefined);
	const isBack = goBack !== undefined && place.is !== 'new' && place.is !== 'unknown';
	const action = {
		untouched: abandon,
		kept: closeAsFailed,
		back: goBack?.close ?? closeAsFailed,
		'back-failed': isBack ? goBack.close : closeAsFailed,
		'by-hand': closeAsPutBack,
	}[course];
	if (!pipeline.noteEnd) return tidy(closing(action.id), action);
	// What lets the app run again may be part of closing a run that has changed nothing: how it answers is known behind it.
	const health = course === 'untouched' ? {} : {health: await readHealth(asking)};
	const commands = [pipeline.noteEnd({...place, ...health}), ...action.commands];
	return tidy(closing(action.id), {...action, commands});
};

/**
 * The run's own way back, within its lock, where it has one and it is wanted. `failure`: why it did not end well.
 */
const tryToGoBack = async (
	stopped: Stopped,
	problem: DeployError,
): Promise<{readonly course: Course; readonly failure: Error | undefined}> => {
	const {pipeline, book, questions, closing} = stopped;
	const kept = {course: 'kept', failure: undefined} as const;
	// Whoever clears a run away goes back from there.
	if (!pipeline.goBack || stopped.aim === 'clear-away') return kept;
	const context = closing(goBackId);
	if (!(await wantsToGoBack(context, problem, {questions, isDemanded: book.isBackDemanded}))) return kept;
	const failure = await goBack(context, pipeline.goBack);
	if (failure === undefined) return {course: 'back', failure};
	context.emit({
		type: 'run.noted',
		step: goBackId,
		text: sanitise(`Going back did not end well: ${failure.message}`),
	});
	return {course: 'back-failed', failure};
};

/** Why the run failed, then why its way back did: with what the app says of that one, as far as it is something else. */
const whyTwice = async (context: RunContext, problem: DeployError, failure: Error): Promise<string> => {
	const told = failure instanceof DeployError ? await withOwnWords(context, failure, 'swapped') : undefined;
	const said = new Set(problem.why.split('\n'));
	const fresh = (told?.why ?? failure.message).split('\n').filter(line => !said.has(line));
	return [problem.why, 'Going back:', ...fresh].join('\n');
};

const keptLogBytes = 64 * 1024;

/** Whether the run has begun what nothing takes back. */
const mayBeLeft = ({pipeline: {leftBehind}, book}: Stopped): boolean =>
	leftBehind !== undefined && book.hasTouched(leftBehind.job);

/** What the host says of that, as long as what the run has prepared is there. Never fails for it. */
const askLeft = async (stopped: Stopped): Promise<string> => {
	const {leftBehind} = stopped.pipeline;
	if (!leftBehind || !mayBeLeft(stopped)) return '';
	const {session, signal} = stopped.closing('settle');
	try {
		const options = {lane: 'run', timeoutMs: 60_000, signal} as const;
		return (await session.exec(renderCommand(leftBehind.command), options)).stdout;
	} catch {
		return '';
	}
};

/** What no way back takes with it. */
const leftOf = (stopped: Stopped, {is}: Pick<EndState, 'is'>, said = ''): EndFacts['left'] => {
	const {pipeline, book, closing} = stopped;
	if (!pipeline.leftBehind || !mayBeLeft(stopped)) return undefined;
	const {journal} = closing('settle');
	const log = (job: string): string => journal.mirror(job).tail(keptLogBytes).split('\n').map(sanitise).join('\n');
	return pipeline.leftBehind.tell({results: book.results, log, said, is});
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

/**
 * Runs the closing job of a failed run. A job runs once: when an earlier attempt's could not finish, this attempt has
 * one of its own.
 */
const tidy = async (context: RunContext, action: JobAction): Promise<Closed> => {
	const notes: string[] = [];
	const failure = await failureOf(async () => {
		const said = await runJob(context, action);
		for (const [, text = ''] of said.matchAll(/^noted: (.*)$/gm)) notes.push(sanitise(text));
	});
	const isOwn = context.attempt === 1 || action.id.endsWith(`-${context.attempt}`);
	return failure === undefined || isOwn
		? {notTidied: failure?.message, notes}
		: tidy(context, {...action, id: `${action.id}-${context.attempt}`});
};

const asDeployError = ({record, environment}: Pipeline, error: unknown): DeployError =>
	asKnownError(error) ??
	stepFailed({
		what: `Run ${record.run} on ${environment.name} stopped at a fault of the cockpit itself`,
		why: error instanceof Error ? (error.stack ?? error.message) : String(error),
		now: '',
		next: 'Please report it with the log.',
		cause: error,
	});

/** The link is gone, or nobody waits: of the host nothing is known, of what users see what one request says. */
const leftOpen = async (stopped: Stopped, error?: DeployError): Promise<RunOutcome> => {
	const {pipeline, closing} = stopped;
	const {record, host, seen} = pipeline;
	const health = await readHealth(closing('settle'));
	const end: EndState = {is: 'unknown', health};
	const left = leftOf(stopped, end);
	return {
		outcome: 'left',
		exitCode: error ? exitCodes[error.code] : exitCodes.cancelled,
		error: new DeployError({
			code: error?.code ?? 'cancelled',
			what: `Run ${record.run} goes on without us on ${host.name}`,
			why: error?.why ?? 'the cockpit stopped driving it',
			now: [
				'The job under way ends by itself; no further step starts.',
				...(seen && health.state !== 'not-asked' ? [`${healthWords(seen.name, health)}.`] : []),
				...(left ? [left.now] : []),
			].join(' '),
			next: [`cockpit resume ${record.run} --env ${record.environment}`, ...(left ? [left.next] : [])].join('\n'),
			...(error ? {cause: error} : {}),
		}),
		end,
	};
};

const cancelledError = (pipeline: Pipeline, now: string, more = ''): DeployError =>
	new DeployError({
		code: 'cancelled',
		what: `Run ${pipeline.record.run} was cancelled`,
		why: 'you asked for it',
		now,
		next: [`Start again: ${again(pipeline)}`, ...(more === '' ? [] : [more])].join('\n'),
	});

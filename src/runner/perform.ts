import {hasCode} from '../domain/errors.ts';
import type {Action, JobAction, PromptAction, Step} from '../domain/runs/pipeline.ts';
import {proveOnHost, runAction} from './actions/run-action.ts';
import {runHook} from './actions/run-hook.ts';
import type {Driver} from './driver.ts';
import {liveMovedError} from './endings/live-errors.ts';
import {refuse} from './endings/refuse.ts';
import {sanitise} from './jobs/job-output.ts';
import {watchJob} from './jobs/job-watch.ts';
import {runJob} from './jobs/run-job.ts';
import {toldFailures, type RunBook} from './run-book.ts';

/** Which action of which step. */
type Place = {readonly step: Step; readonly index: number};

/** Does one action of a step, keeps what it leaves, and refuses to go on for what its check finds. */
export const perform = async (driver: Driver, action: Action, place: Place): Promise<void> => {
	const {pipeline, book, emit} = driver;
	const {step, index} = place;
	if (action.when?.holds(book.results) === false || isDone(book, action, place)) return;
	emit({type: 'action.announced', step: step.id, action: action.id});
	driver.requireKept();
	if (action.kind === 'probe') await proveLive(driver, step);
	book.begin(action);
	let left: string;
	try {
		left = await act(driver, action, place);
	} catch (error) {
		book.fail(action, error);
		if (action.fails !== 'go-on' || !hasCode(error, ...toldFailures)) throw error;
		left = `noted: ${error.why.replaceAll('\n', ' ')}`;
	}
	book.keep(action, left);
	if (action.kind === 'lock') await goOnUnderLock(driver, left);
	for (const text of book.newNotes(left)) emit({type: 'run.noted', step: step.id, text: sanitise(text)});
	book.check(action, () => {
		const isPassed = action.kind === 'read' && book.isBehind(step, index);
		const refusal = isPassed ? undefined : action.check?.(book.results);
		if (refusal) throw refuse(pipeline, step, refusal);
	});
};

/** A stream whose files later jobs have worked on since must not come again: it would undo what they made of them. */
const isDone = (book: RunBook, {kind}: Action, {step, index}: Place): boolean =>
	kind === 'transfer' && book.isBehind(step, index);

const act = async (driver: Driver, action: Action, place: Place): Promise<string> => {
	const {book, stopping, contextFor} = driver;
	const {step, index} = place;
	if (action.kind === 'hook')
		return runHook(contextFor(step.id, stopping.signal), action, {
			results: book.results,
			isBehind: book.isBehind(step, index),
		});
	if (action.kind === 'job') return runWatched(driver, action, step);
	if (action.kind === 'prompt') return ask(driver, action, place);
	if (action.kind !== 'follow') return runAction(contextFor(step.id, stopping.signal), action, book.results);
	const watch = book.watchOf(action.job);
	if (!watch) throw new TypeError(`step ${step.id} follows ${action.job}, which was not begun`);
	return watch.passed(step.id);
};

/** Begins a job, or attaches to it, and resolves when what is told as this step has passed. */
const runWatched = (driver: Driver, action: JobAction, step: Step): Promise<string> => {
	const {book, stopping, emit, contextFor} = driver;
	const watch = watchJob(action, step.id, onCommand =>
		runJob(contextFor(step.id, stopping.signal), action, onCommand),
	);
	book.watch(action, watch);
	if (action.swap !== undefined) {
		// What is stopped before it, and started behind it, is one unit with the swap.
		book.beginSwap();
		watch.passedCommand(action.swap).then(
			() => {
				book.noteSwapped();
				if (!isProvenLater(driver)) book.tellSwap(() => emit({type: 'live.changed', to: book.liveAfterSwap()}));
			},
			() => undefined,
		);
	}
	return watch.passed(step.id);
};

/** Whoever drives a run on learns of its swap from a log, and what has become of live since then from the host. */
const isProvenLater = ({attempt, pipeline}: Driver): boolean => attempt > 1 && pipeline.proveLive !== undefined;

/** Before the health of what a run made live is asked: somebody may have gone back by hand while nobody drove it. */
const proveLive = async (driver: Driver, step: Step): Promise<void> => {
	const {pipeline, book, stopping, emit, contextFor} = driver;
	if (!isProvenLater(driver) || !pipeline.proveLive) return;
	await proveOnHost(contextFor(step.id, stopping.signal), pipeline.proveLive);
	book.tellSwap(() => emit({type: 'live.changed', to: book.liveAfterSwap()}));
};

/** What was answered before is not asked again: whether its job has begun tells the answer. */
const ask = async (driver: Driver, action: PromptAction, {step, index}: Place): Promise<string> => {
	const {book, questions, stopping} = driver;
	if (book.isBehind(step, index))
		return [action.job, ...(action.before ?? [])].some(job => book.hasBegun(job)) ? 'run' : 'skip';
	const prompt = action.prompt(book.results);
	if (!prompt) return '';
	const {signal} = stopping;
	const choice = await questions.ask(prompt, step.id, signal);
	if (choice !== 'abort') return choice;
	stopping.stop('cancel');
	signal.throwIfAborted();
	return choice;
};

/** With the lock comes the word what others began; what was put off until then is done before anything is changed. */
const goOnUnderLock = async ({pipeline, book, stopping, aim, underLock}: Driver, left: string): Promise<void> => {
	book.noteLock(left);
	if (aim !== 'finish') {
		// Whoever drove it may have begun the swap since it was asked: then nothing is closed.
		stopping.stop(aim === 'abandon' && book.isPastSwap ? 'leave' : 'cancel');
		stopping.signal.throwIfAborted();
	}
	if (!book.isPastSwap && pipeline.proveLive) {
		const moved = liveMovedError(pipeline, left);
		if (moved) throw moved;
	}
	book.checkLate();
	// Once the swap has begun, a gate that closes interrupts nothing. Until then whoever drives it on asks again.
	if (!book.isPastSwap) await underLock?.(stopping.signal);
};

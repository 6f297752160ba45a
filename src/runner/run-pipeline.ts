import type {DeployError} from '../domain/errors.ts';
import type {Pipeline, Step} from '../domain/runs/pipeline.ts';
import {createDriver, type Driver, type RunOptions} from './driver.ts';
import {placeIn} from './endings/read-end.ts';
import {settleRun, type RunOutcome} from './endings/settle-run.ts';
import {inOrder} from './in-order.ts';
import type {RunServices} from './run-context.ts';
import {runStep} from './run-step.ts';
import {isEcho} from './stopping.ts';
import {tellOfLink} from './watch-link.ts';

export type {RunOutcome} from './endings/settle-run.ts';

/** The steps of a pipeline as events tell them. */
export const toldSteps = ({steps}: Pipeline) =>
	steps.map(({id, title, touches, isClosing}) => ({id, title, touches, ...(isClosing ? {isClosing} : {})}));

/** Ids of the jobs in which the candidate becomes live. */
export const swapsOf = ({steps}: Pipeline): readonly string[] =>
	steps
		.flatMap(({actions}) => actions)
		.flatMap(action => (action.kind === 'job' && action.swap !== undefined ? [action.id] : []));

/** Ids of the steps that such a job is told as: from the first on until the last has ended live changes. */
export const swapStepsOf = (pipeline: Pipeline): readonly string[] => {
	const swaps = swapsOf(pipeline);
	return pipeline.steps.flatMap(({id, actions}) =>
		actions.some(action => swaps.includes(action.kind === 'follow' ? action.job : action.id)) ? [id] : [],
	);
};

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

/**
 * Starts a pipeline: every step as soon as the steps it names are done, in the order of the list. Never rejects.
 * A failed step stops the others; then the host is asked what is live, and left in a named state.
 */
export const startRun = (pipeline: Pipeline, services: RunServices, options: RunOptions): Run => {
	const driver = createDriver(pipeline, services, options);
	const {book, stopping, questions} = driver;
	return {
		finished: drive(driver, services),
		cancel: () => {
			if (book.isPastSwap) return 'the swap has begun: the run goes on to its end';
			stopping.stop('cancel');
			return undefined;
		},
		leave: () => stopping.stop('leave'),
		answer: (prompt, choice) => questions.answer(prompt, choice),
	};
};

const drive = async (driver: Driver, services: RunServices): Promise<RunOutcome> => {
	const {pipeline, attempt, emit, aim} = driver;
	const {clock} = services;
	const begunAt = clock.now();
	const unwatch = tellOfLink(services, pipeline.host.name, emit);
	const steps = aim === 'finish' ? pipeline.steps : lockOnly(pipeline);
	let error: unknown;
	try {
		emit(attempt === 1 ? started(pipeline) : {type: 'run.resumed', run: pipeline.record.run, attempt});
		// A journal that can't be begun is a run that has not begun.
		driver.requireKept();
		error = firstFailure(await inOrder(steps, async step => runStep(driver, step)));
	} catch (fault) {
		error = fault;
	}
	const outcome = error === undefined ? doneWell(driver) : withoutSecretsIn(await settleRun(driver, error), driver);
	unwatch();
	emit({
		type: 'run.finished',
		outcome: outcome.outcome,
		exitCode: outcome.exitCode,
		durationMs: clock.now() - begunAt,
		...(outcome.error ? {error: plain(outcome.error)} : {}),
		...(outcome.end ? {end: outcome.end} : {}),
	});
	return outcome;
};

/** What its own last steps have proved: health by its policy, and that live is what it has made live. */
const doneWell = ({pipeline, book}: Driver): RunOutcome => {
	const done = {
		outcome: 'done',
		exitCode: 0,
		...(book.found === undefined ? {} : {found: book.found}),
	} as const;
	const {seen, steps} = pipeline;
	if (!seen || !steps.some(({actions}) => actions.some(({kind}) => kind === 'probe'))) return done;
	const place = placeIn(pipeline, book, book.liveAfterSwap());
	return {...done, end: {...place, health: {state: 'good', answer: String(seen.status)}}};
};

/** How a run ended, in words that may be told. */
const withoutSecretsIn = (outcome: RunOutcome, {redact}: Driver): RunOutcome => {
	const {error} = outcome;
	if (!error) return outcome;
	const {what, why, now, next} = error;
	return {
		...outcome,
		error: error.with({what: redact(what), why: redact(why), now: redact(now), next: redact(next)}),
	};
};

/** What a driver that only ends a run does of its steps. */
const lockOnly = ({steps}: Pipeline): readonly Step[] =>
	steps.flatMap(step => {
		const actions = step.actions.filter(({kind}) => kind === 'lock');
		return actions.length === 0 ? [] : [{...step, after: [], actions}];
	});

/** What a run begins with. */
export const started = (pipeline: Pipeline) => ({
	type: 'run.started' as const,
	record: pipeline.record,
	title: pipeline.title,
	host: pipeline.host.name,
	swapStep: pipeline.swapStep,
	steps: toldSteps(pipeline),
});

/** The first failure that is not just another step being stopped because of it. */
const firstFailure = (settled: readonly PromiseSettledResult<void>[]): unknown => {
	const errors = settled.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []));
	return errors.find(error => !isEcho(error)) ?? errors[0];
};

const plain = ({what, why, now, next, log}: DeployError) => ({what, why, now, next, ...(log ? {log} : {})});

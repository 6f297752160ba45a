import {expect, test} from 'vitest';
import {DeployError} from '../../src/domain/errors.ts';
import type {Action, JobAction} from '../../src/domain/runs/pipeline.ts';
import {createRunBook} from '../../src/runner/run-book.ts';
import {deployPipeline} from '../recipes/pipelines.ts';

const pipeline = deployPipeline('backend');
const actions = pipeline.steps.flatMap(step => step.actions);
const actionOf = (id: string): Action => {
	const found = actions.find(action => action.id === id);
	if (!found) throw new Error(`no action ${id}`);
	return found;
};
const lock = actionOf('take-lock');
const error = (code: 'locked' | 'link-lost'): DeployError =>
	new DeployError({code, what: '', why: '', now: '', next: ''});

test.each([
	{who: 'the first driver, before it asks', attempt: 1, lock: 'none'},
	{who: 'one that takes over: the run has it already', attempt: 2, lock: 'before'},
])('run book, lock: $who', ({attempt, lock}) => {
	expect(createRunBook(pipeline, attempt).lock).toBe(lock);
});

test.each([
	{what: 'a host that answered has not given it', attempt: 1, code: 'locked', lock: 'none'},
	{what: 'one that was cut off may have', attempt: 1, code: 'link-lost', lock: 'unknown'},
	{what: 'the run keeps it, whatever whoever takes over is told', attempt: 2, code: 'locked', lock: 'before'},
] as const)('run book, lock that was asked for in vain: $what', ({attempt, code, lock: known}) => {
	const book = createRunBook(pipeline, attempt);
	book.begin(lock);
	book.fail(lock, error(code));

	expect(book.lock).toBe(known);
});

test('run book: what the host says with the lock tells what was begun, what may be alive, and whether the swap was', () => {
	const book = createRunBook(pipeline, 2);
	book.noteLock('token 4\nstarted copy-live\nstarted link-shared\n');

	expect(book.lock).toBe('mine');
	expect(book.alive).toEqual(['copy-live', 'link-shared']);
	expect(book.hasBegun('copy-live')).toBe(true);
	expect(book.isPastSwap).toBe(false);

	book.noteLock('started swap\n');
	expect(book.isPastSwap).toBe(true);
});

test.each(['abandon', 'close-as-failed', 'go-back', 'close-as-gone-back'])(
	'run book: a run whose %s was begun is over, and is only closed',
	job => {
		expect(() => createRunBook(pipeline, 2).noteLock(`started ${job}\n`)).toThrow(/had failed already/);
	},
);

test('run book: before the lock what was read is judged late, once; with it at once', () => {
	const judged: string[] = [];
	const book = createRunBook(pipeline, 2);
	const judge = (id: string, what: string): void => book.check(actionOf(id), () => judged.push(what));
	judge('ask-host', 'read before the lock');
	judge('copy-live', 'a job');
	expect(judged).toEqual(['a job']);

	book.noteLock('');
	book.checkLate();
	book.checkLate();
	judge('ask-host', 'read with the lock');
	expect(judged).toEqual(['a job', 'read before the lock', 'read with the lock']);
});

test('run book: a job may be alive from when it begins until it ends, and one that is lost stays so', async () => {
	const book = createRunBook(pipeline, 1);
	const [well, lost] = [actionOf('copy-live') as JobAction, actionOf('composer') as JobAction];
	const watchOf = (finished: Promise<string>) => ({
		finished,
		passed: async () => finished,
		passedCommand: async () => finished,
	});
	for (const job of [well, lost]) book.begin(job);
	expect(book.alive).toEqual(['copy-live', 'composer']);

	const gone = Promise.reject(error('link-lost'));
	book.watch(well, watchOf(Promise.resolve('')));
	book.watch(lost, watchOf(gone));
	await gone.catch(() => undefined);
	expect(book.alive).toEqual(['composer']);
});

test('run book: a note is told once, whatever number of steps see its log', () => {
	const book = createRunBook(pipeline, 1);

	expect(book.newNotes('noted: one\nnoted: two\nnoted: one\n')).toEqual(['one', 'two']);
	expect(book.newNotes('noted: two\nnoted: three\n')).toEqual(['three']);
});

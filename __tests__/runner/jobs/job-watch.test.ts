import {setImmediate as turn} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {watchJob} from '../../../src/runner/jobs/job-watch.ts';

const action = {
	kind: 'job',
	id: 'unit',
	commands: ['stop', 'swap', 'start', 'verify'].map(label => ({argv: ['true'] as const, label})),
	spans: [
		{from: 1, step: 'swap'},
		{from: 2, step: 'start'},
	],
} as const;

/** A job whose commands begin when the test says so; what has passed by then, in order. */
const watched = () => {
	const end = Promise.withResolvers<string>();
	let begin = (_index: number): void => undefined;
	const watch = watchJob(action, 'stop', onCommand => {
		begin = onCommand;
		return end.promise;
	});
	const passed: string[] = [];
	const note = (name: string, promise: Promise<string>): void =>
		void promise.then(
			() => passed.push(name),
			() => passed.push(`${name} failed`),
		);
	for (const step of ['stop', 'swap', 'start']) note(`step ${step}`, watch.passed(step));
	note('the swap itself', watch.passedCommand(1));
	note('the last command', watch.passedCommand(3));
	return {
		watch,
		end,
		after: async (index: number): Promise<readonly string[]> => {
			begin(index);
			await turn();
			return [...passed];
		},
	};
};

test('job watch: a command has passed when the one behind it begins, never when it begins itself', async () => {
	const {after} = watched();

	expect(await after(0)).toEqual([]);
	expect(await after(1)).toEqual(['step stop']);
	expect(await after(2)).toEqual(['step stop', 'step swap', 'the swap itself']);
	expect(await after(3)).toEqual(['step stop', 'step swap', 'the swap itself']);
});

test('job watch: the last ones have passed with the job, and fail with it', async () => {
	const good = watched();
	await good.after(3);
	good.end.resolve('log');
	await good.watch.finished;
	const bad = watched();
	await bad.after(1);
	bad.end.reject(new Error('php-fpm failed'));
	await expect(bad.watch.passed('start')).rejects.toThrow('php-fpm failed');

	expect((await good.after(3)).slice(3)).toEqual(expect.arrayContaining(['step start', 'the last command']));
	expect(await bad.after(1)).toEqual(
		expect.arrayContaining(['step stop', 'step swap failed', 'step start failed', 'the swap itself failed']),
	);
});

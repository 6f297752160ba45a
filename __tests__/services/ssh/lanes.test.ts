import fc from 'fast-check';
import {expect, test} from 'vitest';
import {backoffMs} from '../../../src/services/ssh/session.ts';
import {createLanes} from '../../../src/services/ssh/lanes.ts';
import {createSingleFlight} from '../../../src/services/ssh/link/single-flight.ts';

const {signal} = new AbortController();
/** Lets everything that is ready run. */
const settle = async (): Promise<void> => new Promise(resolve => setImmediate(resolve));

const leave = (): Error => new Error('left');

const count = (promises: ReadonlyArray<Promise<unknown>>): {readonly value: number} => {
	const counter = {value: 0};
	for (const promise of promises) void promise.then(() => (counter.value += 1));
	return counter;
};

test('lanes: eight at once, the ninth when one is given back', async () => {
	const lanes = createLanes();
	const started = count(Array.from({length: 8}, async () => lanes.acquire('run', signal)));
	await settle();
	expect(started.value).toBe(8);

	const first = createLanes(1);
	const giveBack = await first.acquire('run', signal);
	const next = count([first.acquire('run', signal)]);
	await settle();
	expect(next.value).toBe(0);
	giveBack();
	await settle();
	expect(next.value).toBe(1);
});

test('lanes: polls take four, runs the rest', async () => {
	const lanes = createLanes();
	const polls = count(Array.from({length: 10}, async () => lanes.acquire('poll', signal)));
	const runs = count(Array.from({length: 10}, async () => lanes.acquire('run', signal)));
	await settle();

	expect([polls.value, runs.value, lanes.active]).toEqual([4, 4, 8]);
});

test('lanes: a waiting run goes before an older poll', async () => {
	const lanes = createLanes(1, 1);
	const giveBack = await lanes.acquire('run', signal);
	const poll = count([lanes.acquire('poll', signal)]);
	const run = count([lanes.acquire('run', signal)]);
	giveBack();
	await settle();

	expect([poll.value, run.value]).toEqual([0, 1]);
});

test('lanes: giving back twice frees one', async () => {
	const lanes = createLanes(2);
	const giveBack = await lanes.acquire('run', signal);
	await lanes.acquire('run', signal);
	giveBack();
	giveBack();

	expect(lanes.active).toBe(1);
});

test('lanes: whoever leaves the queue is not served', async () => {
	const lanes = createLanes(1);
	const giveBack = await lanes.acquire('run', signal);
	const stop = new AbortController();
	const leaving = lanes.acquire('run', stop.signal).catch((error: unknown) => error);
	const staying = count([lanes.acquire('run', signal)]);
	stop.abort(new Error('left'));
	giveBack();
	await settle();

	expect(await leaving).toEqual(new Error('left'));
	expect([staying.value, lanes.active]).toEqual([1, 1]);
});

test('lanes: no order of work exceeds the limits or leaves anyone behind', async () => {
	const lane = fc.constantFrom('run' as const, 'poll' as const);
	await fc.assert(
		fc.asyncProperty(fc.array(lane, {maxLength: 40}), fc.scheduler(), async (jobs, scheduler) => {
			const lanes = createLanes(4, 2);
			const active = {run: 0, poll: 0};
			const work = jobs.map(async kind => {
				const giveBack = await lanes.acquire(kind, signal);
				active[kind] += 1;
				expect(active.run + active.poll).toBeLessThanOrEqual(4);
				expect(active.poll).toBeLessThanOrEqual(2);
				await scheduler.schedule(Promise.resolve());
				active[kind] -= 1;
				giveBack();
			});
			await scheduler.waitFor(Promise.all(work));
			expect(lanes.active).toBe(0);
		}),
		{numRuns: 50},
	);
});

test.each([
	{attempt: 1, random: 0, ms: 100},
	{attempt: 1, random: 0.999_999, ms: 50},
	{attempt: 2, random: 0, ms: 200},
	{attempt: 7, random: 0, ms: 6400},
	{attempt: 8, random: 0, ms: 10_000},
	{attempt: 5000, random: 0, ms: 10_000},
])('backoff: after attempt $attempt with jitter $random, $ms ms', ({attempt, random, ms}) => {
	expect(backoffMs(attempt, random)).toBeCloseTo(ms, 0);
});

test('single flight: callers share the work, and the next call starts anew', async () => {
	let started = 0;
	const join = createSingleFlight(async () => Promise.resolve((started += 1)));

	expect(await Promise.all([join(undefined, leave), join(undefined, leave)])).toEqual([1, 1]);
	expect(await join(undefined, leave)).toBe(2);
});

test('single flight: the work is aborted when the last caller has left, not before', async () => {
	let inner: AbortSignal | undefined;
	const join = createSingleFlight(
		async given =>
			new Promise<void>(() => {
				inner = given;
			}),
	);
	const [one, two] = [new AbortController(), new AbortController()];
	const callers = [one, two].map(async caller => join(caller.signal, leave).catch((error: unknown) => error));
	one.abort();
	expect(inner?.aborted).toBe(false);
	two.abort();

	expect(inner?.aborted).toBe(true);
	expect(await Promise.all(callers)).toEqual([new Error('left'), new Error('left')]);
});

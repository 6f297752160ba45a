import {expect, test} from 'vitest';
import {backOffMs, isPassing, repeat} from '../../src/app/repeat.ts';
import {createFakeClock} from './fake-services.ts';

test.each([
	[0, 5000],
	[1, 5000],
	[2, 10_000],
	[3, 20_000],
	[5, 60_000],
	[50, 60_000],
])('repeat: pause after %i looks without an answer is %i ms', (failures, ms) =>
	expect(backOffMs(failures, {ms: 5000, longestMs: 60_000})).toBe(ms),
);

test('repeat: a link may come back by itself, a refused login does not', () => {
	expect(['unreachable', 'link-lost', 'auth-failed'].map(isPassing)).toEqual([true, true, false]);
});

/** Looks that end when they are told to, and the pause each answers with. */
const looking = (pauses: readonly (number | undefined)[]) => {
	const time = createFakeClock();
	const begun: number[] = [];
	let end = (): void => undefined;
	const loop = repeat(time.clock, async () => {
		begun.push(time.clock.now());
		await new Promise<void>(resolve => {
			end = resolve;
		});
		return pauses[begun.length - 1];
	});
	const from = time.clock.now();
	return {
		time,
		loop,
		/** Milliseconds from the start to each look. */
		begun: () => begun.map(at => at - from),
		endLook: async () => {
			end();
			await time.settle();
		},
	};
};

test('repeat: looks at once, and again after the pause that the look before asked for', async () => {
	const {time, loop, begun, endLook} = looking([100, 300]);
	await endLook();
	await time.advance(99);
	expect(begun()).toEqual([0]);
	await time.advance(1);
	expect(begun()).toEqual([0, 100]);
	await endLook();
	await time.advance(299);
	expect(begun()).toEqual([0, 100]);
	await time.advance(1);
	expect(begun()).toEqual([0, 100, 400]);
	await endLook();
	await loop.stop();
});

test('repeat: without a pause it looks only when it is woken; whoever wakes during a look gets none on top', async () => {
	const {time, loop, begun, endLook} = looking([undefined, 100, undefined]);
	loop.wake();
	await endLook();
	await time.advance(1_000_000);
	expect(begun()).toEqual([0]);
	loop.wake();
	await time.settle();
	expect(begun()).toEqual([0, 1_000_000]);
	await endLook();
	loop.wake();
	await time.settle();
	expect(begun()).toHaveLength(3);
	await endLook();
	await loop.stop();
});

test('repeat: stopping waits for the look under way and leaves no pause behind', async () => {
	const {time, loop, begun, endLook} = looking([100]);
	let isOver = false;
	const over = loop.stop().then(() => {
		isOver = true;
	});
	await time.settle();
	expect(isOver).toBe(false);
	await endLook();
	await over;

	expect([begun(), time.waiting]).toEqual([[0], 0]);
});

test('repeat: what a look throws ends it', async () => {
	const {clock} = createFakeClock();
	const loop = repeat(clock, () => Promise.reject(new Error('a fault')));

	await expect(loop.stop()).rejects.toThrow('a fault');
});

import {expect, test} from 'vitest';
import {createBatch} from '../../src/control/batch.ts';
import {createFakeClock} from '../app/fake-services.ts';

const batch = (clock = createFakeClock().clock) => {
	const applied: (readonly number[])[] = [];
	const faults: unknown[] = [];
	const made = createBatch<number>({
		clock,
		everyMs: 100,
		apply: items => {
			if (items.includes(13)) throw new Error('a screen that fails');
			applied.push(items);
		},
		onFault: error => void faults.push(error),
	});
	return {...made, applied, faults};
};

test('batch: the first after a pause at once, the others together, at most one each time', async () => {
	const {clock, advance} = createFakeClock();
	const {push, applied} = batch(clock);
	for (const item of [1, 2, 3]) push(item);
	expect(applied).toEqual([[1]]);

	await advance(99);
	expect(applied).toEqual([[1]]);
	await advance(1);
	expect(applied).toEqual([[1], [2, 3]]);
	await advance(100);
	push(4);
	expect(applied).toEqual([[1], [2, 3], [4]]);
});

test('batch: what is left is applied when it is asked for, and nothing twice', async () => {
	const {clock, advance} = createFakeClock();
	const {push, flush, applied} = batch(clock);
	for (const item of [1, 2]) push(item);

	flush();
	flush();
	await advance(1000);

	expect(applied).toEqual([[1], [2]]);
});

test('batch: a screen that fails loses what it failed at alone, and is told', async () => {
	const {clock, advance} = createFakeClock();
	const {push, applied, faults} = batch(clock);
	push(13);
	push(1);
	await advance(100);

	expect(applied).toEqual([[1]]);
	expect(faults).toEqual([expect.objectContaining({message: 'a screen that fails'})]);
});

test('batch: a clock that gives up waiting holds nothing back, and nobody hears of it', async () => {
	const {push, applied} = batch({now: () => 0, wait: () => Promise.reject(new Error('cancelled'))});
	for (const item of [1, 2]) push(item);
	await createFakeClock().settle();

	expect(applied).toEqual([[1], [2]]);
});

import {expect, test} from 'vitest';
import type {Step} from '../../src/domain/runs/pipeline.ts';
import {inOrder} from '../../src/runner/in-order.ts';

const step = (id: string, ...after: readonly string[]): Step => ({
	id,
	title: id,
	touches: 'nothing',
	after,
	actions: [],
});

test('order: a step begins once all it names are done, also those below it; what waits for none begins at once', async () => {
	const told: string[] = [];
	const [a, b] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const waits: Readonly<Record<string, Promise<void>>> = {a: a.promise, b: b.promise};
	const all = inOrder([step('last', 'a', 'b'), step('a'), step('b')], async ({id}) => {
		told.push(`${id} begins`);
		await waits[id];
		told.push(`${id} ends`);
		// The second one ends only after the first.
		if (id === 'b') a.resolve();
	});
	b.resolve();
	await all;

	expect(told).toEqual(['a begins', 'b begins', 'b ends', 'a ends', 'last begins', 'last ends']);
});

test('order: what waits for a step that failed fails with it and does not begin; the others end', async () => {
	const begun: string[] = [];
	const failure = new Error('no');
	const settled = await inOrder([step('a'), step('b', 'a'), step('c', 'b'), step('d')], async ({id}) => {
		begun.push(id);
		if (id === 'a') throw failure;
	});

	expect(begun).toEqual(['a', 'd']);
	expect(settled).toEqual([
		{status: 'rejected', reason: failure},
		{status: 'rejected', reason: failure},
		{status: 'rejected', reason: failure},
		{status: 'fulfilled', value: undefined},
	]);
});

test('order: a step that waits for one that is not there fails', async () => {
	const [settled] = await inOrder([step('a', 'nowhere')], async () => {
		throw new Error('must not begin');
	});

	expect(settled).toMatchObject({reason: {message: 'step a waits for nowhere, which is not in the pipeline'}});
});

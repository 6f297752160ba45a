import {expect, test} from 'vitest';
import {createPreparing} from '../../../src/control/runs/preparing.ts';

test('preparing: what was found is gone on with, and from its first moment nothing is prepared any more', async () => {
	const preparing = createPreparing();
	const seen: unknown[] = [];
	const asked = preparing.ask(
		async () => 'a pipeline',
		async found => void seen.push([found, preparing.isUnderWay()]),
	);
	expect(preparing.isUnderWay()).toBe(true);
	await asked;

	expect(seen).toEqual([['a pipeline', false]]);
	expect(preparing.cancel()).toBe(false);
});

test('preparing: no turn of the event queue is between the answer and what goes on with it', async () => {
	const preparing = createPreparing();
	const answer = Promise.withResolvers<string>();
	const order: string[] = [];
	const asked = preparing.ask(
		() => answer.promise,
		async () => void order.push(`goes on, under way: ${preparing.isUnderWay()}`),
	);
	const watching = answer.promise.then(() => order.push(`somebody else, under way: ${preparing.isUnderWay()}`));
	answer.resolve('a pipeline');
	await Promise.all([asked, watching]);

	expect(order).toEqual(['goes on, under way: false', 'somebody else, under way: false']);
});

test('preparing: once cancelled it goes on with nothing, and a question that fails leaves it free', async () => {
	const preparing = createPreparing();
	const found: unknown[] = [];
	const goOn = async (one: unknown): Promise<void> => void found.push(one);
	const asked = preparing.ask(async () => 'a pipeline', goOn);
	expect(preparing.cancel()).toBe(true);
	await asked;
	await expect(preparing.ask(() => Promise.reject(new Error('no host')), goOn)).rejects.toThrow('no host');

	expect(found).toEqual([undefined]);
	expect(preparing.isUnderWay()).toBe(false);
});

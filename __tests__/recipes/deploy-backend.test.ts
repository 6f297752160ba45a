import {expect, test} from 'vitest';
import type {Command} from '../../src/domain/command.ts';
import {deployBackend} from '../../src/recipes/laravel/deploy-backend.ts';
import {checkBackendSource} from '../../src/recipes/laravel/pre-flight-checks.ts';
import {laravelPlan} from './laravel-plan.ts';

const {steps, swapStep} = deployBackend(laravelPlan());
const order = steps.map(({id}) => id);
/** Steps that are surely done when a step starts. */
const doneBefore = (id: string): Set<string> => {
	const after = steps.find(step => step.id === id)?.after ?? [];
	return new Set(after.flatMap(before => [before, ...doneBefore(before)]));
};
const commandsOf = (id: string): readonly Command[] =>
	steps.find(step => step.id === id)?.actions.flatMap(action => (action.kind === 'job' ? action.commands : [])) ?? [];

test('backend deploy: eight steps, each after steps that are in the list before it', () => {
	expect(steps).toHaveLength(8);
	for (const {id, after} of steps)
		for (const before of after) expect(order.indexOf(before)).toBeLessThan(order.indexOf(id));
});

test('backend deploy: every step that prepares, and the backup, is done before the swap', () => {
	const preparing = steps.filter(({touches}) => touches !== 'live').map(({id}) => id);

	expect(doneBefore(swapStep)).toEqual(new Set(preparing));
});

test('backend deploy: what can refuse and the way back come before the rename, reloads after it', () => {
	const labels = commandsOf(swapStep).map(({label, argv}) => label ?? argv.join(' '));
	const swap = labels.indexOf('swap');

	expect(steps.find(({id}) => id === swapStep)?.actions[0]).toMatchObject({kind: 'job', swap});
	expect(labels.slice(0, swap)).toEqual(
		expect.arrayContaining(['nginx -t', 'keep the way back', 'make the new link']),
	);
	expect(labels.slice(swap + 1)).toEqual([
		'reload php8.1-fpm',
		'reload nginx',
		'artisan queue:restart',
		'service states',
	]);
});

test('backend deploy: no action is called like another, for they name job directories', () => {
	const ids = steps.flatMap(({actions}) => actions.map(({id}) => id));

	expect(new Set(ids).size).toBe(ids.length);
});

test.each([
	{case: 'clean and whole', changes: {}, why: undefined},
	{case: 'two files changed', changes: {uncommitted: ['a', 'b']}, why: /^2 uncommitted changes .*: a, b$/},
	{
		case: 'more than five changed',
		changes: {uncommitted: ['a', 'b', 'c', 'd', 'e', 'f', 'g']},
		why: /^7 uncommitted .*: a, b, c, d, e$/,
	},
	{
		case: 'artisan missing',
		changes: {source: {...laravelPlan().source, entries: []}},
		why: /artisan, composer\.json, composer\.lock/,
	},
])('source check: $case', ({changes, why}) => {
	const found = checkBackendSource(laravelPlan(changes));

	if (why === undefined) expect(found).toBeUndefined();
	else expect(found).toMatchObject({code: 'blocked', why: expect.stringMatching(why) as string});
});

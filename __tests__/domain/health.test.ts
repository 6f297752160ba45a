import fc from 'fast-check';
import {expect, test} from 'vitest';
import {judgeHealth, type HealthPolicy, type HealthSample} from '../../src/domain/health.ts';

const policy: HealthPolicy = {
	url: 'http://127.0.0.1/',
	status: 200,
	passes: 3,
	stableForMs: 1000,
	withinMs: 5000,
	everyMs: 100,
};
const answers = (...list: readonly (readonly [atMs: number, status: number])[]): HealthSample[] =>
	list.map(([atMs, status]) => ({atMs, durationMs: 5, outcome: status === 0 ? {error: 'refused'} : {status}}));

test.each([
	{case: 'nothing asked yet', samples: answers(), verdict: 'unclear'},
	{case: 'two passes, long enough', samples: answers([0, 200], [1000, 200]), verdict: 'unclear'},
	{
		case: 'three passes, 1 ms short of stable',
		samples: answers([0, 200], [500, 200], [999, 200]),
		verdict: 'unclear',
	},
	{case: 'three passes, exactly stable', samples: answers([0, 200], [500, 200], [1000, 200]), verdict: 'pass'},
	{
		case: 'stable counts from the first pass after a failure',
		samples: answers([0, 200], [100, 503], [500, 200], [900, 200], [1499, 200]),
		verdict: 'unclear',
	},
	{
		case: 'and is reached there',
		samples: answers([0, 200], [100, 503], [500, 200], [900, 200], [1500, 200]),
		verdict: 'pass',
	},
	{
		case: 'a pass, then a failure',
		samples: answers([0, 200], [500, 200], [1000, 200], [1100, 500]),
		verdict: 'unclear',
	},
	{case: 'failing, 1 ms before the deadline', samples: answers([0, 503], [4999, 503]), verdict: 'unclear'},
	{case: 'failing, at the deadline', samples: answers([0, 503], [5000, 503]), verdict: 'fail'},
	{
		case: 'passing at the deadline but not yet stable',
		samples: answers([0, 503], [4900, 200], [5000, 200]),
		verdict: 'fail',
	},
	{case: 'stable exactly at the deadline', samples: answers([4000, 200], [4500, 200], [5000, 200]), verdict: 'pass'},
	{case: 'another success code is not the expected one', samples: answers([0, 204], [5000, 204]), verdict: 'fail'},
	{case: 'no answer at all', samples: answers([0, 0], [5000, 0]), verdict: 'fail'},
])('health: $case: $verdict', ({samples, verdict}) => {
	expect(judgeHealth(policy, samples).verdict).toBe(verdict);
});

test('health: a failure tells the last answer and how many tries were good', () => {
	expect(judgeHealth(policy, answers([0, 200], [100, 0], [5000, 503]))).toEqual({
		verdict: 'fail',
		reason: 'answered 503; 1 of 3 tries answered 200',
	});
});

test('health: never healthy while one of the last answers was bad, never failed before the deadline', () => {
	const sample = fc.tuple(fc.integer({min: 0, max: 6000}), fc.constantFrom(200, 200, 200, 503, 0));
	fc.assert(
		fc.property(fc.array(sample, {minLength: 1, maxLength: 12}), list => {
			const samples = answers(...list.toSorted(([a], [b]) => a - b));
			const {verdict} = judgeHealth(policy, samples);
			const lastThree = samples.slice(-3).map(({outcome}) => 'status' in outcome && outcome.status === 200);

			if (verdict === 'pass') expect(lastThree).toEqual([true, true, true]);
			if (verdict === 'fail') expect(samples.at(-1)?.atMs).toBeGreaterThanOrEqual(5000);
		}),
	);
});

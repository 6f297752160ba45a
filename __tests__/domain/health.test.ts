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
	timeoutMs: 10_000,
	sameFailureMs: 5000,
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

test('health: a failure tells the last answer, why it is one, and how many tries were good', () => {
	expect(judgeHealth(policy, answers([0, 200], [100, 0], [5000, 503]))).toEqual({
		verdict: 'fail',
		reason: 'answered 503, not right within 5.0 s; 1 of 3 tries answered 200',
	});
});

const patient: HealthPolicy = {...policy, withinMs: 60_000, everyMs: 2000};
/** The same answer each second, from a time on. */
const each = (status: number, from: number, to: number): readonly (readonly [number, number])[] =>
	Array.from({length: (to - from) / 1000 + 1}, (_, index) => [from + index * 1000, status] as const);

test.each([
	{case: '500 for 4 s', list: each(500, 0, 4000), verdict: 'unclear'},
	{case: '500 for 5 s', list: each(500, 0, 5000), verdict: 'fail'},
	{case: '404 for 5 s', list: each(404, 0, 5000), verdict: 'fail'},
	{case: 'a start of 30 s, refused', list: each(0, 0, 30_000), verdict: 'unclear'},
	{case: 'a start of 30 s, 502 of a proxy', list: each(502, 0, 30_000), verdict: 'unclear'},
	{
		case: 'a start of 10 s, then 500 for 4 s',
		list: [...each(502, 0, 10_000), ...each(500, 11_000, 15_000)],
		verdict: 'unclear',
	},
	{
		case: 'a start of 10 s, then 500 for 5 s',
		list: [...each(502, 0, 10_000), ...each(500, 11_000, 16_000)],
		verdict: 'fail',
	},
	{
		case: '500 and 404 in turns',
		list: each(500, 0, 20_000).map(([at], index) => [at, index % 2 ? 500 : 404] as const),
		verdict: 'unclear',
	},
	{
		case: '500, once good, 500 again',
		list: [...each(500, 0, 4000), [5000, 200] as const, ...each(500, 6000, 9000)],
		verdict: 'unclear',
	},
	{
		case: 'gone for 14 s after it had answered',
		list: [[0, 200] as const, ...each(0, 1000, 15_000)],
		verdict: 'unclear',
	},
	{case: 'gone for 15 s after it had answered', list: [[0, 200] as const, ...each(0, 1000, 16_000)], verdict: 'fail'},
	{case: 'a limiter for 30 s', list: each(429, 0, 30_000), verdict: 'unclear'},
	{case: 'refused until the deadline', list: each(0, 0, 60_000), verdict: 'fail'},
])('health: $case: $verdict before its time', ({list, verdict}) => {
	expect(judgeHealth(patient, answers(...list)).verdict).toBe(verdict);
});

test.each([
	{list: each(500, 0, 3000), waits: '500 for 3.0 s of 5.0 s, then it counts as failed', againMs: 1000},
	{list: each(0, 0, 4000), waits: 'refused, for at most 1 min 0 s in all: 4.0 s are over', againMs: 2000},
	{list: each(200, 0, 0), waits: '200, 1 of 3 in a row, 0.0 s of 1.0 s', againMs: 2000},
])('health: says that it waits for $waits', ({list, waits, againMs}) => {
	expect(judgeHealth(patient, answers(...list))).toEqual({verdict: 'unclear', waits, againMs});
});

test('health: a start that turns good before the deadline is never cut, however long it was refused', () => {
	const starting = fc.constantFrom(0, 502, 503, 504);
	fc.assert(
		fc.property(
			fc.integer({min: 1, max: 55}),
			fc.array(starting, {minLength: 60, maxLength: 60}),
			(seconds, said) => {
				const samples = answers(
					...said.slice(0, seconds).map((status, index) => [index * 1000, status] as const),
				);
				expect(judgeHealth(patient, samples).verdict).toBe('unclear');
			},
		),
	);
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

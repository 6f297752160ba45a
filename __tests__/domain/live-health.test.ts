import fc from 'fast-check';
import {expect, test} from 'vitest';
import {
	downtimeAt,
	foldHealth,
	maintenanceAt,
	noHealth,
	type LiveAnswer,
} from '../../src/domain/releases/live-health.ts';

const answer = (at: number, kind: 'good' | 'failed' | 'maintenance', durationMs = 1): LiveAnswer => ({
	at,
	durationMs,
	text: kind === 'good' ? '200' : '502',
	isGood: kind === 'good',
	...(kind === 'maintenance' ? {isMaintenance: true} : {}),
});

/** Whether a square wave is down at a time: it turns at each of these. */
const isDown = (turns: readonly number[], at: number): boolean => turns.filter(turn => turn <= at).length % 2 === 1;

const downOf = (turns: readonly number[], end: number): number =>
	turns.reduce((sum, turn, index) => (index % 2 === 0 ? sum + (turns[index + 1] ?? end) - turn : sum), 0);

test('live health: of any square wave the report is right within one period for each time it turns', () => {
	const wave = fc
		.uniqueArray(fc.integer({min: 100, max: 9900}), {maxLength: 6})
		.map(turns => turns.toSorted((a, b) => a - b));
	fc.assert(
		fc.property(wave, fc.integer({min: 5, max: 100}), fc.integer({min: 0, max: 99}), (turns, everyMs, from) => {
			const end = 10_000;
			const times = Array.from({length: Math.ceil((end - from) / everyMs)}, (_, index) => from + index * everyMs);
			const health = times
				.map(at => answer(at, isDown(turns, at) ? 'failed' : 'good'))
				.reduce(foldHealth, noHealth);

			const wrong = Math.abs(downtimeAt(health, end) - downOf(turns, end));
			expect(wrong).toBeLessThanOrEqual(everyMs * Math.max(1, turns.length));
		}),
		{numRuns: 30},
	);
});

test('live health: whatever order the answers come in, the report is the same', () => {
	const kinds = fc.constantFrom('good' as const, 'failed' as const, 'maintenance' as const);
	const sent = fc.uniqueArray(fc.tuple(fc.integer({min: 0, max: 5000}), kinds), {
		selector: ([at]) => at,
		minLength: 1,
		maxLength: 40,
	});
	const order = fc.array(fc.nat(1000), {minLength: 40, maxLength: 40});
	fc.assert(
		fc.property(sent, order, (requests, keys) => {
			const inOrder = requests.toSorted(([a], [b]) => a - b).map(([at, kind]) => answer(at, kind));
			const shuffled = inOrder
				.map((one, index) => ({one, key: keys[index] ?? 0}))
				.toSorted((a, b) => a.key - b.key)
				.map(({one}) => one);
			const [right, got] = [inOrder, shuffled].map(list => list.reduce(foldHealth, noHealth));

			expect({...got, answers: []}).toEqual({...right, answers: []});
		}),
	);
});

test('live health: a request that hangs counts from when it was sent, and hides none of the others', () => {
	const late = answer(1040, 'failed', 5000);
	const told = [answer(1000, 'good'), answer(1020, 'failed'), answer(1300, 'good'), answer(1320, 'good'), late];

	expect(downtimeAt(told.slice(0, -1).reduce(foldHealth, noHealth), 9000)).toBe(280);
	expect(downtimeAt(told.reduce(foldHealth, noHealth), 9000)).toBe(280);
});

test('live health: the maintenance of the run itself is counted apart, and is no failure', () => {
	const health = [
		answer(1000, 'good'),
		answer(2000, 'maintenance'),
		answer(3000, 'maintenance'),
		answer(4100, 'good'),
		answer(5000, 'failed'),
		answer(5100, 'good'),
	].reduce(foldHealth, noHealth);

	expect([downtimeAt(health, 9000), maintenanceAt(health, 9000), health.failed]).toEqual([100, 2100, 1]);
});

test('live health: an outage longer than what is kept of its requests goes on from where it began', () => {
	const health = Array.from({length: 300}, (_, index) => answer(1000 + index * 1000, 'failed')).reduce(
		foldHealth,
		noHealth,
	);

	expect(health.sent.length).toBeLessThan(100);
	expect([health.downSince, downtimeAt(health, 301_000)]).toEqual([1000, 300_000]);
});

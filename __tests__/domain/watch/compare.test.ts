import {expect, test} from 'vitest';
import {usualWatch} from '../../../src/domain/environments/watched.ts';
import type {ProbeReading} from '../../../src/domain/probes/probe.ts';
import {compareAll, compareProbe, verdictOf, worstFirst} from '../../../src/domain/watch/compare.ts';
import type {Comparison} from '../../../src/domain/watch/watch.ts';

const swapAt = Date.parse('2026-02-10T11:28:00Z');

type Made = Partial<ProbeReading> & {readonly everyMs?: number};

/** One reading for each value, up to the swap or from it on. */
const readings = (
	side: 'before' | 'since',
	values: readonly (number | undefined)[],
	{everyMs = 5000, ...rest}: Made = {},
): readonly ProbeReading[] =>
	values.map((value, index) => ({
		probe: 'backend.health',
		title: 'API health',
		kind: 'http',
		at: side === 'before' ? swapAt - (values.length - index) * everyMs : swapAt + index * everyMs,
		state: 'pass',
		unit: 'ms',
		text: '200',
		...(value === undefined ? {} : {value}),
		...rest,
	}));

/** Values around one, evenly and in a mixed order. */
const around = (middle: number, by: number, count: number): readonly number[] =>
	Array.from({length: count}, (_, index) => middle + by * (((index * 7) % 11) / 5 - 1));

const one = (comparisons: readonly Comparison[], measure: string): Comparison => {
	const found = comparisons.find(comparison => comparison.measure === measure);
	if (!found) throw new Error(`no ${measure} among ${comparisons.map(({measure: is}) => is).join(', ')}`);
	return found;
};

test('a time twice as long for some minutes is worse, and says by how much', () => {
	const found = one(
		compareProbe(readings('before', around(60, 6, 360)), readings('since', around(120, 12, 60)), usualWatch),
		'median',
	);
	expect(found).toMatchObject({verdict: 'worse', missing: 0, worseFrom: expect.closeTo(12, 5), unit: 'ms'});
	expect(found.before).toEqual({value: expect.closeTo(60, 0), count: 360});
	expect(found.since).toEqual({value: expect.closeTo(120, 0), count: 60});
	expect(found.difference?.low).toBeGreaterThan(50);
	expect(found.difference?.low).toBeLessThan(60);
	expect(found.difference?.high).toBeGreaterThan(60);
	expect(found.difference?.high).toBeLessThan(70);
});

test('what lasts as long as a burst is unclear, with the samples that are missing', () => {
	const found = one(
		compareProbe(readings('before', around(60, 6, 360)), readings('since', around(120, 12, 20)), usualWatch),
		'median',
	);
	expect(found.verdict).toBe('unclear');
	expect(found.missing).toBe(23);
});

test('what was slow at first and is not any more is not worse', () => {
	const since = [...around(120, 12, 30), ...around(60, 6, 20)];
	const found = one(
		compareProbe(readings('before', around(60, 6, 360)), readings('since', since), usualWatch),
		'median',
	);
	expect(found.verdict).not.toBe('worse');
});

test('a limit in milliseconds holds for what is fast', () => {
	const found = one(
		compareProbe(readings('before', around(4, 0.4, 360)), readings('since', around(8, 0.8, 60)), usualWatch),
		'median',
	);
	expect(found).toMatchObject({verdict: 'same', worseFrom: usualWatch.worse.latencyMs});
	expect(found.difference?.low).toBeGreaterThan(3);
});

test('a limit in percent holds for what is slow', () => {
	const found = one(
		compareProbe(readings('before', around(1000, 50, 360)), readings('since', around(1100, 50, 60)), usualWatch),
		'median',
	);
	expect(found).toMatchObject({verdict: 'same', worseFrom: expect.closeTo(200, 0)});
});

test('a tail that grows while the middle stays is told as the p95', () => {
	const tail = (high: number, count: number): readonly number[] =>
		around(60, 6, count).map((value, index) => (index % 8 === 0 ? high : value));
	const found = compareProbe(readings('before', tail(70, 360)), readings('since', tail(400, 240)), usualWatch);
	expect(one(found, 'median').verdict).toBe('same');
	expect(one(found, 'p95')).toMatchObject({verdict: 'worse', since: {value: expect.closeTo(400, 0), count: 240}});
});

test.each([
	{before: 360, since: 0, missing: 10},
	{before: 360, since: 9, missing: 1},
	{before: 3, since: 360, missing: 7},
	{before: 0, since: 60, missing: 10},
])('$before and $since samples are too few: $missing missing', ({before, since, missing}) => {
	const found = compareProbe(
		readings('before', around(60, 6, before)),
		readings('since', around(600, 6, since)),
		usualWatch,
	);
	expect(found).toHaveLength(1);
	expect(found[0]).toMatchObject({verdict: 'unclear', missing});
	expect(found[0]).not.toHaveProperty('difference');
});

test('readings that could not find out count neither way, as missing', () => {
	const before = readings('before', around(60, 6, 360));
	const unclear = readings('since', around(60, 6, 60), {state: 'unclear'});
	expect(compareProbe(before, unclear, usualWatch)[0]).toMatchObject({
		verdict: 'unclear',
		missing: 10,
		since: {value: undefined, count: 0},
	});
	const mixed = readings('since', around(60, 6, 60)).map((reading, index) =>
		index % 2 === 0 ? {...reading, state: 'unclear' as const} : reading,
	);
	expect(compareProbe(before, mixed, usualWatch)[0]).toMatchObject({verdict: 'same', since: {count: 30}});
});

/** Readings of which every so many is not good. */
const failing = (side: 'before' | 'since', count: number, every: number): readonly ProbeReading[] =>
	readings(side, around(60, 6, count)).map((reading, index) =>
		index % every === every - 1 ? {...reading, state: 'fail' as const} : reading,
	);

test('answers that are not good are told as a share, as soon as any was', () => {
	const good = readings('before', around(60, 6, 360));
	const third = one(compareProbe(good, failing('since', 60, 3), usualWatch), 'not good');
	expect(third).toMatchObject({verdict: 'worse', unit: '%', worseFrom: 5, before: {value: 0}, since: {count: 60}});
	expect(third.difference?.low).toBeGreaterThan(5);
	const single = one(compareProbe(good, failing('since', 60, 60), usualWatch), 'not good');
	expect(single).toMatchObject({verdict: 'same', since: {value: expect.closeTo(1.67, 1)}});
	expect(
		compareProbe(good, readings('since', around(60, 6, 60)), usualWatch).map(({measure}) => measure),
	).not.toContain('not good');
});

test('what was as bad before is the same', () => {
	const found = one(compareProbe(failing('before', 360, 3), failing('since', 120, 3), usualWatch), 'not good');
	expect(found).toMatchObject({verdict: 'same', before: {value: expect.closeTo(33.3, 0)}});
});

/** Good ones with failures behind them, and good ones again. */
const trouble = (good: number, bad: number, after: number): readonly ProbeReading[] =>
	readings('since', around(60, 6, good + bad + after)).map((reading, index) =>
		index >= good && index < good + bad ? {...reading, state: 'fail' as const} : reading,
	);

test('a share that is plainly bad is never the same, however little is known from before', () => {
	const before = readings('before', around(60, 6, 20));
	const since = trouble(25, 6, 0);
	const found = one(compareProbe(before, since, usualWatch), 'not good');
	expect(found.since.value).toBeCloseTo(19.4, 1);
	expect(found.difference?.low).toBeLessThan(0);
	expect(found.verdict).toBe('unclear');
	expect(found.missing).toBeGreaterThan(0);
	expect(found.missing).toBeLessThan(360);
});

test('a share stays worse when the trouble is over, as long as its interval lies beyond; then it is unclear', () => {
	const before = readings('before', around(60, 6, 360));
	const since = trouble(20, 60, 280);
	const verdicts = Array.from({length: since.length - 30}, (_, more) =>
		one(compareProbe(before, since.slice(0, 30 + more), usualWatch), 'not good'),
	);
	expect(verdicts[0]).toMatchObject({verdict: 'worse'});
	for (const {
		verdict,
		difference,
		since: {value = 0},
	} of verdicts) {
		expect(verdict).toBe((difference?.low ?? 0) > 5 ? 'worse' : 'unclear');
		expect(value).toBeGreaterThan(5);
	}
	expect(verdicts.findLastIndex(({verdict}) => verdict === 'worse')).toBe(verdicts.length - 1);
	const short = one(compareProbe(before.slice(-20), since.slice(0, 300), usualWatch), 'not good');
	expect(short).toMatchObject({verdict: 'unclear', since: {value: 20}});
});

test.each([
	{before: 20, good: 25, bad: 11},
	{before: 12, good: 10, bad: 9},
	{before: 360, good: 40, bad: 8},
])('$bad failures in a row behind $good good ones are worse than $before good ones before', ({before, good, bad}) => {
	const earlier = readings('before', around(60, 6, before));
	expect(one(compareProbe(earlier, trouble(good, bad, 0), usualWatch), 'not good').verdict).toBe('worse');
});

test('one failure is the same only when it has been seen for as long as a burst', () => {
	const before = readings('before', around(60, 6, 360));
	const told = (count: number): string =>
		one(compareProbe(before, trouble(2, 1, count - 3), usualWatch), 'not good').verdict;
	expect([19, 30, 60].map(told)).toEqual(['unclear', 'unclear', 'same']);
});

/** Far apart from each other, in a mixed order. */
const scattered = (middle: number, count: number): readonly number[] =>
	Array.from({length: count}, (_, index) => middle * 4 ** (((index * 7) % 11) / 5 - 1));

test.each([
	// Too early, and what was seen is beyond or near its limit.
	{before: 55, since: 62, count: 12},
	{before: 90, since: 173, count: 12},
	// Not even long enough for what varies so much.
	{before: 90, since: 120, count: 45},
])('$before to $since ms in $count samples that vary by much is unclear', ({before, since, count}) => {
	const found = one(
		compareProbe(readings('before', scattered(before, 33)), readings('since', scattered(since, count)), usualWatch),
		'median',
	);
	expect(found.difference?.low).toBeLessThan(0);
	expect(found.difference?.high).toBeGreaterThan(2 * found.worseFrom);
	expect(found.verdict).toBe('unclear');
	expect(found.missing).toBeGreaterThan(0);
});

test('what differs by less than half of its limit is the same where the interval merely touches it', () => {
	const found = one(
		compareProbe(readings('before', scattered(60, 360)), readings('since', scattered(62, 240)), usualWatch),
		'median',
	);
	expect(found.difference?.high).toBeGreaterThan(found.worseFrom);
	expect(found.verdict).toBe('same');
});

const service: Made = {kind: 'service', probe: 'web-1.service.nginx', title: 'nginx'};

/** Of each kind that is told by its share alone, values as it measures them, which say nothing beside its limit. */
const byShare: readonly (Made & {readonly from: number; readonly to: number})[] = [
	{kind: 'scheduler', title: 'scheduler', unit: 'ms', from: 7000, to: 41_000},
	{kind: 'migrations', title: 'migrations', unit: 'count', from: 0, to: 3},
	{...service, unit: 'count', from: 0, to: 4},
	{kind: 'process', title: 'site', unit: 'count', from: 0, to: 4},
	{kind: 'certificate', title: 'certificate', unit: 'days', from: 60, to: 30},
	{kind: 'served', title: 'served', unit: 'ms', from: 20, to: 200},
	{kind: 'worker', title: 'worker', unit: 'ms', from: 20, to: 200},
	{kind: 'inodes', title: 'inodes', unit: '%', from: 10, to: 80},
];

test.each(byShare)('$kind: its value is not compared, and without a failure it has no row', ({from, to, ...made}) => {
	const before = readings('before', around(from, from / 50, 360), made);
	const since = readings('since', around(to, to / 50, 120), made);
	expect(compareProbe(before, since, usualWatch)).toEqual([]);
	// Right behind the swap, and where nobody looked before it.
	expect(compareProbe(before, [], usualWatch)).toEqual([]);
	expect(compareProbe([], since, usualWatch)).toEqual([]);
	const third = since.map((one, at) => (at % 3 === 0 ? {...one, state: 'fail' as const} : one));
	expect(compareProbe(before, third, usualWatch)).toMatchObject([{measure: 'not good', verdict: 'worse', unit: '%'}]);
	expect(compareProbe(before, third.slice(0, 3), usualWatch)).toMatchObject([{verdict: 'unclear', missing: 7}]);
});

test('what was known before and can not be found out any more is unclear; what never was says nothing', () => {
	const known = readings('before', around(0, 0, 60), service);
	const lost = readings('since', around(0, 0, 60), {...service, state: 'unclear'});
	expect(compareProbe(known, lost, usualWatch)).toMatchObject([
		{measure: 'not good', verdict: 'unclear', missing: 10, since: {value: undefined, count: 0}},
	]);
	expect(compareProbe(readings('before', [0, 0, 0], {...service, state: 'unclear'}), lost, usualWatch)).toEqual([]);
	const again = lost.map((one, at) => (at === 59 ? {...one, state: 'pass' as const} : one));
	expect(compareProbe(known, again, usualWatch)).toEqual([]);
});

const log: Made = {kind: 'log', probe: 'backend.log', title: 'errors in laravel.log'};

/** Values that stay. */
const all = (value: number) => (): number => value;

/** A number that goes up with each. */
const rising = (_: unknown, at: number): number => at;

test.each([
	{unit: 'per minute', before: all(0), since: all(6), verdict: 'worse'},
	{unit: 'per minute', before: all(0.2), since: all(0.2), verdict: 'same'},
	{unit: 'per minute', before: all(6), since: all(6), verdict: 'same'},
	// Of a number that goes up, what was added counts.
	{unit: 'count', before: all(40), since: rising, verdict: 'worse'},
	{unit: 'count', before: all(40), since: all(3), verdict: 'same'},
] as const)('errors of a log by their rate: $unit, $verdict', ({unit, before, since, verdict}) => {
	const found = compareProbe(
		readings('before', Array.from({length: 360}, before), {...log, unit}),
		readings('since', Array.from({length: 120}, since), {...log, unit}),
		usualWatch,
	);
	expect(found).toMatchObject([{unit: 'per minute', measure: '', verdict, worseFrom: 1}]);
});

test('an error in two minutes that came in a bunch is unclear, not the same', () => {
	const bunch = Array.from({length: 24}, (_, at) => (at >= 20 ? 10 : 0));
	const found = compareProbe(
		readings('before', Array.from({length: 24}, all(0)), {...log, unit: 'per minute'}),
		readings('since', bunch, {...log, unit: 'per minute'}),
		usualWatch,
	);
	expect(found).toMatchObject([{verdict: 'unclear', since: {value: expect.closeTo(1.67, 1)}}]);
	expect(found[0]?.difference?.low).toBeLessThan(0);
	expect(found[0]?.missing).toBeGreaterThan(0);
});

test.each([
	{minutes: 5, verdict: 'worse', missing: 0},
	{minutes: 4, verdict: 'worse', missing: 0},
	{minutes: 3, verdict: 'unclear', missing: 7},
])('errors are worse than in $minutes minutes that only the log tells of: $verdict', ({minutes, ...verdict}) => {
	const made = {...log, unit: 'per minute'} as const;
	const before = readings('before', Array.from({length: minutes}, all(0)), {...made, everyMs: 60_000});
	expect(compareProbe(before, readings('since', Array.from({length: 60}, all(62)), made), usualWatch)).toMatchObject([
		verdict,
	]);
});

test('errors are worse whether they are read each 5 s or each minute, and where nobody read them for a while', () => {
	const made = {...log, unit: 'per minute'} as const;
	const before = readings('before', Array.from({length: 60}, all(0)), made);
	const found = (since: readonly ProbeReading[]): string | undefined =>
		compareProbe(before, since, usualWatch)[0]?.verdict;
	const often = readings('since', Array.from({length: 120}, all(62)), made);
	expect(found(often)).toBe('worse');
	expect(found(readings('since', Array.from({length: 5}, all(62)), {...made, everyMs: 60_000}))).toBe('worse');
	expect(found(often.filter((_, at) => at < 40 || at >= 110))).toBe('worse');
});

test('errors that came for three minutes stay worse as long as their interval lies beyond; then they are unclear', () => {
	const made = {...log, unit: 'per minute'} as const;
	const before = readings('before', Array.from({length: 60}, all(0)), made);
	const since = readings(
		'since',
		Array.from({length: 360}, (_, at) => (at < 36 ? 62 : 0)),
		made,
	);
	const found = Array.from({length: 35}, (_, at) => compareProbe(before, since.slice(0, 10 * (at + 2)), usualWatch));
	const verdicts = found.flatMap(([row]) => {
		expect(row?.since.value).toBeGreaterThan(1);
		expect(row?.verdict).toBe((row?.difference?.low ?? 0) > 1 ? 'worse' : 'unclear');
		return row?.verdict ?? [];
	});
	expect(verdicts.slice(0, 12)).toEqual(Array.from({length: 12}, () => 'worse'));
	expect(verdicts.at(-1)).toBe('unclear');
});

const memory: Made = {kind: 'memory', probe: 'web-1.memory', title: 'memory', unit: '%', limit: 90};

test.each([
	{what: 'half as much again', from: 40, to: 60, verdict: 'worse'},
	{what: 'twice of next to nothing', from: 2, to: 4, verdict: 'same'},
	{what: 'less', from: 60, to: 40, verdict: 'same'},
])('memory: $what is $verdict', ({from, to, verdict}) => {
	const found = compareProbe(
		readings('before', around(from, from / 50, 360), memory),
		readings('since', around(to, to / 50, 60), memory),
		usualWatch,
	);
	expect(found).toMatchObject([{unit: '%', measure: '', verdict}]);
});

const queue: Made = {kind: 'queue', probe: 'backend.queue', title: 'queue', unit: 'count', limit: 100, everyMs: 60_000};

test.each([
	{count: 4, to: 3, verdict: 'unclear', missing: 1},
	{count: 5, to: 3, verdict: 'same', missing: 0},
	{count: 5, to: 60, verdict: 'worse', missing: 0},
])('asked each minute, $count samples of $to jobs: $verdict', ({count, to, ...found}) => {
	const before = readings('before', around(2, 2, 30), queue);
	expect(compareProbe(before, readings('since', around(to, 1, count), queue), usualWatch)).toMatchObject([found]);
});

test('what is asked each minute and was not asked often enough before has no row, as it never would be clear', () => {
	const before = readings('before', [2, 3, 2, 3], queue);
	const since = readings('since', around(60, 1, 30), queue);
	expect(compareProbe(before, since, usualWatch)).toEqual([]);
	expect(
		compareProbe(
			before,
			since.map(one => ({...one, state: 'fail'})),
			usualWatch,
		),
	).toMatchObject([{measure: 'not good'}]);
});

test('ten samples that all lie half as high again are enough, where they cover the time of a burst', () => {
	const noise = (middle: number, count: number): readonly number[] => around(middle, middle * 0.25, count);
	const slow: Made = {everyMs: 30_000};
	const before = readings('before', noise(100, 60), slow);
	const found = (count: number): string =>
		one(compareProbe(before, readings('since', noise(150, count), slow), usualWatch), 'median').verdict;
	expect([9, 10].map(found)).toEqual(['unclear', 'worse']);
	expect(one(compareProbe(before, readings('since', noise(150, 10)), usualWatch), 'median').verdict).toBe('unclear');
});

test('all probes, worst first, from the minutes that count', () => {
	const of = (probe: string, before: number, since: number, count = 60): readonly ProbeReading[] => [
		...readings('before', around(before, before / 10, 360), {probe, title: probe}),
		...readings('since', around(since, since / 10, count), {probe, title: probe}),
	];
	const old = readings('before', around(9000, 1, 400), {probe: 'steady', title: 'steady'}).slice(0, 40);
	const samples = [
		...of('steady', 60, 61),
		...old,
		...of('bad', 60, 120),
		...of('few', 60, 60, 5),
		...of('worst', 60, 600),
	];
	const options = {swapAt, minutes: 30, now: swapAt + 300_000, terms: usualWatch};
	const found = compareAll(samples, options);
	expect(found.map(({probe, verdict, before}) => [probe, verdict, before.count])).toEqual([
		['worst', 'worse', 360],
		['bad', 'worse', 360],
		['few', 'unclear', 360],
		['steady', 'same', 360],
	]);
	expect(compareAll(samples.toReversed(), options)).toEqual(found);
	expect(worstFirst(found.toReversed())).toEqual(found);
	expect(compareAll(samples, {...options, now: swapAt + 20_000}).every(({verdict}) => verdict === 'unclear')).toBe(
		true,
	);
	expect(verdictOf(found, [])).toBe('worse');
	expect(verdictOf(found, ['bad'])).toBe('worse');
	expect(verdictOf(found, ['bad', 'worst'])).toBe('unclear');
	expect(verdictOf(found, ['bad', 'worst', 'few'])).toBe('same');
	expect(verdictOf([], [])).toBe('unclear');
});

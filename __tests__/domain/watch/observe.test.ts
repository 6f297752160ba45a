import {expect, test} from 'vitest';
import {
	badProbes,
	dueObservations,
	lastObserved,
	looksBad,
	observedSince,
	type BadProbe,
	type LastSeen,
} from '../../../src/domain/watch/observe.ts';
import {ledgerEntry} from '../../support/ledger.ts';
import type {ProbeReading} from '../../../src/domain/probes/probe.ts';
import {reading, swapAt} from './a-watch.ts';

const minute = 60_000;
const everyMs = 5 * minute;

/** Looks five minutes apart, by letter: `g` good, `b` bad, `u` unclear, `-` none. */
const looks = (text: string) =>
	text.split('').flatMap((state, index) =>
		state === '-'
			? []
			: [
					reading('backend.health', {
						title: 'API health',
						at: swapAt + index * everyMs,
						state: ({g: 'pass', b: 'fail', u: 'unclear'} as const)[state as 'g' | 'b' | 'u'],
						text: state === 'b' ? '500, not 200' : '200 in 60 ms',
					}),
				],
	);

const api = {probe: 'backend.health', title: 'API health', since: swapAt};
const worker = {probe: 'production-1.process.qsights', title: 'qsights', since: swapAt};

const inMinutes = (text: string, from?: number, bad: readonly BadProbe[] = []) =>
	observedSince(looks(text), {
		last: from === undefined ? undefined : {until: swapAt + from * minute, bad, isOwn: true, seq: 1},
		everyMs,
	}).map(({from: begun, until, samples, unhealthy}) => ({
		range: [(begun - swapAt) / minute, (until - swapAt) / minute],
		samples,
		unhealthy: unhealthy.map(one => [(one.from - swapAt) / minute, (one.until - swapAt) / minute, one.what]),
	}));

test.each([
	['a healthy stretch', 'gggg', [{range: [0, 15], samples: 4, unhealthy: []}]],
	[
		'an outage lasts until the look that is good again',
		'gbbg',
		[{range: [0, 15], samples: 4, unhealthy: [[5, 15, 'API health: 500, not 200']]}],
	],
	[
		'one that goes on ends with the last look',
		'ggb',
		[{range: [0, 10], samples: 3, unhealthy: [[10, 10, 'API health: 500, not 200']]}],
	],
	['one look left out is no gap', 'g-g', [{range: [0, 10], samples: 2, unhealthy: []}]],
	[
		'what was not seen is claimed by nobody',
		'gg---gg',
		[
			{range: [0, 5], samples: 2, unhealthy: []},
			{range: [25, 30], samples: 2, unhealthy: []},
		],
	],
	[
		'what is unclear was not seen',
		'guuug',
		[
			{range: [0, 0], samples: 1, unhealthy: []},
			{range: [20, 20], samples: 1, unhealthy: []},
		],
	],
	['nothing', '', []],
])('observed: %s', (_, text, expected) => {
	expect(inMinutes(text)).toEqual(expected);
});

test('observed: goes on from what was written down last, unless that is too long ago', () => {
	expect(inMinutes('---gg', 10)).toEqual([{range: [10, 20], samples: 3, unhealthy: []}]);
	expect(inMinutes('gg---gg', 5)).toEqual([{range: [25, 30], samples: 2, unhealthy: []}]);
	// An outage goes on over what was written in the middle of it.
	expect(inMinutes('-bg', 0, [api])).toEqual([{range: [0, 10], samples: 3, unhealthy: [[0, 10, 'API health']]}]);
	expect(inMinutes('-gg', 0, [api])).toEqual([{range: [0, 10], samples: 3, unhealthy: [[0, 5, 'API health']]}]);
});

test('observed: a service that is down is not healthy, and a host alone says nothing', () => {
	const down = reading('production-1.service.nginx', {
		title: 'nginx',
		kind: 'service',
		state: 'fail',
		text: 'failed',
	});
	expect(observedSince([down], {last: undefined, everyMs})).toEqual([]);
	expect(observedSince([...looks('g'), down], {last: undefined, everyMs})[0]?.unhealthy).toEqual([
		{from: swapAt, until: swapAt, what: 'nginx: failed'},
	]);
	expect(looksBad([...looks('g'), down])).toEqual(['nginx: failed']);
	expect(looksBad(looks('g'))).toEqual([]);
	expect(looksBad([])).toEqual(['its health is not known']);
});

const due = (text: string, last: LastSeen | undefined, isLeaving = false) =>
	dueObservations(observedSince(looks(text), {last, everyMs}), {last, isLeaving}).length;
const written = (isBad: boolean, isOwn = true) => ({
	until: swapAt - 5 * minute,
	bad: isBad ? [api] : [],
	isOwn,
	seq: 1,
});

test('observed: is written at first, at each change, every half hour, and at last', () => {
	expect(due('g', undefined)).toBe(1);
	expect(due('ggg', written(false))).toBe(0);
	expect(due('ggb', written(false))).toBe(1);
	expect(due('bbb', written(true))).toBe(0);
	expect(due('bbg', written(true))).toBe(1);
	expect(due('gggggg', written(false))).toBe(1);
	expect(due('ggg', written(false), true)).toBe(1);
	expect(due('', written(false), true)).toBe(0);
	// What is over is written, what goes on is not yet.
	expect(due('gg---g', written(false))).toBe(1);
});

test('observed: what somebody else has begun to write is theirs, but for what is bad and new, until they are gone', () => {
	expect(due('ggg', written(false, false), true)).toBe(0);
	expect(due('gg---', written(false, false))).toBe(0);
	expect(due('bbg', written(true, false))).toBe(0);
	expect(due('ggb', written(false, false))).toBe(1);
	expect(due('bbb', written(true, false))).toBe(0);
	expect(due('gggggg', written(false, false))).toBe(1);
	expect(due('bbbbbg', written(true, false))).toBe(1);
});

test('observed: the last entry is the last of anybody whose entries count', () => {
	const written = [{...api, since: '2026-02-10T05:58:00.000Z'}];
	const entry = (seq: number, until: unknown, bad: unknown, who = 'Ravi') =>
		ledgerEntry(seq, '2026-02-10T06:00:00Z', 'health.observed', {who, data: {until, bad}});
	const entries = [entry(1, '2026-02-10T05:58:00Z', []), entry(2, '2026-02-10T05:59:00Z', written)];
	const ravi = {name: 'Ravi', machine: 'm'};
	const found = {until: Date.parse('2026-02-10T05:59:00Z'), bad: [api], seq: 2};
	expect(lastObserved(entries, {actor: ravi})).toEqual({...found, isOwn: true});
	expect(lastObserved(entries, {actor: {...ravi, machine: 'another'}})).toEqual({...found, isOwn: false});
	expect(lastObserved(entries, {actor: {...ravi, name: 'Asha'}})).toEqual({...found, isOwn: false});
	const asha = {actor: {...ravi, name: 'Asha'}, counts: () => false};
	expect(lastObserved(entries, asha)).toBeUndefined();
	expect(lastObserved([entry(0, '2026-02-10T05:50:00Z', '', 'Asha'), ...entries], asha)).toMatchObject({seq: 0});
	expect(lastObserved([entry(1, 7, '')], {actor: ravi})).toBeUndefined();
});

/** One look: how the API is, and a process beside it. */
const both = (minutes: number, health: ProbeReading['state'], process?: ProbeReading['state']) => [
	reading('backend.health', {title: 'API health', at: swapAt + minutes * minute, state: health, text: `${minutes}`}),
	...(process === undefined
		? []
		: [
				reading('production-1.process.qsights', {
					title: 'qsights',
					kind: 'process',
					host: 'production-1',
					at: swapAt + minutes * minute,
					state: process,
					text: `errored, ${minutes} min`,
				}),
			]),
];

const dueOf = (readings: readonly ProbeReading[], bad: readonly BadProbe[]) => {
	const last = {until: swapAt, bad, isOwn: true, seq: 1};
	return dueObservations(observedSince(readings, {last, everyMs}), {last, isLeaving: false}).map(one => one.bad);
};

test('observed: an outage is written while something smaller is bad already, and each that is well again', () => {
	const apiSince = {...api, since: swapAt + 5 * minute};
	expect(dueOf(both(5, 'fail', 'fail'), [worker])).toEqual([[apiSince, worker]]);
	expect(dueOf(both(5, 'pass', 'fail'), [api, worker])).toEqual([[worker]]);
	// What it says changes with each look, and is no change.
	expect(dueOf([...both(5, 'pass', 'fail'), ...both(10, 'pass', 'fail')], [worker])).toEqual([]);
	expect(badProbes(both(5, 'fail', 'fail'))).toEqual(['backend.health', 'production-1.process.qsights']);
	expect(
		observedSince(both(5, 'fail', 'fail'), {
			last: {until: swapAt, bad: [worker], isOwn: true, seq: 1},
			everyMs,
		})[0]?.unhealthy.map(({what}) => what),
	).toEqual(['qsights', 'API health: 5; qsights: errored, 5 min']);
});

test('observed: what could not be found out, or whose host is silent, is not well again; what is there no more is', () => {
	expect(dueOf(both(5, 'pass', 'unclear'), [worker])).toEqual([]);
	expect(dueOf(both(5, 'pass'), [worker])).toEqual([]);
	expect(dueOf(both(5, 'pass', 'pass'), [{...worker, probe: 'production-1.process.old'}])).toEqual([[]]);
	expect(dueOf(both(5, 'pass', 'pass'), [worker])).toEqual([[]]);
});

test('observed: single looks of a rare cron are written once in half an hour, and claim nothing between them', () => {
	const last = {until: swapAt - 15 * minute, bad: [], isOwn: true, seq: 1};
	const at = (...minutes: number[]) =>
		dueObservations(
			observedSince(
				minutes.flatMap(one => both(one, 'pass')),
				{last, everyMs},
			),
			{
				last,
				isLeaving: false,
			},
		).map(({from, until, samples}) => [(from - swapAt) / minute, (until - swapAt) / minute, samples]);
	expect(at(0)).toEqual([]);
	expect(at(0, 15)).toEqual([[15, 15, 1]]);
});

test('observed: what was seen before a deploy is not carried on over it, but what was bad is well again by it', () => {
	const last = {until: swapAt, bad: [api], isOwn: true, seq: 1};
	const [one] = observedSince(both(5, 'pass'), {last, everyMs, from: swapAt + minute});
	expect(one).toMatchObject({from: swapAt + 5 * minute, samples: 1, unhealthy: [], bad: []});
	expect(dueObservations(one ? [one] : [], {last, isLeaving: false})).toEqual([one]);
});

test('an old worker that still answers is not healthy, whatever the address says', () => {
	const old = reading('backend.worker', {
		title: 'php8.1-fpm workers',
		kind: 'worker',
		state: 'fail',
		text: 'an old worker still answers: pid 812',
	});
	const what = 'php8.1-fpm workers: an old worker still answers: pid 812';
	const round = [reading('backend.health', {}), old];
	expect(looksBad(round)).toEqual([what]);
	expect(observedSince(round, {last: undefined, everyMs})).toMatchObject([
		{bad: [{probe: 'backend.worker'}], unhealthy: [{what}]},
	]);
});

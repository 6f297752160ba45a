import {expect, test} from 'vitest';
import {usualWatch} from '../../../src/domain/environments/watched.ts';
import type {KnownSignature} from '../../../src/domain/logs/log.ts';
import type {ProbeReading} from '../../../src/domain/probes/probe.ts';
import {watchReport, type WatchFacts} from '../../../src/domain/watch/report.ts';
import {aWatch, healthSamples, reading, swapAt} from './a-watch.ts';

const second = 1000;
const minute = 60 * second;

const every = (make: (at: number) => ProbeReading, count = 360): readonly ProbeReading[] =>
	Array.from({length: count}, (_, index) => make(swapAt + index * 5 * second));

const before = healthSamples({count: 120, from: swapAt - 10 * minute});
const since = (count = 360, ms = 60) => healthSamples({count, from: swapAt + second, ms});
/** What the triggers need beside the health address. */
const beside = [
	...every(at => reading('backend.served', {at, app: 'backend', kind: 'served', text: '7f3a9c2'})),
	...every(at => reading('backend.log', {at, app: 'backend', kind: 'log', value: 0, unit: 'per minute', text: '0'})),
	...every(at => reading('production-1.service.nginx', {at, app: 'backend', kind: 'service', text: 'active'})),
];

const report = (samples: readonly ProbeReading[], more: Partial<WatchFacts> = {}) =>
	watchReport({
		watch: aWatch(),
		samples: [...samples].sort((a, b) => a.at - b.at),
		signatures: [],
		items: [[], [], []],
		terms: usualWatch,
		status: 200,
		everyMs: 5 * second,
		timeZone: 'Asia/Kolkata',
		now: swapAt + 30 * minute,
		...more,
	});

test('report: half an hour of good answers is good, though nothing tries to sign in', () => {
	const found = report([...before, ...since(), ...beside]);
	expect(found.outcome).toEqual({outcome: 'good', text: 'no trigger fired, nothing worse than before'});
	expect(found.isBad).toBe(false);
	expect(found.triggers.map(({id, state}) => `${id} ${state}`)).toEqual([
		'down quiet',
		'slow quiet',
		'errors quiet',
		'restarts quiet',
		'sign-in unclear',
		'served quiet',
	]);
});

test.each([
	[
		'nobody looked for a while',
		[...before, ...since(120), ...since().slice(240), ...beside],
		/^nobody looked for 10 min/,
	],
	['nothing is known of before', [...since(), ...beside], /too few samples/],
	['the host was silent at the end', [...before, ...since()], /a service or PM2 restarts: not asked yet/],
	['nothing at all', [], /^nobody looked for 30 min/],
])('report: unclear when %s', (_, samples, text) => {
	const {outcome, isBad} = report(samples);
	expect(outcome?.outcome).toBe('unclear');
	expect(outcome?.text).toMatch(text);
	expect(isBad).toBe(false);
});

test('report: a trigger that stands fired is bad until somebody accepts it, and bad again when it fires once more', () => {
	const down = [0, 1, 2].map(index =>
		reading('backend.health', {
			app: 'backend',
			at: swapAt + 29 * minute + index * 5 * second,
			state: 'fail',
			text: '500, not 200',
		}),
	);
	const samples = [...before, ...since(340), ...down, ...beside];
	const now = swapAt + 29 * minute + 20 * second;
	const accepted = (at: number) =>
		aWatch({accepted: [{probes: ['down', 'backend.health'], reason: 'known', by: 'Asha', at}]});

	expect(report(samples, {now})).toMatchObject({
		isBad: true,
		outcome: {outcome: 'bad', text: 'API not 200 twice in a row: 500, not 200, 3 in a row'},
	});
	expect(report(samples, {now, watch: accepted(swapAt + 29 * minute + 7 * second)}).isBad).toBe(false);
	expect(report(samples, {now, watch: accepted(swapAt + 20 * minute)}).isBad).toBe(true);
});

test('report: what became slower is worse, and no longer bad once accepted', () => {
	const samples = [...before, ...since(360, 300), ...beside];
	const found = report(samples, {now: swapAt + 20 * minute});
	expect(found).toMatchObject({verdict: 'worse', isBad: true});
	expect(found.outcome?.text).toContain('WORSE: API health');
	const accepted = [{probes: ['backend.health', 'slow'], reason: 'known', by: 'Asha', at: swapAt + 20 * minute}];
	expect(report(samples, {now: swapAt + 20 * minute, watch: aWatch({accepted})})).toMatchObject({isBad: false});
});

test('report: what is worse says since when by the ledger, and nothing where that does not know or it is the same', () => {
	const samples = (ms: number): readonly ProbeReading[] => [...before, ...since(360, ms), ...beside];
	const found = (ms: number, badAt?: ReadonlyMap<string, number>) =>
		report(samples(ms), {now: swapAt + 20 * minute, ...(badAt ? {badAt} : {})}).comparisons.filter(
			({probe, measure}) => probe === 'backend.health' && measure === 'median',
		);
	const badAt = new Map([['backend.health', swapAt + 5 * minute]]);
	expect(found(300, badAt)).toMatchObject([{verdict: 'worse', worseAt: swapAt + 5 * minute}]);
	expect(found(300)).toHaveLength(1);
	expect(found(300)[0]).not.toHaveProperty('worseAt');
	expect(found(60, badAt)).toMatchObject([{verdict: 'same'}]);
	expect(found(60, badAt)[0]).not.toHaveProperty('worseAt');
});

test('report: kinds of errors that are new since the swap, of the logs of the app', () => {
	const kind = (signature: string, more: Partial<KnownSignature>): KnownSignature => ({
		log: 'laravel',
		signature,
		level: 'error',
		firstAt: swapAt + minute,
		lastAt: swapAt + minute,
		count: 1,
		sample: signature,
		...more,
	});
	const signatures = [
		kind('new', {}),
		kind('known', {firstAt: swapAt - minute}),
		kind('talk', {level: 'info'}),
		kind('of the site', {log: 'pm2-error'}),
		kind('of either', {log: 'nginx-error', level: 'warn'}),
	];
	expect(report([], {signatures}).newSignatures.map(({signature}) => signature)).toEqual(['new', 'of either']);
	expect(
		report([], {signatures, watch: aWatch({app: 'frontend'})}).newSignatures.map(({signature}) => signature),
	).toEqual(['of the site', 'of either']);
});

test('report: the same facts give the same report', () => {
	const samples = [...before, ...since(100, 80), ...beside];
	expect(report(samples)).toEqual(report(samples));
});

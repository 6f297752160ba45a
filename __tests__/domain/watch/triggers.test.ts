import {expect, test} from 'vitest';
import type {ItemState} from '../../../src/domain/checklist/sign-off.ts';
import {usualWatch} from '../../../src/domain/environments/watched.ts';
import type {ProbeReading} from '../../../src/domain/probes/probe.ts';
import {longestGap, watchTriggers, type TriggerFacts} from '../../../src/domain/watch/triggers.ts';
import {aWatch, healthSamples, reading, swapAt} from './a-watch.ts';

const second = 1000;
const minute = 60 * second;

const ask = (
	samples: readonly ProbeReading[],
	more: Partial<TriggerFacts> = {},
	fired?: ReadonlyMap<string, number>,
) => {
	const triggers = watchTriggers(
		{
			watch: aWatch(),
			samples,
			items: [],
			terms: usualWatch,
			status: 200,
			everyMs: 5000,
			now: (samples.at(-1)?.at ?? swapAt) + second,
			...more,
		},
		fired,
	);
	return Object.fromEntries(triggers.map(trigger => [trigger.id, trigger]));
};

test('triggers: the six of the workflow, in order, and nothing is known at first', () => {
	const triggers = watchTriggers({
		watch: aWatch(),
		samples: [],
		items: [],
		terms: usualWatch,
		status: 200,
		everyMs: 5000,
		now: swapAt,
	});
	expect(triggers.map(({title, state}) => `${title}: ${state}`)).toEqual([
		'API not 200 twice in a row: unclear',
		'p95 over twice the usual: unclear',
		'more than 5 errors a minute: unclear',
		'a service or PM2 restarts: unclear',
		'sign-in fails: unclear',
		'served build is not 7f3a9c2: unclear',
	]);
});

test('down: one bad answer is none, two in a row fire since the first, a good one clears', () => {
	const samples = healthSamples({count: 3, from: swapAt});
	const bad = (index: number) =>
		reading('backend.health', {at: swapAt + index * 5 * second, state: 'fail', text: '500, not 200'});
	expect(ask([...samples, bad(3)])['down']).toMatchObject({state: 'quiet', text: '500, not 200, 3 of 4 good'});
	expect(ask([...samples, bad(3), bad(4)])['down']).toMatchObject({
		state: 'fired',
		text: '500, not 200, 2 in a row',
		since: swapAt + 15 * second,
	});
	const after = healthSamples({count: 1, from: swapAt + 25 * second});
	expect(ask([...samples, bad(3), bad(4), ...after])['down']).toMatchObject({state: 'quiet'});
});

test('down: whoever has only just begun to look takes nothing back', () => {
	const bad = reading('backend.health', {at: swapAt + minute, state: 'fail', text: '500, not 200'});
	expect(ask([bad])['down']).toMatchObject({state: 'unclear', text: '500, not 200, asked once so far'});
});

test('down: what was bad before the swap is of the release before, what is old is not known', () => {
	const before = [1, 2, 3].map(index =>
		reading('backend.health', {at: swapAt - index * 5 * second, state: 'fail', text: '500'}),
	);
	const since = healthSamples({count: 1, from: swapAt});
	expect(ask([...before.toReversed(), ...since])['down']).toMatchObject({state: 'quiet'});
	const late = ask(since, {now: swapAt + 3 * minute})['down'];
	expect(late).toMatchObject({state: 'unclear', text: 'not asked for 3 min'});
});

test('slow: p95 since beside that of before; too few of either are unclear', () => {
	const before = healthSamples({count: 20, from: swapAt - 10 * minute, ms: 60});
	const since = (ms: number, count = 12) => healthSamples({count, from: swapAt, ms});
	expect(ask([...before, ...since(119)])['slow']).toMatchObject({state: 'quiet', text: '119 ms, limit 120 ms'});
	expect(ask([...before, ...since(121)])['slow']).toMatchObject({state: 'fired', text: '121 ms, limit 120 ms'});
	expect(ask([...before, ...since(500, 9)])['slow']).toMatchObject({
		state: 'unclear',
		text: '9 of 10 samples since',
	});
	expect(ask([...before.slice(0, 4), ...since(500)])['slow']).toMatchObject({
		state: 'unclear',
		text: '4 of 10 samples from before',
	});
});

test('slow: stands fired since the ledger says so', () => {
	const samples = [
		...healthSamples({count: 20, from: swapAt - 10 * minute, ms: 60}),
		...healthSamples({count: 12, from: swapAt, ms: 500}),
	];
	expect(ask(samples, {}, new Map([['slow', swapAt + 7]]))['slow']?.since).toBe(swapAt + 7);
});

test.each([
	['as a rate', 'per minute', [0, 0, 6], 'fired'],
	['as a rate at its limit', 'per minute', [0, 0, 5], 'quiet'],
	['as a count that grew', 'count', [40, 40, 46], 'fired'],
	['as a count that was high before', 'count', [40, 40, 41], 'quiet'],
] as const)('errors: told %s', (_, unit, values, state) => {
	const samples = values.map((value, index) =>
		reading('backend.log', {at: swapAt + index * minute, kind: 'log', value, unit, text: `${value} errors`}),
	);
	expect(ask(samples)['errors']).toMatchObject({state});
});

test('errors: a log that was not read for a while is unclear', () => {
	const samples = [reading('backend.log', {at: swapAt, kind: 'log', value: 0, unit: 'per minute', text: '0'})];
	expect(ask(samples, {now: swapAt + 5 * minute})['errors']).toMatchObject({
		state: 'unclear',
		text: 'the log was not read for 5 min',
	});
});

const service = (at: number, more: Partial<ProbeReading>) =>
	reading('production-1.service.nginx', {at, kind: 'service', title: 'nginx', text: 'active, 13 min', ...more});

test('restarts: a unit that is down fires, one that restarted fires for five minutes, and one nobody can ask is unclear', () => {
	const counts = (...values: readonly number[]) =>
		values.map((value, index) => service(swapAt + index * minute, {value, unit: 'count', limit: 0}));
	expect(ask(counts(0, 0, 0))['restarts']).toMatchObject({state: 'quiet', text: '1 running'});
	expect(ask(counts(0, 0, 1))['restarts']).toMatchObject({state: 'fired', since: swapAt + 2 * minute});
	expect(ask(counts(0, 1, 1, 1, 1, 1, 1))['restarts']).toMatchObject({
		state: 'quiet',
		text: '1 running, 1 restarted before',
	});
	expect(ask([service(swapAt, {state: 'fail', text: 'failed'})])['restarts']).toMatchObject({
		state: 'fired',
		text: 'nginx: failed',
		since: swapAt,
	});
	expect(ask([service(swapAt, {state: 'unclear', text: 'systemctl is missing'})])['restarts']).toMatchObject({
		state: 'unclear',
		text: 'nginx: systemctl is missing',
	});
	// One that is down is not made unclear by another.
	const down = service(swapAt, {state: 'fail', text: 'failed'});
	const other = reading('production-1.service.php', {at: swapAt, kind: 'service', state: 'unclear', text: '?'});
	expect(ask([down, other])['restarts']).toMatchObject({state: 'fired'});
	// Of the other app it is none.
	expect(ask([service(swapAt, {state: 'fail', app: 'frontend'})])['restarts']).toMatchObject({state: 'unclear'});
});

test('sign-in: by a request that tries it, else by what somebody found, else unclear with what to add', () => {
	const login = (index: number, state: ProbeReading['state']) =>
		reading('http.login', {at: swapAt + index * 5 * second, state, text: state === 'pass' ? '200 in 9 ms' : '500'});
	expect(ask([login(0, 'pass')])['sign-in']).toMatchObject({state: 'quiet', text: '200 in 9 ms, 1 of 1 good'});
	expect(ask([login(0, 'pass'), login(1, 'fail'), login(2, 'fail')])['sign-in']).toMatchObject({state: 'fired'});

	const item = (state: ItemState['state']) =>
		({
			item: {id: 'after-sign-in', title: 'Signing in leads to the dashboard'},
			state,
			signOff: state === 'open' ? undefined : {at: swapAt + 7, actor: {name: 'Asha', machine: 'm'}},
		}) as unknown as ItemState;
	expect(ask([], {items: [item('passed')]})['sign-in']).toMatchObject({state: 'quiet', text: 'passed by Asha'});
	expect(ask([], {items: [item('failed')]})['sign-in']).toMatchObject({state: 'fired', since: swapAt + 7});
	expect(ask([], {items: [item('open')]})['sign-in']).toMatchObject({
		state: 'unclear',
		text: 'no probe of signing in: sign after-sign-in, or add a check to probes.http, its id with sign-in',
	});
	expect(ask([])['sign-in']).toMatchObject({
		state: 'unclear',
		text: 'no probe of signing in: add a check to probes.http, its id with sign-in',
	});
});

test('served: another build than the one deployed fires since it was first seen', () => {
	const served = (index: number, state: ProbeReading['state']) =>
		reading('backend.served', {at: swapAt + index * 5 * second, kind: 'served', state, text: 'serves 4e81d0c'});
	expect(ask([served(0, 'pass')])['served']).toMatchObject({state: 'quiet'});
	expect(ask([served(0, 'pass'), served(1, 'fail'), served(2, 'fail')])['served']).toMatchObject({
		state: 'fired',
		since: swapAt + 5 * second,
	});
	expect(ask([served(0, 'unclear')])['served']).toMatchObject({state: 'unclear'});
});

test('served: an old worker that still answers fires, though what is live is as recorded', () => {
	const at = (index: number): number => swapAt + index * 5 * second;
	const live = (index: number) => reading('backend.served', {at: at(index), kind: 'served', text: 'as recorded'});
	const worker = (index: number, state: ProbeReading['state'], text: string) =>
		reading('backend.worker', {at: at(index), kind: 'worker', app: 'backend', state, text});
	const old = 'an old worker still answers: pid 812, since 10:58 IST, swap 11:20 IST';
	const seen = [
		live(0),
		worker(0, 'pass', 'all 4'),
		live(1),
		worker(1, 'fail', old),
		live(2),
		worker(2, 'fail', old),
	];
	expect(ask(seen)['served']).toMatchObject({state: 'fired', text: old, since: at(1)});
	expect(ask([...seen, live(3), worker(3, 'unclear', 'processes are hidden')])['served']).toMatchObject({
		state: 'unclear',
		text: 'processes are hidden',
	});
	expect(ask([...seen, live(3), worker(3, 'pass', 'all 4 since the swap')])['served']).toMatchObject({
		state: 'quiet',
	});
	expect(ask([live(0), worker(0, 'unclear', 'processes are hidden')])['served']).toMatchObject({state: 'quiet'});
});

test('gap: the longest time nobody looked, its edges too', () => {
	const range = {from: 0, until: 100};
	expect(longestGap([], range)).toEqual({from: 0, until: 100});
	expect(longestGap([10, 20, 90], range)).toEqual({from: 20, until: 90});
	expect(longestGap([60, 99], range)).toEqual({from: 0, until: 60});
	expect(longestGap([5, 10], range)).toEqual({from: 10, until: 100});
});

test('triggers: in half a line each has a shorter title, and of what was seen the figure', () => {
	const ok = reading('backend.health', {at: swapAt, value: 64, unit: 'ms', text: '200 in 64 ms'});
	const live = reading('backend.served', {at: swapAt, kind: 'served', text: '7f3a9c2, as recorded'});
	const shorts = Object.values(ask([ok, live])).map(({short}) => `${short?.title}: ${short?.text}`);

	expect(shorts).toEqual([
		'API not 200 twice: 200',
		'p95 over twice usual: 0 of 10 from before',
		'over 5 errors a minute: log not read yet',
		'a service restarts: not asked yet',
		'sign-in fails: no probe of signing in',
		'served not 7f3a9c2: 7f3a9c2',
	]);
});

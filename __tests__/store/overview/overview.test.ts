import {ledgerEntry, ledgerReading} from '../../support/ledger.ts';
import {expect, test} from 'vitest';
import type {HealthReading, HostReading} from '../../../src/app/status/status.ts';
import type {OverviewEvent} from '../../../src/app/status/watch-overview.ts';
import {createCockpitStore} from '../../../src/store/create-store.ts';
import {isStale, selectActivity} from '../../../src/store/overview/overview-facts.ts';

const reading = {time: 5, ledger: []} as unknown as HostReading;
const health = (isGood: boolean): HealthReading => ({url: '', answer: '200', durationMs: 84, isGood});
const problem = {code: 'unreachable', why: 'timed out.', next: ''};
const environment = 'preprod';

const apply = (...events: readonly OverviewEvent[]) => {
	const view = {name: environment, title: 'Pre-Prod', tier: 'preprod', timeZone: 'UTC'} as const;
	const store = createCockpitStore({
		project: 'qsights',
		environments: [{...view, status: undefined, readAt: undefined}],
		now: 0,
	});
	store.getState().applyOverview(events);
	const state = store.getState();
	const [first] = state.environments;
	if (!first) throw new Error('no environment');
	return {store, state, view: first};
};

test('overview: what a host said is kept while it is silent, with since when and how often', () => {
	const {view} = apply(
		{type: 'host.answered', environment, at: 1000, reading},
		{type: 'host.silent', environment, at: 6000, problem},
		{type: 'host.silent', environment, at: 11_000, problem},
	);

	expect(view).toMatchObject({status: reading, readAt: 1000, silence: {since: 6000, tries: 2}});
});

test('overview: an answer ends the silence', () => {
	const {view} = apply(
		{type: 'host.silent', environment, at: 6000, problem},
		{type: 'host.answered', environment, at: 9000, reading},
	);

	expect(view.silence).toBeUndefined();
});

test('overview: keeps the last 14 health answers, a bad one without its time', () => {
	const asked = Array.from({length: 20}, (_, at): OverviewEvent => ({
		type: 'health.answered',
		environment,
		at,
		reading: health(at !== 19),
	}));

	const {view} = apply(...asked);

	expect(view.samples).toHaveLength(14);
	expect(view.samples?.slice(-2)).toEqual([{at: 18, durationMs: 84}, {at: 19}]);
});

test('overview: a connection that is tried again and fails again has been lost since the first time', () => {
	const link = (state: 'failed' | 'reconnecting' | 'ready', since: number): OverviewEvent => ({
		type: 'link.changed',
		environment,
		status: {state, since},
	});

	expect(apply(link('failed', 1), link('reconnecting', 5), link('failed', 9)).state.links[environment]?.since).toBe(
		1,
	);
	expect(apply(link('failed', 1), link('ready', 5), link('failed', 9)).state.links[environment]?.since).toBe(9);
});

test('overview: what changes nothing to be seen leaves the same objects', () => {
	const link = (rttMs: number): OverviewEvent => ({
		type: 'link.changed',
		environment,
		status: {state: 'ready', since: 1, rttMs},
	});
	const {store, state} = apply(link(12.1));

	state.applyOverview([link(12.3)]);
	expect(store.getState().links).toBe(state.links);
	state.applyOverview([link(13.1)]);

	expect(store.getState().links[environment]?.rttMs).toBe(13.1);
});

test.each([
	[undefined, false],
	[0, true],
	[1, false],
])('overview: a value read at %s is stale 10 001 ms later: %s', (at, expected) =>
	expect(isStale(at, 10_001)).toBe(expected),
);

test('overview: a silent host is the newest line of the activity, by its own clock', () => {
	const ledger = ledgerReading([ledgerEntry(1, '2026-02-10T05:00:00Z', 'adopt.finished', {data: {app: 'backend'}})]);
	const time = Date.parse('2026-02-10T05:50:00Z');
	const {state} = apply(
		{type: 'host.answered', environment, at: 1000, reading: {...reading, time, ledger}},
		{type: 'host.silent', environment, at: 6000, problem},
	);

	const [first, second] = selectActivity(state);

	expect(first).toMatchObject({at: time + 5000, outcome: 'silent', text: 'no answer: timed out, 1 try'});
	expect(second).toMatchObject({id: 'preprod:1', outcome: 'adopted'});
	expect(selectActivity(state)).toBe(selectActivity(state));
});

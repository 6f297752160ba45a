import {expect, test} from 'vitest';
import {
	healthNow,
	isHealthOld,
	readingAge,
	selectActiveWatch,
	selectHealthPlace,
	selectPlaces,
	selectWatchItem,
	unaccepted,
} from '../../../src/store/health/health-places.ts';
import {laterHistory, withHistory} from '../../../src/store/health/probe-history.ts';
import type {EnvironmentHealth} from '../../../src/store/health/health.ts';
import {
	healthStore,
	hostNow,
	machineNow,
	open,
	reading,
	readings,
	report,
	signed,
	startedAt,
	triggers,
	watch,
	worse,
} from '../../tui/screens/health/fixtures.ts';

const minute = 60_000;
const of = (store: ReturnType<typeof healthStore>, name: string): EnvironmentHealth => {
	const found = store.getState().healths.find(({environment}) => environment.name === name);
	if (!found) throw new Error(`no ${name}`);
	return found;
};

const round = (at: number, value: number) => ({
	environment: 'production',
	at,
	readings: [reading('backend.health', 'API health', 'http', {at, value, unit: 'ms'})],
	silent: [],
});

test('probe history: keeps an hour, oldest first, and takes a round once', () => {
	let history = laterHistory({}, round(hostNow - 61 * minute, 50));
	history = laterHistory(history, round(hostNow - minute, 60));
	history = laterHistory(history, round(hostNow, 70));
	history = laterHistory(history, round(hostNow, 70));

	expect(history['backend.health']?.map(({value}) => value)).toEqual([60, 70]);
});

test('probe history: older readings go to their places, what is known already stays, and it is bounded', () => {
	const many = Array.from({length: 4000}, (_, index) =>
		reading('backend.health', 'API health', 'http', {at: hostNow - index * 500, value: index}),
	);
	const history = withHistory(laterHistory({}, round(hostNow, 70)), many);
	const points = history['backend.health'] ?? [];

	expect(points.at(-1)).toMatchObject({at: hostNow, value: 70});
	expect(points.length).toBe(1800);
	expect(points.every(({at}, index) => index === 0 || at > (points[index - 1]?.at ?? 0))).toBe(true);
});

test('health: what a silent host said last stays with its time, what it is not about is gone', () => {
	const store = healthStore();
	store.getState().healthUpdated({
		environment: 'production',
		at: machineNow,
		round: {
			environment: 'production',
			at: hostNow,
			readings: readings('production-1').filter(({probe}) => probe === 'backend.health'),
			silent: [{host: 'production-1', code: 'timeout', why: 'timed out'}],
		},
		reports: [],
	});
	const {readings: known} = of(store, 'production');

	expect(known.find(({probe}) => probe === 'production-1.disk')?.at).toBe(hostNow);
	expect(known.some(({probe}) => probe === 'frontend.health')).toBe(false);
});

test('health: a reading is as old as what has passed here since it was found, also when a later answer came late', () => {
	const store = healthStore();
	const found = machineNow - 2000;
	// The host hung for 20 s: its answer carries the time at which it was asked.
	store.getState().healthUpdated({
		environment: 'production',
		at: found + 24_000,
		round: {
			environment: 'production',
			at: hostNow + 2000,
			readings: [reading('frontend.health', 'site', 'http', {at: hostNow - 1000})],
			silent: [{host: 'production-1', code: 'timeout', why: 'timed out'}],
		},
		reports: [],
	});
	const health = of(store, 'production');

	expect(readingAge(health, 'production-1.disk', found + 24_000)).toBe(24_000);
	expect(readingAge(health, 'frontend.health', found + 25_000)).toBe(4000);
});

test('health: the clock of the host goes on with what has passed here, and two rounds without one are old', () => {
	const health = of(healthStore(), 'production');

	expect(healthNow(health, machineNow + 3000)).toBe(hostNow + 3000);
	expect(isHealthOld(health, machineNow - 2000 + 10_000)).toBe(false);
	expect(isHealthOld(health, machineNow - 2000 + 10_001)).toBe(true);
});

test('health places: production first, its watch before its hosts; a place that is gone leads to the first', () => {
	const store = healthStore([report()]);

	expect(selectPlaces(store.getState()).map(({id}) => id)).toEqual([
		'production watch backend',
		'production production-1',
		'preprod preprod-1',
	]);
	store.getState().goToHealth('production watch frontend');
	expect(selectHealthPlace(store.getState())?.id).toBe('production watch backend');
	store.getState().goToHealth('preprod preprod-1');
	expect(selectHealthPlace(store.getState())?.id).toBe('preprod preprod-1');
});

test('health places: the same objects as long as nothing was found', () => {
	const store = healthStore([report()]);

	expect(selectPlaces(store.getState())).toBe(selectPlaces(store.getState()));
});

test('active watch: only of production, the bad one first, and none when it is over', () => {
	const seconds = (hostNow - startedAt) / 1000;
	expect(selectActiveWatch(healthStore([report()]).getState())).toEqual({
		seconds,
		isBad: false,
		hasEnded: false,
		isOld: false,
	});
	const younger = report({watch: {...watch, run: 'b', app: 'frontend', startedAt: startedAt + minute}});
	expect(selectActiveWatch(healthStore([younger, worse()]).getState())).toMatchObject({seconds, isBad: true});
	expect(selectActiveWatch(healthStore([younger, report()]).getState())).toMatchObject({seconds: seconds - 60});
	const over = healthStore([report()]);
	over.getState().tick(machineNow + 14 * minute);
	expect(selectActiveWatch(over.getState())).toBeUndefined();
	const ended = {at: hostNow, by: 'Ravi', outcome: 'replaced'} as const;
	expect(selectActiveWatch(healthStore([report({watch: {...watch, ended}})]).getState())).toBeUndefined();
});

test('active watch: one that ended bad stays until it is accepted or replaced, behind one that is bad now', () => {
	const ended = (outcome: 'bad' | 'replaced', more: Parameters<typeof worse>[0] = {}) =>
		worse({watch: {...watch, fired: ['down'], ended: {at: hostNow, by: 'Ravi', outcome}}, ...more});
	expect(selectActiveWatch(healthStore([ended('bad')]).getState())).toMatchObject({isBad: true, hasEnded: true});
	expect(selectActiveWatch(healthStore([ended('replaced')]).getState())).toBeUndefined();
	expect(selectActiveWatch(healthStore([ended('bad', {isBad: false})]).getState())).toBeUndefined();
	const now = worse({watch: {...watch, run: 'b', app: 'frontend', startedAt: startedAt - minute}});
	expect(selectActiveWatch(healthStore([ended('bad'), now]).getState())).toMatchObject({hasEnded: false});
	expect(unaccepted(ended('bad', {comparisons: []}))).toEqual(['down']);
	const unrecorded = healthStore([worse()]);
	unrecorded.getState().tick(machineNow + 14 * minute);
	expect(selectActiveWatch(unrecorded.getState())).toMatchObject({hasEnded: true});
});

test('watch item: the first that is open, until a key has moved', () => {
	const store = healthStore([report()]);
	expect(selectWatchItem(store.getState())?.state.item.id).toBe('reminder');
	store.getState().pointAt('health', 'growth');
	expect(selectWatchItem(store.getState())?.state.item.id).toBe('growth');
	store.getState().pointAt('health', 'gone');
	expect(selectWatchItem(store.getState())?.state.item.id).toBe('reminder');
});

test('unaccepted: what is worse or fired and nobody has accepted; one that fires again is new', () => {
	const fired = (since: number) =>
		triggers.map(one => (one.id === 'down' ? {...one, state: 'fired' as const, since} : one));
	const accepted = [{probes: ['down', 'http.trends'], reason: 'known', by: 'Asha', at: hostNow - minute}];

	expect(unaccepted(worse({triggers: fired(hostNow)}))).toEqual(['down', 'http.trends']);
	expect(unaccepted(worse({triggers: fired(hostNow - 2 * minute), watch: {...watch, accepted}}))).toEqual([]);
	expect(unaccepted(worse({triggers: fired(hostNow), watch: {...watch, accepted}}))).toEqual(['down']);
});

test('pending: an answer shows as being recorded until the ledger has one more entry about its item', () => {
	const store = healthStore([report()]);
	const pending = {run: watch.run, item: 'reminder', result: 'passed', known: 0} as const;
	const update = (items: Parameters<typeof report>[0]) =>
		store.getState().healthUpdated({
			environment: 'production',
			at: machineNow,
			round: {environment: 'production', at: hostNow, readings: [], silent: []},
			reports: [report(items)],
		});
	const phase = {title: '0 to 5 min', from: startedAt, until: hostNow, state: 'over'} as const;
	store.getState().beginWatchItem(pending);

	update({phases: [{...phase, items: [open('reminder', 'Send yourself one reminder')]}]});
	expect(store.getState().watchPending).toEqual([pending]);
	update({phases: [{...phase, items: [signed('reminder', 'Send yourself one reminder', 'Ravi', '11:47')]}]});
	expect(store.getState().watchPending).toEqual([]);
});

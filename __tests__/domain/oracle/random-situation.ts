import type {EmergencyProfile} from '../../../src/domain/environments/environment.ts';
import type {ProbeResult} from '../../../src/domain/gates/gates.ts';
import {liveByLedger, mayStart} from './gate-oracle.ts';
import {minuteOf, someCalendar} from './random-calendar.ts';
import {afterwards, begin, emptyDraft, prepare, timed} from './random-ledger.ts';
import {someBuild} from './random-runs.ts';
import {someSoakTerms, withObservations} from './random-observations.ts';
import type {Random} from './random.ts';
import type {Situation, Tampering} from './situation.ts';

const hourMs = 3_600_000;

const someProbes = (random: Random, isGood: boolean): readonly ProbeResult[] =>
	Array.from({length: random.whole(isGood ? 0 : 1, 3)}, (_, index) => ({
		item: `probe-${index}`,
		title: `Probe ${index}`,
		outcome: isGood ? 'passed' : random.pick(['passed', 'failed', 'unclear'] as const),
		text: 'as seen',
	}));

const someEmergency = (
	random: Random,
	calendar: Situation['calendar'],
): {readonly reason: string; readonly profile: EmergencyProfile} => {
	const {window} = random.chance(0.5) ? someCalendar(random).calendar : calendar;
	return {
		reason: 'logins fail',
		profile: {
			soakHours: random.pick([0, 1]),
			...(window && random.chance(0.5) ? {window} : {}),
			approvals: random.pick([1, 1, 2]),
			reviewWithinHours: 24,
		},
	};
};

const away = {unknown: 'the host does not answer'} as const;

const someTampering = (random: Random): Tampering =>
	random.chance(0.15)
		? {kind: 'other machine'}
		: {kind: random.pick(['byte changed', 'line deleted', 'lines swapped', 'tail cut']), at: random.share()};

/** A policy that is committed, and asks what the last run was asked. */
const asBefore = {commit: 'c0ffee', digest: 'd'.repeat(64), changes: [], isAccepted: false, differs: []};

/** One that asks less, that is not committed, or both; accepted now and then. */
const somePolicy = (random: Random) => {
	const changes = random.pick([[], ['soak 24 h, now 0 h'], ['soak 24 h, now 0 h', 'approvals 1, now 0']]);
	const commit = random.chance(0.3) ? undefined : asBefore.commit;
	return {...asBefore, commit, changes, isAccepted: commit !== undefined && random.chance(0.5)};
};

/** Facts that are not as they should be: one draw changes one. */
const spoil = (random: Random, good: Situation): Situation => {
	const {entries, app} = good;
	const live = liveByLedger(entries, app);
	const there = 'value' in good.fromNow ? good.fromNow.value : 0;
	const here = 'value' in good.toNow ? good.toNow.value : 0;
	const built = 'value' in good.build ? good.build.value : {commit: '', digest: '', uncommitted: 0};
	return random.pick<() => Situation>([
		() => ({...good, build: {value: {...built, uncommitted: random.whole(1, 9)}}}),
		() => ({...good, policy: random.chance(0.3) ? away : {value: somePolicy(random)}}),
		() => ({...good, build: random.chance(0.3) ? away : {value: {...built, ...someBuild(random, app)}}}),
		() => ({
			...good,
			hostRelease: random.chance(0.3) ? away : {value: random.pick(['run-0', 'run-1', live?.release ?? 'x'])},
		}),
		() => ({...good, drift: random.chance(0.3) ? away : {value: ['app/User.php']}}),
		() => ({...good, health: random.chance(0.3) ? away : {value: {isGood: false, text: '502'}}}),
		() => ({...good, probes: random.chance(0.2) ? away : {value: someProbes(random, false)}}),
		() => ({
			...good,
			lock: random.chance(0.3)
				? away
				: {
						value: {
							state: 'held',
							text: 'ravi deploys',
							clears: 'wait',
							...(random.chance(0.5) && 'value' in good.toNow
								? {at: good.toNow.value + random.whole(1, 5000) * 60_000}
								: {}),
						},
					},
		}),
		() => ({
			...good,
			approvals: random.whole(1, 2),
			approvedBy: random.chance(0.2)
				? away
				: {value: random.pick([[], ['ravi'], ['ravi', 'ravi'], ['ravi', 'ci']])},
		}),
		() => ({
			...good,
			fromNow: random.chance(0.3)
				? away
				: {value: there + random.pick([60_000, -60_000, 60_001, -60_001, 61_000, -hourMs, 9 * hourMs])},
		}),
		() => ({
			...good,
			toNow: random.chance(0.2) ? away : {value: here + random.pick([60_000, -60_000, 60_001, -60_001])},
		}),
		() => ({...good, ...moved(random, good)}),
		() => ({...good, calendar: someCalendar(random).calendar}),
		() => ({...good, isLedgerAway: true}),
		() => ({...good, ...(entries.length > 0 ? {tampering: someTampering(random)} : {})}),
		() => ({...good, untrusted: random.some(entries, 0.2).map(({seq}) => seq)}),
		() => ({...good, emergency: someEmergency(random, good.calendar)}),
		() => ({...good, emergency: someEmergency(random, good.calendar), approvedBy: {value: ['ravi']}}),
		() => ({...good, soakHours: random.pick([0, 1, 48, 168])}),
		() => ({...good, soak: someSoakTerms(random)}),
	])();
};

/** Both clocks elsewhere. */
const moved = (random: Random, {calendar}: Situation): Pick<Situation, 'fromNow' | 'toNow'> => {
	const {instant} = someCalendar(random);
	const near = random.pick([instant, instant + (calendar.window ? random.whole(-3 * 24, 3 * 24) * hourMs : 0)]);
	return {fromNow: {value: near}, toNow: {value: near}};
};

/** No longer than the window is open, but for a few: a search that finds nothing looks at 400 days. */
const someDuration = (random: Random, {window}: Situation['calendar']): number => {
	const open = window ? minuteOf(window.until) - minuteOf(window.from) : 60;
	return random.pick([0, 1, open, random.whole(1, open), open + (random.chance(0.02) ? 1 : 0)]) * 60_000;
};

/** Shares of what a build has soaked: exactly enough, a second less, a second more, or far from it. */
const someSoak = (random: Random, soakMs: number, isGood: boolean): number =>
	isGood
		? soakMs + random.pick([0, 1000, random.whole(0, 200 * 3600) * 1000])
		: random.pick([soakMs - 1000, random.whole(0, 3600) * 1000, random.whole(-120, soakMs / 1000) * 1000]);

const someOpening = (random: Random): ReturnType<typeof someCalendar> => {
	for (let left = 12; left > 0; left--) {
		const found = someCalendar(random);
		if (mayStart(found.calendar, found.instant)) return found;
	}
	const {calendar, instant} = someCalendar(random);
	return {calendar: {timeZone: calendar.timeZone}, instant};
};

/** One situation: a quarter of all are in order, half have one fault, the rest have any number. */
export const someSituation = (random: Random): Situation => {
	const draft = emptyDraft(random);
	const {app, has, set} = draft;
	const order = random.pick(['in order', 'one fault', 'one fault', 'any'] as const);
	const fault = order === 'one fault' ? random.pick(['events', 'facts', 'facts', 'soak'] as const) : undefined;
	begin(draft);
	if (order !== 'any' || random.chance(0.7)) prepare(draft);
	if (fault === 'events' || (order === 'any' && random.chance(0.5))) afterwards(draft);

	const {calendar, instant} = order === 'any' ? someCalendar(random) : someOpening(random);
	const soakHours = random.pick([24, 24, 24, 1, 0, 48]);
	const isSoaked = order === 'any' ? random.chance(0.7) : fault !== 'soak';
	const there = instant + random.pick([0, 0, random.whole(-5000, 5000), 60_000, -60_000]);
	const soak = someSoakTerms(random);
	const written = timed(draft, {now: there, soaked: someSoak(random, soakHours * hourMs, isSoaked)});
	const live = liveByLedger(written, app);
	const isSeen = order === 'any' ? random.chance(0.5) : fault !== 'soak';
	const entries =
		soak.samples === 'optional' && random.chance(0.5)
			? written
			: withObservations(random, written, {app, live, now: there, isGood: isSeen});
	const good: Situation = {
		app,
		has,
		entries,
		tampering: undefined,
		isLedgerAway: false,
		untrusted: [],
		set,
		policy: {value: {...asBefore, differs: random.pick([[], ['environments/production.yaml']])}},
		build: {
			value: {
				commit: live?.commit ?? 'c0ffee',
				digest: live?.digest ?? 'source',
				uncommitted: 0,
			},
		},
		hostRelease: {value: live?.release ?? 'run-0'},
		drift: {value: []},
		health: {value: {isGood: true, text: '200'}},
		probes: {value: someProbes(random, true)},
		lock: {value: {state: random.chance(0.8) ? 'free' : 'mine'}},
		approvedBy: {value: random.pick([[], ['ravi'], ['ravi', 'ci']])},
		fromNow: {value: there},
		toNow: {value: instant},
		usualMs: someDuration(random, calendar),
		soakHours,
		soak,
		calendar,
		approvals: 0,
		emergency: undefined,
	};
	if (fault === 'facts') return spoil(random, good);
	if (order !== 'any') return good;
	let spoiled = good;
	for (let left = random.whole(0, 3); left > 0; left--) spoiled = spoil(random, spoiled);
	return spoiled;
};

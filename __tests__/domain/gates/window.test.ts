import {describe, expect, test} from 'vitest';
import type {DeployWindow, Holidays} from '../../../src/domain/environments/environment.ts';
import {nextSlot, windowAt, type Calendar, type Slot, endsSoon} from '../../../src/domain/gates/window.ts';

const at = (time: string): number => Date.parse(time);
const shown = (slot: Slot | undefined): readonly (string | undefined)[] | undefined =>
	slot &&
	[slot.from, slot.until].map(instant => (instant === undefined ? undefined : new Date(instant).toISOString()));
const untilOf = (calendar: Calendar, time: string): string | undefined => {
	const state = windowAt(calendar, at(time));
	return state.isOpen && state.until !== undefined ? new Date(state.until).toISOString() : undefined;
};

const holidays = (
	days: Readonly<Record<string, string>>,
	covers = {from: '2026-01-01', until: '2026-12-31'},
): Holidays => ({
	file: 'holidays/in-2026.yaml',
	source: 'an example',
	covers,
	days: Object.entries(days).map(([date, name]) => ({date, name})),
});

const hours = (
	days: DeployWindow['days'],
	from: string,
	until: string,
	notBeforeHolidays = false,
): {readonly window: DeployWindow} => ({
	window: {days, from, until, notBeforeHolidays},
});

/** Tuesday and Wednesday, 11:00 to 14:00 IST, never before a holiday. */
const production: Calendar = {
	timeZone: 'Asia/Kolkata',
	...hours(['Tue', 'Wed'], '11:00', '14:00', true),
	holidays: holidays({'2026-03-04': 'Holi', '2026-08-19': 'a Wednesday off'}),
};

// 10 February 2026 is a Tuesday.
test.each([
	{when: 'Mon 9 Feb, 12:00', time: '2026-02-09T12:00+05:30', state: {isOpen: false, why: 'not on a Monday'}},
	{
		when: 'Tue 10 Feb, a moment before 11:00',
		time: '2026-02-10T10:59:59.999+05:30',
		state: {isOpen: false, why: 'opens at 11:00'},
	},
	{
		when: 'Tue 10 Feb, 11:00',
		time: '2026-02-10T11:00+05:30',
		state: {isOpen: true, until: at('2026-02-10T14:00+05:30')},
	},
	{
		when: 'Tue 10 Feb, a moment before 14:00',
		time: '2026-02-10T13:59:59.999+05:30',
		state: {isOpen: true, until: at('2026-02-10T14:00+05:30')},
	},
	{when: 'Tue 10 Feb, 14:00', time: '2026-02-10T14:00+05:30', state: {isOpen: false, why: 'closed at 14:00'}},
	{when: 'Thu 12 Feb, 12:00', time: '2026-02-12T12:00+05:30', state: {isOpen: false, why: 'not on a Thursday'}},
	{
		when: 'Tue 3 Mar, the eve of Holi',
		time: '2026-03-03T12:00+05:30',
		state: {isOpen: false, why: 'tomorrow is Holi'},
	},
	{when: 'Wed 4 Mar, Holi', time: '2026-03-04T12:00+05:30', state: {isOpen: false, why: 'today is Holi'}},
	{when: 'Tue 30 Dec 2025, before the holiday file begins', time: '2025-12-30T12:00+05:30', state: {isOpen: false}},
	{when: 'Tue 5 Jan 2027, after it ends', time: '2027-01-05T12:00+05:30', state: {isOpen: false}},
])('window: $when IST', ({time, state}) => {
	expect(windowAt(production, at(time))).toMatchObject(state);
});

test('window: a calendar without one is always open', () => {
	expect(
		windowAt({timeZone: 'Asia/Kolkata', holidays: holidays({'2026-02-10': 'today'})}, at('2026-02-10T03:00Z')),
	).toEqual({
		isOpen: true,
		until: undefined,
	});
});

test('window: the eve of a holiday is open where the policy does not mind', () => {
	const calendar = {...production, ...hours(['Tue'], '11:00', '14:00')};

	expect(windowAt(calendar, at('2026-03-03T12:00+05:30')).isOpen).toBe(true);
});

test('window: on the last day of the holiday file tomorrow is not known', () => {
	const lastDay = at('2026-12-31T12:00+05:30');
	const calendar = {...production, ...hours(['Thu'], '11:00', '14:00', true)};

	expect(windowAt(calendar, lastDay)).toEqual({
		isOpen: false,
		why: 'holidays/in-2026.yaml ends at 2026-12-31: holidays after it are not known',
	});
	expect(windowAt({...calendar, ...hours(['Thu'], '11:00', '14:00')}, lastDay).isOpen).toBe(true);
});

test.each([
	{turn: 'a leap day', eve: '2028-02-28T12:00Z', holiday: '2028-02-29'},
	{turn: 'the day after one', eve: '2028-02-29T12:00Z', holiday: '2028-03-01'},
	{turn: 'the first of March', eve: '2026-02-28T12:00Z', holiday: '2026-03-01'},
	{turn: 'a new year', eve: '2025-12-31T12:00Z', holiday: '2026-01-01'},
])('window: the eve of $turn is closed', ({eve, holiday}) => {
	const every = hours(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'], '00:00', '23:59', true);
	const known = holidays({[holiday]: 'that day'}, {from: '2025-01-01', until: '2030-12-31'});

	expect(windowAt({timeZone: 'UTC', ...every, holidays: known}, at(eve))).toEqual({
		isOpen: false,
		why: 'tomorrow is that day',
	});
});

test('window: a zone that is 5 h 45 min off', () => {
	const kathmandu: Calendar = {timeZone: 'Asia/Kathmandu', ...hours(['Tue'], '11:00', '14:00')};

	expect(windowAt(kathmandu, at('2026-02-10T05:14:59.999Z')).isOpen).toBe(false);
	expect(untilOf(kathmandu, '2026-02-10T05:15Z')).toBe('2026-02-10T08:15:00.000Z');
});

describe('window: clocks are put forward', () => {
	// Berlin, Sunday 29 March 2026: 02:00 to 03:00 does not come.
	test('hours that do not come are not open', () => {
		const calendar: Calendar = {timeZone: 'Europe/Berlin', ...hours(['Sun'], '02:00', '03:00')};

		expect(windowAt(calendar, at('2026-03-29T00:59:59.999Z')).isOpen).toBe(false);
		expect(windowAt(calendar, at('2026-03-29T01:00Z')).isOpen).toBe(false);
		expect(shown(nextSlot(calendar, at('2026-03-28T12:00Z')))).toEqual([
			'2026-04-05T00:00:00.000Z',
			'2026-04-05T01:00:00.000Z',
		]);
	});

	test('hours that begin in the gap begin when it ends', () => {
		const calendar: Calendar = {timeZone: 'Europe/Berlin', ...hours(['Sun'], '02:30', '04:00')};

		expect(shown(nextSlot(calendar, at('2026-03-28T12:00Z')))).toEqual([
			'2026-03-29T01:00:00.000Z',
			'2026-03-29T02:00:00.000Z',
		]);
	});

	test('a day that begins at 01:00 opens then', () => {
		const calendar: Calendar = {timeZone: 'Asia/Beirut', ...hours(['Sun'], '00:00', '02:00')};

		expect(shown(nextSlot(calendar, at('2026-03-28T12:00Z')))).toEqual([
			'2026-03-28T22:00:00.000Z',
			'2026-03-28T23:00:00.000Z',
		]);
	});
});

describe('window: clocks are put back', () => {
	// Berlin, Sunday 25 October 2026: 02:00 to 03:00 comes twice.
	test('hours within it come twice, with a gap that a run does not fit over', () => {
		const calendar: Calendar = {timeZone: 'Europe/Berlin', ...hours(['Sun'], '02:15', '02:45')};
		const earliest = at('2026-10-24T12:00Z');

		expect(untilOf(calendar, '2026-10-25T00:15Z')).toBe('2026-10-25T00:45:00.000Z');
		expect(windowAt(calendar, at('2026-10-25T00:45Z')).isOpen).toBe(false);
		expect(untilOf(calendar, '2026-10-25T01:15Z')).toBe('2026-10-25T01:45:00.000Z');
		expect(shown(nextSlot(calendar, earliest, 30 * 60_000))?.[0]).toBe('2026-10-25T00:15:00.000Z');
		expect(nextSlot(calendar, earliest, 31 * 60_000)).toBe(undefined);
	});

	test('hours around it are an hour longer', () => {
		const calendar: Calendar = {timeZone: 'Europe/Berlin', ...hours(['Sun'], '02:00', '04:00')};

		expect(untilOf(calendar, '2026-10-25T00:00Z')).toBe('2026-10-25T03:00:00.000Z');
	});

	test('half an hour comes twice on Lord Howe Island', () => {
		// Sunday 5 April 2026: 01:30 to 02:00 comes again.
		const calendar: Calendar = {timeZone: 'Australia/Lord_Howe', ...hours(['Sun'], '01:00', '02:00')};

		expect(untilOf(calendar, '2026-04-04T14:00Z')).toBe('2026-04-04T15:30:00.000Z');
	});
});

test('window: Apia had no Friday 30 December 2011', () => {
	const friday: Calendar = {timeZone: 'Pacific/Apia', ...hours(['Fri'], '11:00', '14:00')};
	const thursday: Calendar = {
		timeZone: 'Pacific/Apia',
		...hours(['Thu'], '11:00', '14:00', true),
		holidays: holidays({'2011-12-30': 'the day that was left out'}, {from: '2011-01-01', until: '2012-12-31'}),
	};

	expect(shown(nextSlot(friday, at('2011-12-29T12:00Z')))?.[0]).toBe('2012-01-05T21:00:00.000Z');
	expect(windowAt(thursday, at('2011-12-29T22:00Z'))).toEqual({
		isOpen: false,
		why: 'tomorrow is the day that was left out',
	});
});

describe('next slot', () => {
	const threeHours = 3 * 3_600_000;

	test.each([
		{from: 'Mon, 09:00', earliest: '2026-02-09T09:00+05:30', durationMs: 0, slot: '2026-02-10T11:00+05:30'},
		{from: 'Tue, 12:00', earliest: '2026-02-10T12:00+05:30', durationMs: 0, slot: '2026-02-10T12:00+05:30'},
		{
			from: 'Tue, 11:00, all of it',
			earliest: '2026-02-10T11:00+05:30',
			durationMs: threeHours,
			slot: '2026-02-10T11:00+05:30',
		},
		{
			from: 'Tue, 11:00:00.001, all of it',
			earliest: '2026-02-10T11:00:00.001+05:30',
			durationMs: threeHours,
			slot: '2026-02-11T11:00+05:30',
		},
		{
			from: 'Wed, 13:56, for 4 minutes',
			earliest: '2026-02-11T13:56+05:30',
			durationMs: 240_000,
			slot: '2026-02-11T13:56+05:30',
		},
		{
			from: 'Wed, 13:57, for 4 minutes',
			earliest: '2026-02-11T13:57+05:30',
			durationMs: 240_000,
			slot: '2026-02-17T11:00+05:30',
		},
		{from: 'Wed, 14:00', earliest: '2026-02-11T14:00+05:30', durationMs: 0, slot: '2026-02-17T11:00+05:30'},
		{from: 'the eve of Holi', earliest: '2026-03-03T11:00+05:30', durationMs: 0, slot: '2026-03-10T11:00+05:30'},
	])('from $from', ({earliest, durationMs, slot}) => {
		expect(nextSlot(production, at(earliest), durationMs)?.from).toBe(at(slot));
	});

	test('there is none for a run longer than the window, nor behind the holiday file', () => {
		expect(nextSlot(production, at('2026-02-09T09:00+05:30'), threeHours + 1)).toBe(undefined);
		expect(nextSlot(production, at('2026-12-30T14:00+05:30'))).toBe(undefined);
	});

	test('without a window it is now', () => {
		expect(nextSlot({timeZone: 'UTC'}, 5, threeHours)).toEqual({from: 5, until: undefined});
	});
});

test.each([
	{day: '2026-11-30', told: undefined},
	{
		day: '2026-12-01',
		told: 'holidays/in-2026.yaml ends in 30 days, on 2026-12-31: extend it, all is closed after it',
	},
	{day: '2026-12-30', told: 'holidays/in-2026.yaml ends in 1 day, on 2026-12-31: extend it, all is closed after it'},
	{day: '2026-12-31', told: 'holidays/in-2026.yaml ends today, on 2026-12-31: extend it, all is closed after it'},
	{day: '2027-01-01', told: undefined},
])('window: that the holiday file ends is told ahead, on $day', ({day, told}) => {
	expect(endsSoon(production, at(`${day}T12:00+05:30`))).toBe(told);
});

test('window: before the holiday file begins, that is what is said', () => {
	expect(windowAt(production, at('2025-12-30T12:00+05:30'))).toEqual({
		isOpen: false,
		why: 'holidays/in-2026.yaml begins at 2026-01-01: holidays before it are not known',
	});
});

test.each([
	// Clocks go forward from 02:00 to 03:00, and back from 03:00 to 02:00.
	{
		change: 'an hour that is left out',
		after: '2026-03-29T00:00+01:00',
		from: '2026-03-29T01:00Z',
		until: '2026-03-29T01:30Z',
	},
	{
		change: 'an hour that comes twice',
		after: '2026-10-25T00:00+02:00',
		from: '2026-10-25T00:15Z',
		until: '2026-10-25T00:59:59Z',
	},
])('window: a slot at the change of clocks is in $change', ({after, from, until}) => {
	const calendar = {timeZone: 'Europe/Berlin', ...hours(['Sun'], '02:15', '03:30')};
	const slot = nextSlot(calendar, at(after));

	expect(slot?.from).toBe(at(from));
	expect(windowAt(calendar, at(until) - 1)).toMatchObject({isOpen: true});
	expect(windowAt(calendar, at(from) - 1)).toMatchObject({isOpen: false});
});

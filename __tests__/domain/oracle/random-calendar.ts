import type {DeployWindow, Holidays, Weekday} from '../../../src/domain/environments/environment.ts';
import type {Calendar} from '../../../src/domain/gates/window.ts';
import {dayAfter, wallClock} from './gate-oracle.ts';
import type {Random} from './random.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const zones = [
	'Asia/Kolkata',
	'Europe/Berlin',
	'America/New_York',
	'Australia/Lord_Howe',
	'Asia/Kathmandu',
	'Pacific/Apia',
	'Asia/Beirut',
	'UTC',
] as const;

/** Where clocks are put forward and back, and, in Apia, a day was left out. */
const clockChanges: Readonly<Partial<Record<string, readonly [string, ...string[]]>>> = {
	'Europe/Berlin': ['2026-03-29T01:00Z', '2026-10-25T01:00Z', '2028-03-26T01:00Z'],
	'America/New_York': ['2026-03-08T07:00Z', '2026-11-01T06:00Z'],
	// By half an hour.
	'Australia/Lord_Howe': ['2026-04-04T15:00Z', '2026-10-03T15:30Z'],
	// 30 December 2011 was not there.
	'Pacific/Apia': ['2011-12-30T10:00Z', '2020-09-26T14:00Z', '2021-04-03T14:00Z'],
	// At midnight: a day that begins at 01:00, and one whose last hour comes twice.
	'Asia/Beirut': ['2026-03-28T22:00Z', '2026-10-24T21:00Z'],
};

const turns = [
	'2024-02-29T12:00Z',
	'2028-02-28T18:30Z',
	'2028-02-29T23:00Z',
	'2026-12-31T18:30Z',
	'2027-01-01T00:00Z',
	'2028-12-31T23:59Z',
] as const;

const weekdays: readonly Weekday[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const pad = (value: number): string => String(value).padStart(2, '0');
const toTime = (minute: number): string => {
	const within = Math.min(Math.max(minute, 0), 1439);
	return `${pad(Math.floor(within / 60))}:${pad(within % 60)}`;
};
export const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const someInstant = (random: Random, zone: string): number => {
	const changes = clockChanges[zone];
	if (changes && random.chance(0.35)) return Date.parse(random.pick(changes)) + random.whole(-180, 180) * minuteMs;
	if (random.chance(0.2)) return Date.parse(random.pick(turns)) + random.whole(-2160, 2160) * minuteMs;
	return Date.parse('2026-01-01T00:00Z') + random.whole(0, 700) * dayMs + random.whole(0, 1439) * minuteMs;
};

/** Hours around, at or far from a wall time. */
const someHours = (random: Random, wall: number): Pick<DeployWindow, 'from' | 'until'> => {
	const near = (): number =>
		random.pick([
			() => random.whole(wall - 240, wall - 1),
			() => wall,
			() => wall,
			() => wall + 1,
			() => random.whole(0, 1439),
		])();
	const from = Math.min(Math.max(near(), 0), 1438);
	const until = random.pick([
		() => random.whole(wall + 1, wall + 300),
		() => random.whole(from + 1, 1439),
		() => wall,
		() => wall + 1,
		() => from + 1,
	])();
	return {from: toTime(from), until: toTime(Math.max(until, from + 1))};
};

const someHolidays = (random: Random, date: string): Holidays => {
	const near = [-2, -1, 0, 1, 2, 7].map(days => dayAfter(date, days));
	return {
		file: 'holidays.yaml',
		source: 'an example',
		covers: {
			from: random.chance(0.06) ? dayAfter(date, random.whole(-1, 2)) : '2000-01-01',
			until: random.chance(0.15) ? dayAfter(date, random.whole(-1, 3)) : dayAfter(date, random.whole(8, 500)),
		},
		days: random.some(near, 0.1).map(day => ({date: day, name: `holiday of ${day}`})),
	};
};

/** A calendar and an instant at which it is worth asking: near its edges, its holidays, and changes of the clock. */
export const someCalendar = (random: Random): {readonly calendar: Calendar; readonly instant: number} => {
	const timeZone = random.pick(zones);
	const start = someInstant(random, timeZone);
	const instant = start + random.pick([0, 0, 1, 30_000, minuteMs - 1, -1]);
	const wall = wallClock(timeZone, start);
	const days = weekdays.filter(day => random.chance(day === wall.weekday ? 0.85 : 0.45));
	const window: DeployWindow = {
		days: days.length > 0 ? days : ['Tue'],
		...someHours(random, minuteOf(wall.time)),
		notBeforeHolidays: random.chance(0.6),
	};
	return {
		instant,
		calendar: {
			timeZone,
			...(random.chance(0.9) ? {window} : {}),
			...(random.chance(0.6) ? {holidays: someHolidays(random, wall.date)} : {}),
		},
	};
};

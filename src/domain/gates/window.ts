import {Temporal} from 'temporal-polyfill';
import type {DeployWindow, Environment, Holidays, Weekday} from '../environments/environment.ts';

/** When deploys to an environment may start. `window` absent: at any time. */
export type Calendar = Pick<Environment, 'timeZone' | 'window' | 'holidays'>;

/** Whether a day counts at all, and why not. */
type DayVerdict = {readonly isOpen: true} | {readonly isOpen: false; readonly why: string};

/** The window at one instant. `until`: epoch milliseconds at which it closes; undefined without a window. */
export type WindowState =
	| {readonly isOpen: true; readonly until: number | undefined}
	| {readonly isOpen: false; readonly why: string};

const weekdays: readonly Weekday[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Looked up, not formatted: Intl took 0.2 ms a day, and a search without a slot looks at 400 of them. */
const weekdayNames: Readonly<Record<Weekday, string>> = {
	Mon: 'Monday',
	Tue: 'Tuesday',
	Wed: 'Wednesday',
	Thu: 'Thursday',
	Fri: 'Friday',
	Sat: 'Saturday',
	Sun: 'Sunday',
};

/** Days one looks ahead for a slot before saying that there is none. */
const horizonDays = 400;

const zoned = (instant: number, timeZone: string): Temporal.ZonedDateTime =>
	Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);

const wallTime = ({hour, minute}: Temporal.ZonedDateTime): string =>
	`${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;

const isCovered = ({covers}: Holidays, day: string): boolean => day >= covers.from && day <= covers.until;

const holidayOn = ({days}: Holidays, day: string): string | undefined => days.find(({date}) => date === day)?.name;

/** Why a day outside of what a holiday file covers is closed. */
const uncovered = ({file, covers}: Holidays, day: string): string =>
	day < covers.from
		? `${file} begins at ${covers.from}: holidays before it are not known`
		: `${file} ends at ${covers.until}: holidays after it are not known`;

/** Days before the end of a holiday file within which that is told. */
const endsSoonDays = 30;

/** That the holiday file ends soon, so that nothing can be deployed behind it; undefined while there is time. */
export const endsSoon = ({timeZone, window, holidays}: Calendar, instant: number): string | undefined => {
	if (!window || !holidays) return undefined;
	const left = zoned(instant, timeZone).toPlainDate().until(Temporal.PlainDate.from(holidays.covers.until)).days;
	const days = left === 1 ? 'in 1 day' : `in ${left} days`;
	return left < 0 || left > endsSoonDays
		? undefined
		: `${holidays.file} ends ${left === 0 ? 'today' : days}, on ${holidays.covers.until}: extend it, all is closed after it`;
};

const dayVerdict = (
	{days, notBeforeHolidays}: DeployWindow,
	holidays: Holidays | undefined,
	date: Temporal.PlainDate,
): DayVerdict => {
	const weekday = weekdays[date.dayOfWeek - 1];
	if (weekday === undefined) throw new TypeError(`no weekday has number ${date.dayOfWeek}`);
	if (!days.includes(weekday)) return {isOpen: false, why: `not on a ${weekdayNames[weekday]}`};
	if (!holidays) return {isOpen: true};
	const looked = notBeforeHolidays ? [date, date.add({days: 1})] : [date];
	if (looked.some(day => !isCovered(holidays, day.toString())))
		return {isOpen: false, why: uncovered(holidays, date.toString())};
	const [today, tomorrow] = looked.map(day => holidayOn(holidays, day.toString()));
	if (today !== undefined) return {isOpen: false, why: `today is ${today}`};
	return tomorrow === undefined ? {isOpen: true} : {isOpen: false, why: `tomorrow is ${tomorrow}`};
};

const isInside = ({from, until}: DeployWindow, wall: string): boolean => wall >= from && wall < until;

/** Instants of one day at which its window can begin or end: wall times, each way they can be read, and clock changes. */
const edges = ({from, until}: DeployWindow, date: Temporal.PlainDate, timeZone: string): readonly number[] => {
	const at = (time: string): number[] =>
		(['earlier', 'later'] as const).map(
			disambiguation => date.toPlainDateTime(time).toZonedDateTime(timeZone, {disambiguation}).epochMilliseconds,
		);
	const start = date.toZonedDateTime(timeZone);
	const end = date.add({days: 1}).toZonedDateTime(timeZone).epochMilliseconds;
	const change = start.subtract({milliseconds: 1}).getTimeZoneTransition('next')?.epochMilliseconds;
	const changes = change === undefined || change >= end ? [] : [change];
	return [...new Set([start.epochMilliseconds, ...at(from), ...at(until), ...changes, end])].sort((a, b) => a - b);
};

/** Stretches of a day in which a deploy may start, each from its first instant to the first one outside. */
const stretches = (
	window: DeployWindow,
	date: Temporal.PlainDate,
	timeZone: string,
): readonly (readonly [number, number])[] => {
	const all = edges(window, date, timeZone);
	const open = all.flatMap((from, index): [number, number][] => {
		const until = all[index + 1];
		if (until === undefined) return [];
		const moment = zoned(from, timeZone);
		return moment.toPlainDate().equals(date) && isInside(window, wallTime(moment)) ? [[from, until]] : [];
	});
	const joined: [number, number][] = [];
	for (const [from, until] of open) {
		const last = joined.at(-1);
		if (last?.[1] === from) last[1] = until;
		else joined.push([from, until]);
	}
	return joined;
};

/**
 * Whether a deploy may start at an instant (epoch milliseconds), by wall clock in the environment's zone: days, hours,
 * holidays and the days before them. A day outside of what the holiday file covers is closed. Source: workflow,
 * "Deployment Schedule"; design, "Gates to production", window.
 */
export const windowAt = ({timeZone, window, holidays}: Calendar, instant: number): WindowState => {
	if (!window) return {isOpen: true, until: undefined};
	const moment = zoned(instant, timeZone);
	const date = moment.toPlainDate();
	const day = dayVerdict(window, holidays, date);
	if (!day.isOpen) return day;
	const wall = wallTime(moment);
	if (!isInside(window, wall))
		return {isOpen: false, why: wall < window.from ? `opens at ${window.from}` : `closed at ${window.until}`};
	const stretch = stretches(window, date, timeZone).find(([from, until]) => instant >= from && instant < until);
	return {isOpen: true, until: stretch?.[1]};
};

/** Where a deploy can start, and until when; epoch milliseconds. `until` undefined: it never closes. */
export type Slot = {readonly from: number; readonly until: number | undefined};

/**
 * The next slot that begins at or after `earliest` and leaves room for a run of `durationMs`. Undefined when there is
 * none within 400 days, as when the holiday file ends before.
 */
export const nextSlot = (calendar: Calendar, earliest: number, durationMs = 0): Slot | undefined => {
	const {timeZone, window, holidays} = calendar;
	if (!window) return {from: earliest, until: undefined};
	const first = zoned(earliest, timeZone).toPlainDate();
	for (let ahead = 0; ahead <= horizonDays; ahead++) {
		const date = first.add({days: ahead});
		if (!dayVerdict(window, holidays, date).isOpen) continue;
		for (const [from, until] of stretches(window, date, timeZone)) {
			const start = Math.max(from, earliest);
			if (start < until && start + durationMs <= until) return {from: start, until};
		}
	}
	return undefined;
};

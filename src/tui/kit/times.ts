import {dateFormat} from '../../domain/date-format.ts';
import {clockTime} from '../../domain/format.ts';

/** `0:41`, `6:40`, `1:02:05`: durations in columns. */
export const stopwatch = (ms: number): string => {
	const seconds = Math.max(0, Math.round(ms / 1000));
	const minutes = Math.floor(seconds / 60);
	const two = (value: number): string => String(value).padStart(2, '0');
	return minutes < 60
		? `${minutes}:${two(seconds % 60)}`
		: `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
};

/** `11:24:39` in a zone. */
export const timeOfDay = (at: number, timeZone: string): string =>
	dateFormat(timeZone, {hour: '2-digit', minute: '2-digit', second: '2-digit'}).format(at);

/** `11:24` in a zone. */
const hourMinute = (at: number, timeZone: string): string =>
	dateFormat(timeZone, {hour: '2-digit', minute: '2-digit'}).format(at);

/** `Tue 10 Feb` in a zone. */
export const day = (at: number, timeZone: string): string =>
	dateFormat(timeZone, {weekday: 'short', day: 'numeric', month: 'short'}).format(at).replace(',', '');

const dayMs = 24 * 3_600_000;

/** Midnight of the day of an instant, as if its zone were UTC: differences are whole days. */
const midnight = (at: number, timeZone: string): number =>
	Date.parse(`${dateFormat(timeZone, {day: 'numeric', month: 'short', year: 'numeric'}).format(at)} UTC`);

/** Whole days of the calendar by which an instant is past; negative when it is to come. */
const daysPast = (at: number, now: number, timeZone: string): number =>
	Math.round((midnight(now, timeZone) - midnight(at, timeZone)) / dayMs);

/** Days in which a weekday alone says which one is meant. */
const isThisWeek = (days: number): boolean => days >= 0 && days < 7;

/**
 * `11:18` today, `Mon 16:20` in the last six days, else `3 Feb`; nothing about the zone, which stands once on the
 * screen.
 */
export const when = (at: number, now: number, timeZone: string): string => {
	const days = daysPast(at, now, timeZone);
	const time = hourMinute(at, timeZone);
	const [weekday, ...date] = day(at, timeZone).split(' ');
	if (days === 0) return time;
	return isThisWeek(days) ? `${weekday} ${time}` : date.join(' ');
};

/** `Tue 11:18 IST` today and in the last six days, else `3 Feb 11:18 IST`. */
export const whenInZone = (at: number, now: number, timeZone: string): string => {
	const [weekday, ...date] = day(at, timeZone).split(' ');
	return `${isThisWeek(daysPast(at, now, timeZone)) ? weekday : date.join(' ')} ${clockTime(at, timeZone)}`;
};

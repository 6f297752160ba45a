import {dateFormat} from '../../domain/date-format.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** One figure and unit, as a column shows it: `4 s`, `3 min`, `24 h`, `6 d`. */
export const age = (ms: number): string => {
	const whole = Math.max(0, ms);
	if (whole < minute) return `${Math.floor(whole / 1000)} s`;
	if (whole < hour) return `${Math.floor(whole / minute)} min`;
	return whole < 2 * day ? `${Math.floor(whole / hour)} h` : `${Math.floor(whole / day)} d`;
};

const inFull = {
	weekday: 'short',
	day: 'numeric',
	month: 'short',
	year: 'numeric',
	hour: '2-digit',
	minute: '2-digit',
} as const;

const partsOf = (at: number, timeZone: string): Readonly<Record<string, string>> =>
	Object.fromEntries(
		dateFormat(timeZone, inFull)
			.formatToParts(at)
			.map(({type, value}) => [type, value]),
	);

/** Midnight of the day of an instant, as if its zone were UTC: differences are whole days. */
const dayOf = ({day: date, month, year}: Readonly<Record<string, string>>): number =>
	Date.parse(`${date} ${month} ${year} UTC`);

/** `11:18` today, `Mon 16:20` in the last six days, else `3 Feb`. */
export const when = (at: number, now: number, timeZone: string): string => {
	const parts = partsOf(at, timeZone);
	const days = Math.round((dayOf(partsOf(now, timeZone)) - dayOf(parts)) / day);
	const time = `${parts['hour']}:${parts['minute']}`;
	if (days === 0) return time;
	return days > 0 && days < 7 ? `${parts['weekday']} ${time}` : `${parts['day']} ${parts['month']}`;
};

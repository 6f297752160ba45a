import {dateFormat} from '../../domain/date-format.ts';
import {moment} from '../../domain/format.ts';

/** `0:41`, `6:40`, `1:02:05`: durations in columns. */
export const clock = (ms: number): string => {
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
export const hourMinute = (at: number, timeZone: string): string =>
	dateFormat(timeZone, {hour: '2-digit', minute: '2-digit'}).format(at);

/** `Tue 10 Feb` in a zone. */
export const day = (at: number, timeZone: string): string =>
	dateFormat(timeZone, {weekday: 'short', day: 'numeric', month: 'short'}).format(at).replace(',', '');

const zones = new Map<string, string>();

/** `IST`, as people of a zone call it. */
export const zoneName = (at: number, timeZone: string): string => {
	// Names change with summer time, not within an hour.
	const key = `${timeZone} ${Math.floor(at / 3_600_000)}`;
	const found = zones.get(key) ?? moment(at, timeZone).split(' ').at(-1) ?? timeZone;
	if (zones.size > 100) zones.clear();
	zones.set(key, found);
	return found;
};

const dayMs = 24 * 3_600_000;

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

/** `11:18` today, `Mon 16:20` in the last six days, else `3 Feb`; nothing about the zone, which stands once on the screen. */
export const when = (at: number, now: number, timeZone: string): string => {
	const parts = partsOf(at, timeZone);
	const days = Math.round((dayOf(partsOf(now, timeZone)) - dayOf(parts)) / dayMs);
	const time = `${parts['hour']}:${parts['minute']}`;
	if (days === 0) return time;
	return days > 0 && days < 7 ? `${parts['weekday']} ${time}` : `${parts['day']} ${parts['month']}`;
};

/** `Tue 11:18 IST` this week, else `3 Feb 11:18 IST`. */
export const exactly = (at: number, now: number, timeZone: string): string => {
	const [weekday = '', date = '', month = ''] = day(at, timeZone).split(' ');
	const isThisWeek = Math.abs(now - at) < 6 * 86_400_000;
	return `${isThisWeek ? weekday : `${date} ${month}`} ${hourMinute(at, timeZone)} ${zoneName(at, timeZone)}`;
};

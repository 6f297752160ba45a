import {dateFormat} from './date-format.ts';
import {zoneName} from './zone-name.ts';

/** `0.4 s`, `12 s`, `6 min 40 s`, `2 h 5 min`. */
export const duration = (ms: number): string => {
	const seconds = ms / 1000;
	if (seconds < 10) return `${seconds.toFixed(1)} s`;
	const whole = Math.round(seconds);
	if (whole < 60) return `${whole} s`;
	const minutes = Math.floor(whole / 60);
	if (minutes < 60) return `${minutes} min ${whole % 60} s`;
	return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** `90 s`, `10 min`, `3 h`, `7 d`: how long ago, in one whole unit; a larger unit begins at two of it. */
export const age = (ms: number): string => {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	if (seconds < 2 * 60) return `${seconds} s`;
	if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)} min`;
	return seconds < 2 * 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
};

/** `812 B`, `18.4 kB`, `212 MB`: decimal units. */
export const size = (bytes: number): string => {
	if (bytes < 1000) return `${bytes} B`;
	const units = ['kB', 'MB', 'GB', 'TB'];
	let value = bytes;
	let unit = -1;
	while (value >= 1000 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}
	return `${value < 100 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
};

const inZone = (epochMs: number, timeZone: string, options: Intl.DateTimeFormatOptions): string =>
	`${dateFormat(timeZone, options).format(epochMs).replaceAll(',', '')} ${zoneName(epochMs, timeZone)}`;

const clock = {hour: '2-digit', minute: '2-digit'} as const;

/** `Tue 10 Feb 11:20 IST`, in a named zone. */
export const moment = (epochMs: number, timeZone: string): string =>
	inZone(epochMs, timeZone, {weekday: 'short', day: 'numeric', month: 'short', ...clock});

/** `14:00 IST`, in a named zone. */
export const clockTime = (epochMs: number, timeZone: string): string => inZone(epochMs, timeZone, clock);

/** `14:00:05 IST`, in a named zone: for what may come late, or in a row. */
export const clockSecond = (epochMs: number, timeZone: string): string =>
	inZone(epochMs, timeZone, {...clock, second: '2-digit'});

/** `10 Feb 2026 11:23:41 IST`, in a named zone: for what may be years old. */
export const exactMoment = (epochMs: number, timeZone: string): string =>
	inZone(epochMs, timeZone, {day: 'numeric', month: 'short', year: 'numeric', ...clock, second: '2-digit'});

/** `Mon 2 Feb` in a zone, with its year where that is another one than that of `now`: for what may be months old. */
export const calendarDay = (epochMs: number, now: number, timeZone: string): string => {
	const yearOf = (at: number): string => dateFormat(timeZone, {year: 'numeric'}).format(at);
	const year = yearOf(epochMs);
	const day = dateFormat(timeZone, {weekday: 'short', day: 'numeric', month: 'short'}).format(epochMs);
	return `${day.replaceAll(',', '')}${year === yearOf(now) ? '' : ` ${year}`}`;
};

/** `45 min`, `23 h`, `23 h 15 min`: for what takes its time, seconds left out. */
export const lasted = (ms: number): string => {
	const minutes = Math.max(0, Math.floor(ms / 60_000));
	return minutes < 60
		? `${minutes} min`
		: `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
};

/** `40 s`, `2 min`, `23 h 15 min`: seconds are told where there are no minutes. */
export const seenFor = (ms: number): string => (ms < 60_000 ? `${Math.max(0, Math.floor(ms / 1000))} s` : lasted(ms));

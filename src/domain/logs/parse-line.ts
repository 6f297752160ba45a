import type {LogKind, LogLevel} from './log.ts';

/** Minutes by which the zone of times without one is ahead of UTC. */
export type LogZones = {
	/** Of what the app writes: Laravel has a zone of its own. */
	readonly app: number;
	/** Of the host, which nginx, PM2 and php-fpm go by. */
	readonly host: number;
};

/** What one line says. */
export type ParsedLine = {
	/** Epoch milliseconds by the host; absent: the line says no time. */
	readonly at?: number;
	/** Absent: the line belongs to the entry before it. */
	readonly level?: LogLevel;
	/** Without time and level. */
	readonly text: string;
};

const minute = 60_000;

const levels: Readonly<Record<string, LogLevel>> = {
	debug: 'debug',
	trace: 'debug',
	info: 'info',
	notice: 'info',
	log: 'info',
	warn: 'warn',
	warning: 'warn',
	error: 'error',
	err: 'error',
	crit: 'error',
	critical: 'error',
	alert: 'error',
	emerg: 'error',
	emergency: 'error',
	fatal: 'error',
};

const levelNamed = (word: string | undefined): LogLevel | undefined => levels[word?.toLowerCase() ?? ''];

/** Minutes ahead of UTC of `Z`, `+0530` or `+05:30`. */
const minutesAhead = (zone: string): number => {
	if (zone === 'Z' || zone === 'z') return 0;
	const sign = zone.startsWith('-') ? -1 : 1;
	const digits = zone.replace(':', '').slice(1);
	return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0));
};

/** `2026-02-10 11:37:02`, with `T`, slashes, a fraction and a zone or without. */
const stamp = String.raw`(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))? ?(Z|[+-]\d\d:?\d\d)?`;

type Match = RegExpExecArray;

/** Of groups 1 to 8 of a match that begins with `stamp`. */
const timeOf = (match: Match, usualZone: number): number => {
	const [, year, month, day, hours, minutes, seconds, fraction = '', zone] = match;
	const ahead = zone === undefined ? usualZone : minutesAhead(zone);
	return (
		Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hours), Number(minutes), Number(seconds)) +
		(fraction === '' ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'))) -
		ahead * minute
	);
};

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Of `10`, `Feb`, `2026`, `11:37:02`. */
const namedTime = (day = '', month = '', year = '', time = '', ahead = 0): number => {
	const [hours, minutes, seconds] = time.split(':').map(Number);
	return (
		Date.UTC(Number(year), months.indexOf(month.toLowerCase()), Number(day), hours, minutes, seconds) -
		ahead * minute
	);
};

const laravelLine = new RegExp(String.raw`^\[${stamp}\] [\w-]+\.([A-Z]+): ?`);
/** Monolog writes an exception into the context, after the message; its text says the message again. */
const exception = / \{"exception":"\[object\] \(|^\{"exception":"\[object\] \(/;

const laravel = (line: string, {app}: LogZones): ParsedLine => {
	const match = line.startsWith('[2') ? laravelLine.exec(line) : null;
	if (!match) return {text: line};
	const text = line.slice(match[0].length);
	return {at: timeOf(match, app), level: levelNamed(match[9]) ?? 'info', text: withoutContext(text)};
};

/** The message alone where it stands before the exception; where an entry is nothing else, what the exception says. */
const withoutContext = (text: string): string => {
	const found = exception.exec(text);
	if (found && found.index > 0) return text.slice(0, found.index);
	const [, inside] = /^\{"exception":"\[object\] \([\w\\]+\(code: [^)]*\): (.*?) at \/\S+:\d+\)?/.exec(text) ?? [];
	return inside ?? text.replace(/ (?:\[\]|\{\})\s*$/, '');
};

/** Where an exception came from: `at /var/www/.../SendReminder.php:41`. Empty where the line tells of none. */
export const originOf = (line: string): string => {
	const [, place] = / at (\/[^\s)]+:\d+)\)?\s*$/.exec(line) ?? [];
	return place === undefined || !exception.test(line) ? '' : `at ${place}`;
};

const nginxErrorLine = new RegExp(String.raw`^${stamp} \[(\w+)\] (?:\d+#\d+: )?(?:\*\d+ )?`);

const nginxError = (line: string, {host}: LogZones): ParsedLine => {
	const match = nginxErrorLine.exec(line);
	return match
		? {at: timeOf(match, host), level: levelNamed(match[9]) ?? 'error', text: line.slice(match[0].length)}
		: {text: line};
};

const nginxAccessLine =
	/^(\S+) \S+ .*?\[(\d\d)\/(\w{3})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)(.*)$/;

/** Whose request it was stands behind what was asked and answered, which is what people look for. */
const nginxAccess = (line: string): ParsedLine => {
	const match = nginxAccessLine.exec(line);
	if (!match) return {level: 'info', text: line};
	const [, who = '', day, month, year, time, zone = '', request = '', status = '', bytes = ''] = match;
	const level = status.startsWith('5') ? 'error' : status.startsWith('4') ? 'warn' : 'info';
	return {
		at: namedTime(day, month, year, time, minutesAhead(zone)),
		level,
		text: `${status} ${request.replace(/ HTTP\/[\d.]+$/, '')}, ${bytes === '-' ? 0 : bytes} B to ${who}`,
	};
};

const fpmLine = /^\[(\d\d)-(\w{3})-(\d{4}) (\d\d:\d\d:\d\d)(?:\.\d+)?\] (\w+): /;

const phpFpm = (line: string, {host}: LogZones): ParsedLine => {
	const match = fpmLine.exec(line);
	if (!match) return {text: line};
	const [all, day, month, year, time, word] = match;
	return {
		at: namedTime(day, month, year, time, host),
		level: levelNamed(word) ?? 'info',
		text: line.slice(all.length),
	};
};

const leadingStamp = new RegExp(String.raw`^\s*\[?${stamp}\]?:?\s*`);
const continues = /^(?:\s|#\d+ |[}\])]|at |Caused by:|\.\.\. \d+ more)/;
const badWord = /^(?:\W{0,3}|\w*)(?:error|exception|fatal|fail(?:ed|ure)?|panic|uncaught)\b|⨯|\bFAIL$/i;
const warnWord = /^\W{0,3}warn(?:ing)?\b|⚠|\bdeprecat|Warning:/i;
const leadingLevel = /^\[?(trace|debug|info|notice|warn|warning|error|fatal|critical)\]?\s*[:\-|]\s*/i;

/** Of what says no level: by the words it begins with, else `usual`. */
const guessLevel = (text: string, usual: LogLevel): LogLevel =>
	warnWord.test(text) ? 'warn' : badWord.test(text) ? 'error' : usual;

/** Lines of a program that writes what it likes, with a time before them or without. */
const free = (line: string, zone: number, usual: LogLevel): ParsedLine => {
	const time = leadingStamp.exec(line);
	const rest = time ? line.slice(time[0].length) : line;
	const at = time ? {at: timeOf(time, zone)} : {};
	// PM2 puts the time before each line, those of a trace too.
	if (continues.test(time ? line.slice(time[0].trimEnd().length + 1) : line)) return {...at, text: rest};
	const [said, word] = leadingLevel.exec(rest) ?? [];
	return {
		...at,
		level: levelNamed(word) ?? guessLevel(rest, usual),
		text: said === undefined ? rest : rest.slice(said.length),
	};
};

/**
 * Reads a line of a log by who writes it. Times with a zone are exact. Those without are Laravel's in the zone of the app,
 * all others in that of the host.
 */
export const parseLine = (kind: LogKind, line: string, zones: LogZones): ParsedLine => {
	switch (kind) {
		case 'laravel':
			return laravel(line, zones);
		case 'nginx-access':
			return nginxAccess(line);
		case 'nginx-error':
			return nginxError(line, zones);
		case 'php-fpm':
			return phpFpm(line, zones);
		case 'pm2-error':
			return free(line, zones.host, 'error');
		case 'scheduler':
			return free(line, zones.app, 'info');
		case 'pm2-out':
		case 'plain':
			return free(line, zones.host, 'info');
	}
};

/** Zones are whole quarters of an hour, from 12 hours behind UTC to 14 ahead. */
const quarter = 15;

/**
 * The zone of an app whose log says times without one: a file was changed when its last entry was written, so what lies
 * between is the zone. Undefined when it is none that exists: the clock of the files is another one, or the last entry is
 * not the latest. `wall`: the last entry's time read as UTC.
 */
export const zoneBetween = (wall: number, changedAt: number): number | undefined => {
	const minutes = (wall - changedAt) / minute;
	const zone = Math.round(minutes / quarter) * quarter + 0;
	return Math.abs(minutes - zone) <= 2 && zone >= -12 * 60 && zone <= 14 * 60 ? zone : undefined;
};

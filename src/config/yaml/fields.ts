import {isAbsolute, join, posix, resolve} from 'node:path';
import {Temporal} from 'temporal-polyfill';
import {Fault} from '../problem.ts';

/** Names that become part of paths and commands on hosts. */
const matching =
	(pattern: RegExp, fix: string) =>
	(value: string): string | Fault =>
		pattern.test(value) ? value : new Fault(`${JSON.stringify(value)} cannot be used`, fix);

export const readName = matching(
	/^[a-z][a-z0-9-]{0,62}$/,
	'use lower-case letters, digits and -, starting with a letter',
);
export const readTitle = matching(/^[^\p{Cc}]*[^\p{Cc}\s][^\p{Cc}]*$/u, 'use one line of text');
/** Name of a part of a checklist, which sign-offs are kept under. */
export const readId = matching(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'use lower-case words and digits joined by -');

/** One paragraph, however many lines of YAML it takes. */
export const readParagraph = (value: string): string | Fault => {
	const paragraph = value.trim();
	if (paragraph === '') return new Fault('is empty', 'write a sentence');
	return hasControl(paragraph)
		? new Fault('holds line breaks or control characters', 'write one paragraph; > joins lines where | keeps them')
		: paragraph;
};

/** Path below an address of an environment. */
export const readProbePath = matching(/^\/[^\s\p{Cc}#\\]*$/u, 'start it with /, without blanks, # or backslashes');

/** A leading dash would be an option of ssh. */
export const readAddress = matching(
	/^[\w:][\w.:%-]*$/,
	'use a host name, an address or an alias of your ssh configuration',
);
export const readUser = matching(/^[A-Za-z_][\w.-]*\$?$/, 'use a user name of the host');
export const readJump = matching(/^[\w[][^\s\p{Cc}]*$/u, 'use [user@]host[:port], several with commas');
export const readHostKey = matching(
	/^(?:ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/]+={0,2}(?: [^\p{Cc}]*)?$/u,
	'use the type and the base64 text, as ssh-keyscan prints them after the host',
);
export const readProgram = matching(/^[\w/.][\w/.+-]*$/, 'use a command name or an absolute path, without arguments');
export const readArgument = matching(/^[^\p{Cc}]+$/u, 'use text on one line');
/** A program of a hook: a name, an absolute path, or one below the configuration directory. */
export const readHookProgram = (value: string): string | Fault =>
	/^[\w./][\w./+-]*$/.test(value) && !value.split('/').includes('..') && !value.endsWith('/')
		? value
		: new Fault(
				`${JSON.stringify(value)} is no program`,
				'use a name, an absolute path or one below the configuration directory; arguments are entries of their own',
			);
export const readPm2Name = matching(/^[\w@.][\w@. -]*$/, 'use the name that pm2 list shows');
export const readBuildKey = matching(
	/^(?:NODE_ENV|NEXT_PUBLIC_[A-Z0-9_]+)$/,
	'only NODE_ENV and NEXT_PUBLIC_* are compiled in; the rest belongs in .env',
);

/** systemd unit without `.service`. */
export const readUnit = (value: string): string | Fault =>
	value.endsWith('.service')
		? new Fault(`${JSON.stringify(value)} ends in .service`, `write ${value.slice(0, -'.service'.length)}`)
		: matching(/^[\w@.:][\w@.:-]*$/, 'use the name systemctl shows, without .service')(value);

const hasControl = (value: string): boolean => /\p{Cc}/u.test(value);
const isClean = (path: string): boolean => !hasControl(path) && posix.normalize(path) === path && !path.endsWith('/');

/** Absolute path on a host. `~` is refused: whose home it is depends on who runs the command. */
export const readHostPath = (value: string): string | Fault => {
	if (!value.startsWith('/')) return new Fault(`${JSON.stringify(value)} is not absolute`, 'start it with /');
	if (value === '/' || !isClean(value))
		return new Fault(`${JSON.stringify(value)} is not a plain path`, 'no .., ., //, final / or control characters');
	return value;
};

/** Path below an app: never absolute, never out of it. */
export const readAppPath = (value: string): string | Fault => {
	if (value.startsWith('/') || value.startsWith('~'))
		return new Fault(`${JSON.stringify(value)} is not relative`, 'write it without / or ~ in front');
	if (value.split('/').includes('..'))
		return new Fault(`${JSON.stringify(value)} holds .. as a part`, 'stay below the directory it starts in');
	if (value.startsWith('-'))
		return new Fault(`${JSON.stringify(value)} can be read as an option`, 'no - in front of it');
	if (value === '' || value === '.' || !isClean(value))
		return new Fault(`${JSON.stringify(value)} is not a plain path`, 'no ., //, final / or control characters');
	return value;
};

/** Absolute, or relative to the login directory on the host; `~/` says the same as nothing. */
export const readStateDirectory = (value: string): string | Fault => {
	const path = value.replace(/^~\//, '');
	return path.split('/').some(part => part.startsWith('-')) || /[*?[\]]/.test(path)
		? new Fault(
				`${JSON.stringify(value)} can be read as something else than a path`,
				'no - in front of a name, and no *, ?, [ or ]',
			)
		: path.startsWith('/')
			? readHostPath(path)
			: readAppPath(path);
};

const expandHome = (value: string, home: string): string =>
	value === '~' ? home : value.startsWith('~/') ? join(home, value.slice(2)) : value;

/** Absolute path on this machine; `~` is the home of whoever runs the cockpit. */
export const readLocalPath =
	(home: string) =>
	(value: string): string | Fault => {
		const path = expandHome(value, home);
		return isAbsolute(path) && !hasControl(path)
			? resolve(path)
			: // Not shown: people paste the key itself here.
				new Fault('is not an absolute path', 'start it with / or ~/');
	};

/** Path on this machine, relative to the configuration directory unless it starts with `/` or `~`. */
export const readSourcePath =
	(home: string, directory: string) =>
	(value: string): string | Fault =>
		value.trim() === '' || hasControl(value)
			? new Fault(`${JSON.stringify(value)} is not a path`, 'name the directory of the sources')
			: resolve(directory, expandHome(value, home));

/** `http` or `https`, without user, password, query or fragment; no final slash. */
export const readUrl = (value: string): string | Fault => {
	const url = URL.parse(value);
	if (!url || !/^https?:\/\/[^\s/]/.test(value))
		return new Fault('is not an http or https address', 'write it as https://example.com');
	if (url.username || url.password || url.search || url.hash)
		return new Fault('holds a user, a query or a fragment', 'keep only scheme, host, port and path');
	return value.replace(/\/+$/, '');
};

/** IANA zone. An offset such as `+05:30` knows no daylight saving and is refused. */
export const readTimeZone = (value: string): string | Fault => {
	const fault = new Fault(`${JSON.stringify(value)} is not a time zone`, 'use an IANA name such as Asia/Kolkata');
	if (!/^[A-Za-z]/.test(value)) return fault;
	try {
		Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(value);
		return value;
	} catch {
		return fault;
	}
};

/** Wall time `HH:MM`. */
export const readTime = matching(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'use HH:MM from 00:00 to 23:59, with quotes');

/** Day of the calendar, `YYYY-MM-DD`. */
export const readDate = (value: string): string | Fault => {
	const fault = new Fault(`${JSON.stringify(value)} is not a day of the calendar`, 'use YYYY-MM-DD');
	if (!/^\d{4}-\d\d-\d\d$/.test(value)) return fault;
	try {
		return Temporal.PlainDate.from(value).toString();
	} catch {
		return fault;
	}
};

/** A file of `environments/`. The beginning keeps it from being read as an environment. */
export const readHolidayFile = matching(
	/^holidays[\w.-]*\.yaml$/,
	'use the name of a file beside this one that begins with holidays and ends in .yaml',
);

const unitMs: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000};

/** `500ms`, `10s`, `2m`, `1h` as milliseconds. */
export const readDuration = (value: string): number | Fault => {
	const [, digits, unit = ''] = /^(\d{1,7})(ms|s|m|h)$/.exec(value) ?? [];
	const factor = unitMs[unit];
	return factor === undefined
		? new Fault(`${JSON.stringify(value)} is not a duration`, 'use a whole number with ms, s, m or h, such as 10s')
		: Number(digits) * factor;
};

/** Permission bits as text, `"0644"`: a plain 0644 is the number 644 in YAML. */
export const readMode = (value: string): number | Fault =>
	/^0[0-7]{3}$/.test(value)
		? Number.parseInt(value, 8)
		: new Fault(`${JSON.stringify(value)} is not a file mode`, 'use four octal digits in quotes, such as "0644"');

/** Keys of JSON as dots lead to them: `data.total`. */
export const readJsonKey = matching(/^[\w-]+(?:\.[\w-]+)*$/, 'use keys joined by dots, such as data.total');
export const readHeaderName = matching(/^[a-z0-9-]+$/, 'use the name of a header in lower case');
/** Names rather than states a secret. */
export const readVariable = matching(/^[A-Z_][A-Z0-9_]*$/, 'name a variable of the environment, such as SLACK_WEBHOOK');
export const readMailAddress = matching(
	/^[^\s\p{Cc}<>",;]+@[^\s\p{Cc}<>",;@]+$/u,
	'use an address such as team@example.com',
);

/** Absolute path of a log on a host; its last part may hold `*`. */
export const readLogPath = (value: string): string | Fault =>
	/^\/[^\p{Cc}*]*[^\p{Cc}/]+$/u.test(value) && !value.split('/').includes('..')
		? value
		: new Fault(
				`${JSON.stringify(value)} is not the path of a log`,
				'write an absolute path; only its last part may hold *',
			);

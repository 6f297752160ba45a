import {expect, test} from 'vitest';
import type {LogKind} from '../../../src/domain/logs/log.ts';
import {parseLine, zoneBetween} from '../../../src/domain/logs/parse-line.ts';

const zones = {app: 0, host: 330};
const read = (kind: LogKind, line: string) => {
	const {at, ...rest} = parseLine(kind, line, zones);
	return {...(at === undefined ? {} : {at: new Date(at).toISOString()}), ...rest};
};

test.each<[LogKind, string, ReturnType<typeof read>]>([
	[
		'laravel',
		'[2026-02-10 11:37:02] production.ERROR: Mail: timeout after 30 s {"user":3} []',
		{at: '2026-02-10T11:37:02.000Z', level: 'error', text: 'Mail: timeout after 30 s {"user":3}'},
	],
	[
		'laravel',
		'[2026-02-10T11:37:02.123456+05:30] local.NOTICE: x',
		{at: '2026-02-10T06:07:02.123Z', level: 'info', text: 'x'},
	],
	[
		'laravel',
		String.raw`[2026-02-10 11:29:21] production.ERROR: Class "App\Services\ReminderPolicy" not found {"exception":"[object] (Error(code: 0): Class \"App\\Services\\ReminderPolicy\" not found at /var/www/x/app/Jobs/SendReminder.php:41)`,
		{
			at: '2026-02-10T11:29:21.000Z',
			level: 'error',
			text: String.raw`Class "App\Services\ReminderPolicy" not found`,
		},
	],
	['laravel', '#0 /app/x.php(22): y()', {text: '#0 /app/x.php(22): y()'}],
	[
		'nginx-error',
		'2026/02/10 11:37:02 [crit] 12#12: *41 connect() failed (2: No such file), client: 10.0.3.18',
		{
			at: '2026-02-10T06:07:02.000Z',
			level: 'error',
			text: 'connect() failed (2: No such file), client: 10.0.3.18',
		},
	],
	[
		'nginx-access',
		'10.0.3.18 - - [10/Feb/2026:11:37:02 +0530] "GET /api/x?y=1 HTTP/1.1" 502 157 "-" "curl"',
		{at: '2026-02-10T06:07:02.000Z', level: 'error', text: '502 GET /api/x?y=1, 157 B to 10.0.3.18'},
	],
	[
		'nginx-access',
		String.raw`::1 - bob [10/Feb/2026:11:37:02 +0000] "\x16\x03\"" 400 - "-" "-"`,
		{at: '2026-02-10T11:37:02.000Z', level: 'warn', text: String.raw`400 \x16\x03\", 0 B to ::1`},
	],
	['pm2-error', 'TypeError: x is not a function', {level: 'error', text: 'TypeError: x is not a function'}],
	['pm2-error', '    at foo (/a.js:1:2)', {text: '    at foo (/a.js:1:2)'}],
	[
		'pm2-error',
		'2026-02-10T11:37:02:     at foo (/a.js:1:2)',
		{at: '2026-02-10T06:07:02.000Z', text: 'at foo (/a.js:1:2)'},
	],
	[
		'pm2-error',
		'(node:12) DeprecationWarning: url.parse() is old',
		{level: 'warn', text: '(node:12) DeprecationWarning: url.parse() is old'},
	],
	[
		'pm2-out',
		'2026-02-10 11:37:02 +01:00: ready on 3000',
		{at: '2026-02-10T10:37:02.000Z', level: 'info', text: 'ready on 3000'},
	],
	['pm2-out', ' ⨯ Error: boom', {text: ' ⨯ Error: boom'}],
	['pm2-out', '⨯ Error: boom', {level: 'error', text: '⨯ Error: boom'}],
	[
		'php-fpm',
		'[10-Feb-2026 11:37:02] WARNING: [pool www] server reached pm.max_children',
		{at: '2026-02-10T06:07:02.000Z', level: 'warn', text: '[pool www] server reached pm.max_children'},
	],
	[
		'scheduler',
		"  2026-02-10 11:37:00 Running ['artisan' reminders:send] .. 12ms FAIL",
		{at: '2026-02-10T11:37:00.000Z', level: 'error', text: "Running ['artisan' reminders:send] .. 12ms FAIL"},
	],
	['plain', '[error] it broke', {level: 'error', text: '[error] it broke'}],
	['plain', 'warn: it creaks', {level: 'warn', text: 'it creaks'}],
	['plain', '0 errors, 3 passed', {level: 'info', text: '0 errors, 3 passed'}],
])('parse: %s reads %s', (kind, line, expected) => {
	expect(read(kind, line)).toEqual(expected);
});

test('parse: the zone of an app follows from when its file was changed, where one does', () => {
	const written = Date.UTC(2026, 1, 10, 6, 7, 2);
	expect(zoneBetween(Date.UTC(2026, 1, 10, 11, 37, 2), written)).toBe(330);
	expect(zoneBetween(written - 30_000, written)).toBe(0);
	// Another entry has been written since, or the clock of the files is another one.
	expect(zoneBetween(written - 5 * 60_000, written)).toBeUndefined();
	expect(zoneBetween(written, written + 40 * 86_400_000)).toBeUndefined();
});

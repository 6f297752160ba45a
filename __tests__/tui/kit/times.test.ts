import {expect, test} from 'vitest';
import {stopwatch, when, whenInZone} from '../../../src/tui/kit/times.ts';

test.each([
	[-5, '0:00'],
	[41_000, '0:41'],
	[400_000, '6:40'],
	[3_725_000, '1:02:05'],
])('stopwatch: %i ms is %s', (ms, words) => expect(stopwatch(ms)).toBe(words));

// By the calendar of the zone: 00:10 there is 18:40 the day before in UTC.
test.each([
	['2026-02-10T00:10', '00:10', 'Tue 00:10 IST'],
	['2026-02-09T23:50', 'Mon 23:50', 'Mon 23:50 IST'],
	['2026-02-04T00:10', 'Wed 00:10', 'Wed 00:10 IST'],
	['2026-02-03T23:50', '3 Feb', '3 Feb 23:50 IST'],
	['2026-02-11T00:10', '11 Feb', '11 Feb 00:10 IST'],
])('when, seen on Tue 10 Feb: %s is %s, or %s', (at, short, long) => {
	const now = Date.parse('2026-02-10T23:59+05:30');
	const then = Date.parse(`${at}+05:30`);

	expect(when(then, now, 'Asia/Kolkata')).toBe(short);
	expect(whenInZone(then, now, 'Asia/Kolkata')).toBe(long);
});

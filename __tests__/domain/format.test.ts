import {expect, test} from 'vitest';
import {age, calendarDay} from '../../src/domain/format.ts';

test.each([
	[-5, '0 s'],
	[0, '0 s'],
	[60_000, '60 s'],
	[90_000, '90 s'],
	[119_999, '119 s'],
	[120_000, '2 min'],
	[7_100_000, '118 min'],
	[7_199_999, '119 min'],
	[7_200_000, '2 h'],
	[48 * 3_600_000 - 1, '47 h'],
	[48 * 3_600_000, '2 d'],
])('age: %i ms is %s', (ms, words) => expect(age(ms)).toBe(words));

test.each([
	['2026-02-02T04:40:00Z', 'Mon 2 Feb'],
	['2026-02-09T19:00:00Z', 'Tue 10 Feb'],
	['2025-12-31T18:29:00Z', 'Wed 31 Dec 2025'],
	['2025-12-31T18:31:00Z', 'Thu 1 Jan'],
])('%s is %s of the zone, with its year where that is another one', (at, day) => {
	expect(calendarDay(Date.parse(at), Date.parse('2026-02-10T05:50:00Z'), 'Asia/Kolkata')).toBe(day);
});

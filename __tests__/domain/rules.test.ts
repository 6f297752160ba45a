import {expect, test} from 'vitest';
import {checkWords} from '../../src/domain/runs/confirm.ts';
import {DeployError} from '../../src/domain/errors.ts';
import {isExcluded} from '../../src/domain/environments/excludes.ts';
import {duration, moment, size} from '../../src/domain/format.ts';
import {zoneName} from '../../src/domain/zone-name.ts';

test.each([
	[['yes'], ['yes'], undefined],
	[['yes'], [], /the word yes is missing/],
	[['yes'], ['Yes'], /not exactly: yes/],
	[['yes'], [' yes'], /not exactly/],
	[['yes'], ['yes', ''], /not exactly/],
	[['VERIFIED', 'DEPLOY-TO-PRODUCTION'], ['VERIFIED'], /the word DEPLOY-TO-PRODUCTION is missing/],
	[['VERIFIED', 'DEPLOY-TO-PRODUCTION'], ['DEPLOY-TO-PRODUCTION', 'VERIFIED'], /not exactly/],
	[['VERIFIED', 'DEPLOY-TO-PRODUCTION'], ['VERIFIED', 'DEPLOY-TO-PRODUCTION'], undefined],
])('words: %j wanted, %j typed', (wanted, typed, why) => {
	const check = (): void => checkWords('backend to preprod', wanted, typed);

	if (why === undefined) expect(check).not.toThrow();
	else
		expect(check).toThrow(
			expect.objectContaining({code: 'wrong-word', why: expect.stringMatching(why) as string}) as DeployError,
		);
});

test.each([
	['vendor', 'vendor', true],
	['vendor/a/b', 'vendor', true],
	['vendored/a', 'vendor', false],
	['resources/views/vendor/a', 'vendor', false],
	['resources/views/vendor/a', '**/vendor', true],
	['a/vendored', '**/vendor', false],
	['storage/logs', 'storage/logs', true],
	['storage', 'storage/logs', false],
	['a*b', 'a?b', false],
])('excluded: %s by %s: %s', (path, exclude, is) => {
	expect(isExcluded(path, [exclude])).toBe(is);
});

test.each([
	[0, '0 B'],
	[999, '999 B'],
	[1000, '1.0 kB'],
	[99_900, '99.9 kB'],
	[100_000, '100 kB'],
	[212_000_000, '212 MB'],
])('size: %i is %s', (bytes, text) => {
	expect(size(bytes)).toBe(text);
});

test.each([
	[0, '0.0 s'],
	[9_900, '9.9 s'],
	[10_000, '10 s'],
	[59_400, '59 s'],
	[59_600, '1 min 0 s'],
	[400_000, '6 min 40 s'],
	[7_500_000, '2 h 5 min'],
])('duration: %i ms is %s', (ms, text) => {
	expect(duration(ms)).toBe(text);
});

test.each([
	['Asia/Kolkata', '2026-02-10T05:50:00Z', 'IST'],
	['Asia/Calcutta', '2026-02-10T05:50:00Z', 'IST'],
	['Europe/Berlin', '2026-02-10T05:50:00Z', 'CET'],
	['Europe/Berlin', '2026-07-10T05:50:00Z', 'CEST'],
	['Europe/London', '2026-02-10T05:50:00Z', 'GMT'],
	['America/New_York', '2026-02-10T05:50:00Z', 'EST'],
	// Two instants of one day, before and after the clocks go forward.
	['America/New_York', '2026-03-08T06:59:00Z', 'EST'],
	['America/New_York', '2026-03-08T07:00:00Z', 'EDT'],
	['Australia/Sydney', '2026-02-10T05:50:00Z', 'AEDT'],
	['Asia/Tokyo', '2026-02-10T05:50:00Z', 'GMT+9'],
	['UTC', '2026-02-10T05:50:00Z', 'UTC'],
])('zone name: %s at %s is what its people call it, else an offset: %s', (timeZone, at, name) => {
	expect(zoneName(Date.parse(at), timeZone)).toBe(name);
});

test('moment: in the zone of the environment', () => {
	expect(moment(Date.parse('2026-02-10T05:50:00Z'), 'Asia/Kolkata')).toBe('Tue 10 Feb 11:20 IST');
	expect(moment(Date.parse('2026-02-10T05:50:00Z'), 'UTC')).toBe('Tue 10 Feb 05:50 UTC');
});

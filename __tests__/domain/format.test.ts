import {expect, test} from 'vitest';
import {age} from '../../src/domain/format.ts';

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

import {expect, test} from 'vitest';
import {downtimeInWords} from '../../src/cli/report.ts';

test.each([
	[{ms: 0, asked: 12, failed: 0}, 'none, 0 of 12 requests failed'],
	[{ms: 1500, asked: 12, failed: 3}, '1.5 s, 3 of 12 requests failed'],
	[undefined, ''],
])('report: a downtime of %o is told as %j', (downtime, words) => {
	expect(downtimeInWords(downtime === undefined ? {} : {downtime})).toBe(words);
});

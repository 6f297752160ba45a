import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {exitCodes} from '../src/domain/errors.ts';

test('README: every exit code of the product is in the table', () => {
	const readme = readFileSync('README.md', 'utf8');
	const missing = [...new Set(Object.values(exitCodes))].filter(code => !readme.includes(`\n| ${code} | `));

	expect(missing).toEqual([]);
});

import {rmSync, utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createTroubles, readTrouble} from '../../../src/sandbox/http/trouble.ts';
import {temporaryDirectory} from '../support.ts';

const none = {slowMs: 0, fails: false, errors: []};

test('trouble: one word a line; what is not known, or is too long to wait for, is left out or cut', () => {
	expect(readTrouble('')).toEqual(none);
	expect(readTrouble('slow 400\nfail\nlog Mail: timeout after 30 s\nlog again\n')).toEqual({
		slowMs: 400,
		fails: true,
		errors: ['Mail: timeout after 30 s', 'again'],
	});
	expect(readTrouble('slow\nslow -1\nfailing\nlogged\n')).toEqual(none);
	expect(readTrouble('slow 99999999')).toEqual({...none, slowMs: 30_000});
});

test('trouble: it is about the release that was loaded when the file was written; another one has none', async () => {
	const file = join(temporaryDirectory(), 'trouble');
	const troubleOf = createTroubles(file);
	expect(await troubleOf('old')).toEqual(none);

	writeFileSync(file, 'fail\n');
	expect(await troubleOf('new')).toMatchObject({fails: true});
	expect(await troubleOf('old')).toEqual(none);
	expect(await troubleOf('new')).toMatchObject({fails: true});

	// Written anew it is about whichever is loaded then.
	writeFileSync(file, 'slow 5\n');
	utimesSync(file, 1, 1);
	expect(await troubleOf('old')).toMatchObject({slowMs: 5, fails: false});
	expect(await troubleOf('new')).toEqual(none);

	rmSync(file);
	expect(await troubleOf('old')).toEqual(none);
});

import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {openDigestCache} from '../../../src/services/local/digest-cache.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'cockpit-digests-'));
});
afterEach(() => rmSync(directory, {recursive: true, force: true}));

const object = 'a'.repeat(40);
const digest = {sha256: 'b'.repeat(64), sizeBytes: 12};

test('digest cache: what one process hashed, the next one knows', async () => {
	const file = join(directory, 'deep/digests');
	const first = await openDigestCache(file);
	first.add(object, digest);
	await first.save();

	expect((await openDigestCache(file)).get(object)).toEqual(digest);
});

test('digest cache: torn and foreign lines are left out', async () => {
	const file = join(directory, 'digests');
	writeFileSync(file, `${object} ${digest.sha256} 12\n../etc passwd\n${'c'.repeat(40)} ${'d'.repeat(30)}`);
	const cache = await openDigestCache(file);

	expect(cache.get(object)).toEqual(digest);
	expect(cache.get('c'.repeat(40))).toBeUndefined();
});

test('digest cache: a place that can not be written is only slower', async () => {
	writeFileSync(join(directory, 'file'), '');
	const cache = await openDigestCache(join(directory, 'file/digests'));
	cache.add(object, digest);

	await expect(cache.save()).resolves.toBeUndefined();
});

import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {openDigestCache} from '../../../src/services/local/digest-cache.ts';
import {createGitSource} from '../../../src/services/local/git-source.ts';
import {createTemporaryRepository} from './temporary-repository.ts';

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

test('git source: a tree read with kept digests equals one read without, and new files are hashed', async () => {
	using repository = createTemporaryRepository();
	repository.commit({'a.php': 'one', 'b/c.php': 'two'});
	const file = join(directory, 'digests');
	const options = {directory: repository.path, excludes: []};
	const kept = await createGitSource({digestsFile: file}).read(options);
	repository.commit({'a.php': 'changed', 'd.php': 'three'});

	const again = await createGitSource({digestsFile: file}).read(options);

	expect(again).toEqual(await createGitSource().read(options));
	expect(again.digest).not.toBe(kept.digest);
	expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(4);
});

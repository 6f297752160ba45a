import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {findConfigDirectory, isShippedSet} from '../../src/config/find-config-directory.ts';
import {writeConfiguration} from './configuration-fixture.ts';

const both = {'environments/local.yaml': '', 'checklists/README.md': ''};

test('config directory: the nearest one at or above that has both folders', async () => {
	using outer = writeConfiguration({
		...both,
		'inner/environments/local.yaml': '',
		'inner/deep/src/x': '',
		'other/environments/local.yaml': '',
		'other/checklists/README.md': '',
		'other/src/x': '',
	});

	expect(await findConfigDirectory(outer.path)).toBe(outer.path);
	expect(await findConfigDirectory(join(outer.path, 'inner/deep/src'))).toBe(outer.path);
	expect(await findConfigDirectory(join(outer.path, 'other/src'))).toBe(join(outer.path, 'other'));
	expect(await findConfigDirectory(join(outer.path, 'not/there/yet'))).toBe(outer.path);
});

test('config directory: none is undefined, and a file is not a folder', async () => {
	using directory = writeConfiguration({environments: '', checklists: ''});
	mkdirSync(join(directory.path, 'src'));

	expect(await findConfigDirectory(join(directory.path, 'src'))).toBeUndefined();
});

test("config directory: the product's own set is known as such", async () => {
	using team = writeConfiguration({...both, 'package.json': '{"name": "shop"}'});
	using bare = writeConfiguration(both);

	expect(await isShippedSet(join(import.meta.dirname, '../..'))).toBe(true);
	expect(await isShippedSet(team.path)).toBe(false);
	expect(await isShippedSet(bare.path)).toBe(false);
});

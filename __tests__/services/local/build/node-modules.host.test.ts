import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {provideModules} from '../../../../src/services/local/build/node-modules.ts';
import {createTemporaryDirectory} from '../temporary-repository.ts';

/** A work tree with a lockfile, and an installer that is counted. */
const setUp = () => {
	const root = createTemporaryDirectory();
	const tree = join(root.path, 'tree');
	const modules = join(tree, 'node_modules');
	const kept = join(root.path, 'kept');
	let installs = 0;
	const provide = async () => {
		rmSync(tree, {recursive: true, force: true});
		mkdirSync(tree);
		writeFileSync(join(tree, 'package-lock.json'), '{}');
		const lines: string[] = [];
		const how = await provideModules({
			tree,
			source: 'source',
			kept,
			beside: join(root.path, 'beside'),
			install: async () => {
				installs++;
				mkdirSync(join(modules, 'tool/bin'), {recursive: true});
				mkdirSync(join(modules, '.bin'));
				writeFileSync(join(modules, 'tool/index.js'), 'tool()');
				writeFileSync(join(modules, 'tool/bin/tool'), '#!/bin/sh\n', {mode: 0o755});
				symlinkSync('../tool/bin/tool', join(modules, '.bin/tool'));
			},
			onLines: more => lines.push(...more),
		});
		return {how, lines, installs};
	};
	const store = (name: string): string => {
		const [key, ...more] = readdirSync(kept);
		expect(more).toEqual([]);
		return join(kept, key ?? '', name);
	};
	return {modules, provide, store, [Symbol.dispose]: () => root[Symbol.dispose]()};
};

test('kept packages: installed once, then as installed', async () => {
	using place = setUp();

	expect(await place.provide()).toEqual({how: 'installed', lines: [], installs: 1});
	expect(await place.provide()).toEqual({how: 'kept', lines: [], installs: 1});
	expect(readFileSync(join(place.modules, '.bin/tool'), 'utf8')).toBe('#!/bin/sh\n');
});

test('kept packages: a build that writes into its own, after either way of getting them, alters none that are kept', async () => {
	using place = setUp();
	for (const how of ['installed', 'kept', 'kept']) {
		expect(await place.provide()).toMatchObject({how, lines: [], installs: 1});
		writeFileSync(join(place.modules, 'tool/index.js'), 'patched()');
		chmodSync(join(place.modules, 'tool/bin/tool'), 0o644);
	}

	expect(readFileSync(place.store('node_modules/tool/index.js'), 'utf8')).toBe('tool()');
});

type Place = ReturnType<typeof setUp>;

test.each<readonly [string, (place: Place) => void]>([
	['a content', ({store}) => writeFileSync(store('node_modules/tool/index.js'), 'evil()')],
	['a mode', ({store}) => chmodSync(store('node_modules/tool/bin/tool'), 0o644)],
	[
		'the target of a link',
		({store}) => {
			rmSync(store('node_modules/.bin/tool'));
			symlinkSync('../tool/index.js', store('node_modules/.bin/tool'));
		},
	],
	['a file more', ({store}) => writeFileSync(store('node_modules/evil.js'), '')],
	['a file less', ({store}) => rmSync(store('node_modules/tool/index.js'))],
	['the digest', ({store}) => writeFileSync(store('digest'), '0'.repeat(64))],
	['no digest', ({store}) => rmSync(store('digest'))],
	['no packages', ({store}) => rmSync(store('node_modules'), {recursive: true})],
])('kept packages: %s altered, and they are thrown away, with a word, and installed again', async (_, alter) => {
	using place = setUp();
	await place.provide();
	alter(place);

	expect(await place.provide()).toEqual({
		how: 'installed',
		lines: ['the packages kept from before are not what was installed: thrown away, installed again'],
		installs: 2,
	});
	expect(readFileSync(join(place.modules, 'tool/index.js'), 'utf8')).toBe('tool()');
	expect(existsSync(join(place.modules, 'evil.js'))).toBe(false);
	expect(await place.provide()).toEqual({how: 'kept', lines: [], installs: 2});
});

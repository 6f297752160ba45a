import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';

const json = (path: string): Record<string, Record<string, string>> =>
	JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, string>>;

const versionOf = (name: string): string =>
	(JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as {version: string}).version;

/** npm under an old Node silently resolves older majors; these are the ones everything here was tried with. */
const majors = {
	ink: 8,
	react: 19,
	'ink-select-input': 6,
	'ink-text-input': 6,
	ssh2: 1,
	zustand: 5,
	execa: 10,
	'ink-testing-library': 4,
	yaml: 2,
	zod: 4,
	commander: 15,
	typescript: 7,
	vitest: 5,
	node: 24,
};

test.each(Object.entries(majors))('toolchain: %s is installed as major %i', (name, major) => {
	expect(Number(versionOf(name).split('.')[0])).toBe(major);
});

test('toolchain: every dependency is pinned exactly', () => {
	const {dependencies, devDependencies} = json('package.json');
	const loose = Object.entries({...dependencies, ...devDependencies}).filter(
		([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
	);

	expect(loose).toEqual([]);
});

test('toolchain: tests run on the Node that the package brings', () => {
	expect(process.versions.node).toBe(json('package.json')['devDependencies']?.['node']);
});

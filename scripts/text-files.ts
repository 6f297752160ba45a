// Programs for other interpreters are files of their own in src/, imported as text: by the bundle, by the tests, and by Node
// itself for whatever runs the sources: node --import ./scripts/text-hooks.ts FILE
import {readFileSync} from 'node:fs';
import type {Plugin as BundlePlugin} from 'esbuild';
import type {Plugin as TestPlugin} from 'vitest/config';

/** No file of src/ that ends so is a module of the product. */
const isProgram = /\/src\/.*\.(?:sh|cjs|mjs)$/;

/** Comments on top, up to the first empty line, are for whoever reads the file, not for the host that runs it. */
const opening = /^(?:(?:#|\/\/).*\n)+\n/;

/** What an import of the file is worth; undefined where it is no program. */
export const programIn = (file: string): string | undefined =>
	isProgram.test(file) ? readFileSync(file, 'utf8').replace(opening, '').trim() : undefined;

/** A module that is the text and nothing else. */
export const moduleOf = (text: string): string => `export default ${JSON.stringify(text)};`;

/** For esbuild. */
export const bundlePrograms: BundlePlugin = {
	name: 'programs',
	setup: bundle => {
		bundle.onLoad({filter: isProgram}, ({path}) => ({contents: programIn(path) ?? '', loader: 'text'}));
	},
};

/** For the tests. */
export const testPrograms: TestPlugin = {
	name: 'programs',
	enforce: 'pre',
	load: file => {
		const text = programIn(file);
		return text === undefined ? undefined : moduleOf(text);
	},
};

// Programs for other interpreters are files of their own in src/, and so are the sample apps. They are imported as
// text: by the bundle, by the tests, and by Node itself for whatever runs the sources: node --import
// ./scripts/text-hooks.ts FILE
//   import swap from './swap.sh'         the text of a program
//   import app from './sample?files'     every file below a folder, by its path there
import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import type {Plugin as BundlePlugin} from 'esbuild';
import type {Plugin as TestPlugin} from 'vitest/config';

/** No file of src/ that ends so is a module of the product. */
const isProgram = /\/src\/.*\.(?:sh|pl|cjs|mjs)$/;
export const isFolder = /\?files$/;

/** Comments on top, up to the first empty line, are for whoever reads the file, not for the host that runs it. */
const opening = /^(?:(?:#|\/\/).*\n)+\n/;

const filesIn = (folder: string): Readonly<Record<string, string>> =>
	Object.fromEntries(
		readdirSync(folder, {recursive: true, withFileTypes: true})
			.filter(entry => entry.isFile())
			.map(({parentPath, name}) => join(parentPath, name))
			.toSorted()
			.map(file => [relative(folder, file), readFileSync(file, 'utf8')]),
	);

const programIn = (file: string): string => readFileSync(file, 'utf8').replace(opening, '').trim();

/** What an import is worth, of a path with what stands behind it; undefined where it is a module like any other. */
export const valueOf = (path: string): string | Readonly<Record<string, string>> | undefined => {
	if (isFolder.test(path)) return filesIn(path.replace(isFolder, ''));
	return isProgram.test(path) ? programIn(path) : undefined;
};

/** A module that is the value and nothing else. */
export const moduleOf = (value: NonNullable<ReturnType<typeof valueOf>>): string =>
	`export default ${JSON.stringify(value)};`;

/** For esbuild. */
export const bundlePrograms: BundlePlugin = {
	name: 'programs',
	setup: bundle => {
		bundle.onResolve({filter: isFolder}, ({path, resolveDir}) => ({
			path: resolve(resolveDir, path),
			namespace: 'files',
		}));
		bundle.onLoad({filter: isFolder, namespace: 'files'}, ({path}) => ({
			contents: JSON.stringify(valueOf(path)),
			loader: 'json',
		}));
		bundle.onLoad({filter: isProgram}, ({path}) => ({contents: programIn(path), loader: 'text'}));
	},
};

/** For the tests. */
export const testPrograms: TestPlugin = {
	name: 'programs',
	enforce: 'pre',
	// What Vite resolves once it asks for again; the mark is its own for what is no file, which it would look for below
	// its root.
	resolveId: (path, importer) => {
		if (!isFolder.test(path)) return undefined;
		return importer !== undefined && path.startsWith('.') ? `\0${resolve(dirname(importer), path)}` : path;
	},
	load: path => {
		const value = valueOf(path.replace(/^\0/, ''));
		return value === undefined ? undefined : moduleOf(value);
	},
};

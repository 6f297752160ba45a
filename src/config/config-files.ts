import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';

/** Where a configuration is read from: a work tree, or what was committed. Paths are relative to its directory. */
export type ConfigFiles = {
	/** Names directly inside a folder. Throws an Error with the code of the system, `ENOENT` for a folder that is not there. */
	readonly list: (folder: string) => Promise<readonly string[]>;
	/** Throws as `list`. */
	readonly read: (file: string) => Promise<Uint8Array>;
};

/** The files as they lie in a directory. */
export const filesIn = (directory: string): ConfigFiles => ({
	list: folder => readdir(join(directory, folder)),
	read: file => readFile(join(directory, file)),
});

const missing = (path: string): Error => Object.assign(new Error(`${path} is not committed`), {code: 'ENOENT'});

/**
 * The files of a commit, by path relative to the configuration directory. `besides`: what may be read from elsewhere
 * when it is not committed.
 */
export const committedFiles = (
	files: ReadonlyMap<string, Uint8Array>,
	besides?: {readonly files: ConfigFiles; readonly has: (file: string) => boolean},
): ConfigFiles => ({
	list: async folder => {
		const prefix = `${folder}/`;
		const names = [...files.keys()].flatMap(path => {
			const name = path.startsWith(prefix) ? path.slice(prefix.length) : '';
			return name === '' || name.includes('/') ? [] : [name];
		});
		if (names.length === 0) throw missing(folder);
		return names;
	},
	read: async file => {
		const content = files.get(file);
		if (content) return content;
		if (besides?.has(file)) return besides.files.read(file);
		throw missing(file);
	},
});

import {readFile, stat} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {isRecord} from './yaml/data.ts';

const isDirectory = async (path: string): Promise<boolean> => {
	try {
		return (await stat(path)).isDirectory();
	} catch {
		return false;
	}
};

/**
 * The nearest directory at or above `from` that holds both `environments/` and `checklists/`.
 * Source: design, "Command line".
 */
export const findConfigDirectory = async (from: string): Promise<string | undefined> => {
	const directory = resolve(from);
	const found = await Promise.all(['environments', 'checklists'].map(name => isDirectory(join(directory, name))));
	if (found.every(Boolean)) return directory;
	const parent = dirname(directory);
	return parent === directory ? undefined : findConfigDirectory(parent);
};

/**
 * Whether `directory` is the product's own set, in a checkout or an installed package: real addresses of one team,
 * which nobody may reach by starting the cockpit in the wrong folder. Used only when named with `--config`.
 */
export const isShippedSet = async (directory: string): Promise<boolean> => {
	try {
		const manifest: unknown = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
		return isRecord(manifest) && manifest['name'] === 'release-cockpit';
	} catch {
		return false;
	}
};

import {readFile, stat} from 'node:fs/promises';

/** Text of a file; empty where there is none. */
export const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

export const isDirectory = (path: string): Promise<boolean> =>
	stat(path).then(
		stats => stats.isDirectory(),
		() => false,
	);

import {systemCode} from '../domain/errors.ts';
import type {ConfigFiles} from './config-files.ts';
import type {ConfigProblem} from './problem.ts';

/** A problem of a file or folder as such, rather than of a value in it. */
export const wholeFile = (file: string, problem: string, fix: string): ConfigProblem => ({
	file,
	line: 1,
	column: 1,
	path: '',
	problem,
	fix,
});

const reasons: Readonly<Record<string, string>> = {
	ENOENT: 'is missing',
	ENOTDIR: 'is missing',
	EISDIR: 'is a directory',
	EACCES: 'cannot be read: permission denied',
	ELOOP: 'is a symlink to itself',
};

export const whyUnreadable = (error: unknown): string => {
	if (error instanceof TypeError) return 'is not UTF-8 text';
	const code = systemCode(error);
	return reasons[code] ?? `cannot be read: ${code}`;
};

/** The text of a file below the configuration directory, or why there is none. */
export const readText = async (files: ConfigFiles, file: string): Promise<string | ConfigProblem> => {
	try {
		return new TextDecoder('utf-8', {fatal: true}).decode(await files.read(file));
	} catch (error) {
		return wholeFile(file, whyUnreadable(error), 'give it as a text file in UTF-8');
	}
};

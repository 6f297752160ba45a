import {DeployError, stepFailed, systemCode} from './errors.ts';

/** What an error of this machine's file system says of a path. */
const words: Readonly<Record<string, (path: string) => string>> = {
	ENOSPC: path => `no room on ${path}`,
	EDQUOT: path => `your quota is used up on ${path}`,
	EROFS: path => `${path} is read-only`,
	EACCES: path => `${path} is closed to you`,
	EPERM: path => `${path} is closed to you`,
	ENOTDIR: path => `a part of ${path} is a file, not a directory`,
	EEXIST: path => `a file is in the place of ${path}`,
	EISDIR: path => `a directory is in the place of ${path}`,
	ENOENT: path => `${path} is not there`,
	ELOOP: path => `${path} leads in a circle`,
	ENAMETOOLONG: path => `${path} is too long a name`,
	EMFILE: path => `too many files are open to open ${path}`,
	ENFILE: path => `too many files are open to open ${path}`,
	EIO: path => `the disk below ${path} does not answer`,
};

/**
 * What the file system of this machine could not do, in words that name the path; undefined for any other error. `path`: where,
 * for an error that names none, as a write that found no room.
 */
export const systemFault = (error: unknown, path = 'this machine'): string | undefined => {
	const code = systemCode(error);
	const say = words[code];
	if (!say || !(error instanceof Error)) return undefined;
	const named = 'path' in error && typeof error.path === 'string' ? error.path : path;
	return `${say(named)} (${code})`;
};

/**
 * The error itself, or the fault of this machine that it stands for: a disk that is full or closed is something to mend,
 * and no bug. Undefined for anything else that is no DeployError. What is live then is for its caller to say.
 */
export const asKnownError = (error: unknown): DeployError | undefined => {
	if (error instanceof DeployError) return error;
	const why = systemFault(error);
	return why === undefined
		? undefined
		: stepFailed({
				what: 'This machine could not do its part',
				why,
				now: '',
				next: 'Mend what is named above, then start again.',
				cause: error,
			});
};

import type {DeployError} from '../../../domain/errors.ts';
import {isDirectory} from '../files.ts';
import {git, runGit} from './git.ts';
import {repositoryDamaged, sourceBlocked} from './refusals.ts';

/** Where an app stands in its repository. */
export type SourcePlace = {
	readonly directory: string;
	/** Path of the app from the root of the repository, with a final `/`; empty at the root. */
	readonly prefix: string;
};

const filesMissing = (directory: string): DeployError =>
	sourceBlocked(
		'files missing',
		`the sources ${directory} do not exist or are no directory`,
		'Check `source` in the environment file, or get the sources with git.',
	);

/** Finds the repository around the sources. Throws DeployError `blocked` when either is missing. */
export const locate = async (directory: string): Promise<SourcePlace> => {
	if (!(await isDirectory(directory))) throw filesMissing(directory);
	const {code, stdout, stderr} = await runGit(directory, ['rev-parse', '--is-inside-work-tree', '--show-prefix']);
	const answer = stdout.toString();
	if (code !== 0 || !answer.startsWith('true\n'))
		throw sourceBlocked(
			'not a git repository',
			`the sources ${directory} are not in a work tree of git${stderr ? `: ${stderr.split('\n')[0]}` : ''}`,
			'Deploy from a clone of the repository: a build is known by its commit.',
		);
	// Only the final newline is git's; the name of a directory may hold others.
	return {directory, prefix: answer.slice('true\n'.length, -1)};
};

/** SourcePlace of a directory, and full id of the commit that is checked out. Throws DeployError `blocked` without one. */
export const locateHead = async (directory: string): Promise<SourcePlace & {readonly commit: string}> => {
	const place = await locate(directory);
	const commit = await resolve(directory, 'HEAD');
	if (commit === undefined) throw await noCommit(directory, 'HEAD');
	return {...place, commit};
};

/** What a deploy says about a commit. */
export type Commit = {
	readonly commit: string;
	/** Seconds since the epoch, as committed. */
	readonly time: number;
	readonly subject: string;
	/** Of the branch checked out, when this is its commit. */
	readonly branch?: string;
};

const resolve = async (directory: string, name: string): Promise<string | undefined> => {
	// A leading dash would be an option of git, and no name of a commit starts with one.
	if (name === '' || name.startsWith('-') || /[\0\n]/.test(name)) return undefined;
	const {code, stdout} = await runGit(directory, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
	return code === 0 ? stdout.toString().trim() : undefined;
};

const noCommit = async (directory: string, name: string): Promise<DeployError> => {
	if ((await resolve(directory, 'HEAD')) !== undefined)
		return sourceBlocked(
			'commit missing',
			`the repository of ${directory} has no commit ${JSON.stringify(name)}`,
			'Get it with git fetch, or correct the name.',
		);
	// A branch may name a commit that git can't read.
	const {code, stdout} = await runGit(directory, ['rev-parse', '--verify', '--quiet', 'HEAD']);
	return code === 0
		? repositoryDamaged(directory, stdout.toString().trim(), 'is checked out, but is missing or no commit')
		: sourceBlocked(
				'no commits yet',
				`the repository of ${directory} has no commit on the current branch`,
				'Commit the sources first: what is not committed is not deployed.',
			);
};

const currentBranch = async (directory: string): Promise<string | undefined> => {
	const {code, stdout} = await runGit(directory, ['symbolic-ref', '--quiet', 'HEAD']);
	return code === 0 ? stdout.toString().replace(/\n$/, '').replace('refs/heads/', '') : undefined;
};

/** Looks a commit up. Throws DeployError `blocked` when there is none of that name. */
export const describeCommit = async (directory: string, name: string): Promise<Commit> => {
	const commit = await resolve(directory, name);
	if (commit === undefined) throw await noCommit(directory, name);
	const [log, head, branch] = await Promise.all([
		git(directory, ['log', '-1', '--no-show-signature', '--encoding=UTF-8', '--format=%ct %s', commit, '--']),
		resolve(directory, 'HEAD'),
		currentBranch(directory),
	]);
	const [, time, subject = ''] = /^(\d+) (.*)/.exec(log.toString()) ?? [];
	return {commit, time: Number(time ?? 0), subject, ...(branch !== undefined && head === commit ? {branch} : {})};
};

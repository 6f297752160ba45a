import {readdir, readFile, realpath} from 'node:fs/promises';
import {join} from 'node:path';
import {DeployError} from '../../../domain/errors.ts';
import {readCommittedFiles, type CommittedFile} from './git-objects.ts';
import {runGit} from './git.ts';
import {locateHead} from './repository.ts';

/** Folders of a configuration that a team goes by. Programs of hooks may lie elsewhere, too; these are told of when they differ. */
const policyFolders = ['environments', 'checklists', 'hooks'] as const;

/** The policy of a commit, by path relative to the configuration directory. */
export type CommittedPolicy = {
	readonly commit: string;
	/** Epoch milliseconds, as the commit says; undefined: git can't tell. */
	readonly committedAt: number | undefined;
	readonly files: ReadonlyMap<string, CommittedFile>;
};

/**
 * Full id of the commit that is checked out around a configuration. Undefined where there is none: no repository, no
 * commit, no git.
 */
const headOf = async (directory: string): Promise<string | undefined> => {
	try {
		return (await locateHead(directory)).commit;
	} catch (error) {
		if (error instanceof DeployError) return undefined;
		throw error;
	}
};

/** For people alone: nothing is decided by the day a commit says it is of. */
const timeOf = async (directory: string, commit: string): Promise<number | undefined> => {
	const {code, stdout} = await runGit(directory, ['show', '--no-patch', '--format=%ct', commit]);
	const seconds = Number(stdout.toString().trim());
	return code === 0 && seconds > 0 ? seconds * 1000 : undefined;
};

/**
 * Reads the policy a configuration directory has in the commit that is checked out, each object proved by its id.
 * `last`: what was read before; answered again while the commit is the same. Undefined when `environments/` is not
 * committed. Throws DeployError `blocked` when the repository is damaged.
 */
export const readCommittedPolicy = async (
	directory: string,
	last?: CommittedPolicy,
): Promise<CommittedPolicy | undefined> => {
	const commit = await headOf(directory);
	if (commit === undefined) return undefined;
	if (commit === last?.commit) return last;
	const files = await readCommittedFiles(directory, {commit, folders: policyFolders});
	return [...files.keys()].some(path => path.startsWith('environments'))
		? {commit, committedAt: await timeOf(directory, commit), files}
		: undefined;
};

/** Templates of `.env` decide nothing, and are often left out of a repository on purpose. */
export const isTemplate = (path: string): boolean => path.startsWith('environments/.env');

const namesIn = async (directory: string, folder: string): Promise<readonly string[]> => {
	try {
		const found = await readdir(join(directory, folder), {withFileTypes: true});
		return found.filter(entry => !entry.isDirectory()).map(({name}) => `${folder}/${name}`);
	} catch {
		return [];
	}
};

/** Files of a work tree that are not as committed, sorted. What can't be read differs. */
export const differingFiles = async (directory: string, {files}: CommittedPolicy): Promise<readonly string[]> => {
	const here = (await Promise.all(policyFolders.map(folder => namesIn(directory, folder)))).flat();
	const paths = [...new Set([...here, ...files.keys()])].filter(path => !isTemplate(path));
	const differs = await Promise.all(
		paths.map(async path => {
			const committed = files.get(path)?.content;
			const found = await readFile(join(directory, path)).catch(() => undefined);
			return committed === undefined || found === undefined || !committed.equals(found);
		}),
	);
	return paths.filter((_, index) => differs[index]).sort();
};

/** What all work trees of one repository share; undefined outside of one. */
const repositoryOf = async (directory: string): Promise<string | undefined> => {
	const {code, stdout} = await runGit(directory, ['rev-parse', '--path-format=absolute', '--git-common-dir']);
	if (code !== 0) return undefined;
	const path = stdout.toString().replace(/\n$/, '');
	return realpath(path).catch(() => path);
};

/** Those of the directories that are not in the repository of the configuration. */
export const outsideRepository = async (directory: string, sources: readonly string[]): Promise<readonly string[]> => {
	const own = await repositoryOf(directory);
	const found = await Promise.all(sources.map(async source => ({source, of: await repositoryOf(source)})));
	return found.filter(({of}) => of === undefined || of !== own).map(({source}) => source);
};

/** Whether what is checked out comes after a commit, or is it. False for one the repository does not have. */
export const isInHistory = async (directory: string, commit: string): Promise<boolean> => {
	if (!/^[\da-f]{40,64}$/.test(commit)) return false;
	const {code} = await runGit(directory, ['merge-base', '--is-ancestor', commit, 'HEAD']);
	return code === 0;
};

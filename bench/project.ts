import {cp} from 'node:fs/promises';
import {join} from 'node:path';
import {git, makeSourceRepository} from '../__tests__/support/real-host/make-source-repository.ts';
import {writeTree} from './laravel-tree.ts';

export type Version = 'v1' | 'v2';

/** A repository with a working Laravel app and a big tree in it, in two versions, 5 % of the files apart. */
export type Project = {
	/** Root of the repository; the app is in `backend/`. */
	readonly directory: string;
	readonly backend: string;
	readonly files: number;
	readonly commits: Readonly<Record<Version, string>>;
	/** Copies of the working tree at each version; only what changed has another mtime, as after `git pull`. */
	readonly trees: Readonly<Record<Version, string>>;
	checkout(version: Version): Promise<void>;
};

/** `configure` writes what else both versions hold into the repository, before the first commit of the tree. */
export const makeProject = async (
	directory: string,
	scale: number,
	configure: (directory: string) => Promise<void>,
): Promise<Project> => {
	const root = join(directory, 'project');
	const {backend} = await makeSourceRepository(root, 'v1');
	await configure(root);
	const commit = async (version: Version): Promise<{files: number; id: string; tree: string}> => {
		const files = await writeTree(backend, version, scale);
		await git(root, 'add', '--all', 'backend');
		await git(root, 'commit', '--quiet', `--message=Tree ${version}`);
		const tree = join(directory, version);
		await cp(backend, tree, {recursive: true, preserveTimestamps: true});
		return {files, id: await git(root, 'rev-parse', 'HEAD'), tree};
	};
	const v1 = await commit('v1');
	const v2 = await commit('v2');
	const commits = {v1: v1.id, v2: v2.id};
	return {
		directory: root,
		backend,
		files: v1.files,
		commits,
		trees: {v1: v1.tree, v2: v2.tree},
		checkout: async version => void (await git(root, 'checkout', '--quiet', commits[version])),
	};
};

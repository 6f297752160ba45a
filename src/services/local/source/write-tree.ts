import {createWriteStream} from 'node:fs';
import {mkdir, symlink} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {locate} from '../git/repository.ts';
import {trackedMembers} from './source-tar.ts';
import {listTracked, type TrackedFile} from '../git/tracked-files.ts';

/** What a build makes anew; tracked by mistake it would be half old. */
const neverSource = /^(?:node_modules|\.next)\//;

/**
 * Files that an app is built from, at one commit. `commit`: full id.
 * Throws DeployError `blocked` as reading the source does.
 */
export const trackedTree = async (directory: string, commit: string): Promise<readonly TrackedFile[]> =>
	listTracked(await locate(directory), commit, path => !neverSource.test(path));

/**
 * Writes tracked files below `to`, as committed: nothing of the working tree. `directory`: any in the repository.
 * Throws DeployError `blocked` as reading the source does.
 */
export const writeTree = async (directory: string, files: readonly TrackedFile[], to: string): Promise<void> => {
	await mkdir(to, {recursive: true});
	for await (const member of trackedMembers(directory, files)) {
		const file = join(to, member.path);
		await mkdir(dirname(file), {recursive: true});
		if (member.mode === '120000') await symlink(member.target, file);
		else await pipeline(member.content, createWriteStream(file, {mode: member.mode === '100755' ? 0o755 : 0o644}));
	}
};

import {access, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {dirname, isAbsolute, join, posix} from 'node:path';
import {readCommittedFiles, type CommittedFile} from '../git/git-objects.ts';

/** A program to start, or why it is not. */
type HookProgram = {readonly file: string; readonly close: () => Promise<void>} | {readonly refused: string};

const asItLies = (file: string): HookProgram => ({file, close: async () => undefined});

/**
 * Finds the program of a hook: one below the configuration, else on the PATH. Of a commit its text is what was committed,
 * with all of its folder beside it, each object proved: what somebody changes in the work tree is not run.
 */
export const openHookProgram = async (
	name: string,
	{
		configuration,
		commit,
		directory,
	}: {readonly configuration: string; readonly commit: string | undefined; readonly directory: string},
): Promise<HookProgram> => {
	if (isAbsolute(name)) return asItLies(name);
	const path = posix.normalize(name);
	const found = join(configuration, path);
	const isThere = await access(found).then(
		() => true,
		() => false,
	);
	if (commit !== undefined) {
		const [top = path] = path.split('/');
		const files = await readCommittedFiles(configuration, {commit, folders: [top]});
		const file = files.get(path);
		if (file?.mode === '100755') return putDown(files, {path, directory});
		if (file)
			return {refused: `${path} is not executable in commit ${commit.slice(0, 7)}: git update-index --chmod=+x`};
		if (isThere) return {refused: `${path} is not in commit ${commit.slice(0, 7)}: commit it`};
	} else if (isThere) return asItLies(found);
	return path.includes('/') ? {refused: `there is no ${path} below ${configuration}`} : asItLies(path);
};

/** Writes the folder of a program where nobody else reads or writes. Links lead elsewhere, and are left out. */
const putDown = async (
	files: ReadonlyMap<string, CommittedFile>,
	{path, directory}: {readonly path: string; readonly directory: string},
): Promise<HookProgram> => {
	await mkdir(directory, {recursive: true, mode: 0o700});
	const root = await mkdtemp(join(directory, 'hook-'));
	for (const [name, {mode, content}] of files) {
		if (mode !== '100644' && mode !== '100755') continue;
		const file = join(root, name);
		await mkdir(dirname(file), {recursive: true, mode: 0o700});
		await writeFile(file, content, {mode: mode === '100755' ? 0o700 : 0o600});
	}
	return {file: join(root, path), close: () => rm(root, {recursive: true, force: true})};
};

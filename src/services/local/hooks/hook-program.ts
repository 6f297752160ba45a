import {access, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, isAbsolute, join, posix} from 'node:path';
import {systemFault} from '../../../domain/system-faults.ts';
import {readCommittedFiles, type CommittedFile} from '../git/git-objects.ts';

/** Where the text of a hook is: as a file or a name of the PATH, in a commit with all of its folder, or why nowhere. */
type Found =
	| {readonly file: string}
	| {readonly path: string; readonly files: ReadonlyMap<string, CommittedFile>}
	| {readonly refused: string};

type Place = {readonly configuration: string; readonly commit: string | undefined};

/**
 * Finds the program of a hook: one below the configuration, else on the PATH. Of a commit its text is what was committed,
 * each object proved: what somebody changes in the work tree is not run.
 */
export const findHookProgram = async (name: string, {configuration, commit}: Place): Promise<Found> => {
	if (isAbsolute(name)) return {file: name};
	const path = posix.normalize(name).replace(/\/$/, '');
	const file = join(configuration, path);
	const isThere = await access(file).then(
		() => true,
		() => false,
	);
	if (commit !== undefined) {
		const [top = path] = path.split('/');
		const files = await readCommittedFiles(configuration, {commit, folders: [top]});
		const mode = files.get(path)?.mode;
		const short = commit.slice(0, 7);
		if (mode === '100755') return {path, files};
		if (mode === '100644')
			return {refused: `${path} is not executable in commit ${short}: chmod +x, and commit it`};
		if (mode === '120000') return {refused: `${path} is a link in commit ${short}: name what it leads to`};
		if ([...files.keys()].some(file => file.startsWith(`${path}/`)))
			return {refused: `${path} is a folder: name a program in it`};
		if (isThere || mode !== undefined) return {refused: `${path} is not in commit ${short}: commit it`};
	} else if (isThere) return {file};
	return path.includes('/') ? {refused: `there is no ${path} below ${configuration}`} : {file: path};
};

/** The same, ready to be started; `directory`: where texts of a commit are put. */
export const openHookProgram = async (
	name: string,
	{directory, ...place}: Place & {readonly directory: string},
): Promise<{readonly file: string; readonly close: () => Promise<void>} | {readonly refused: string}> => {
	const found = await findHookProgram(name, place);
	if ('refused' in found) return found;
	if ('file' in found) return {file: found.file, close: async () => undefined};
	let fault: string | undefined;
	// A way back must not depend on one disk: where the state directory takes nothing, another place does.
	for (const place of [directory, tmpdir(), '/dev/shm']) {
		try {
			return await putDown(found.files, {...found, directory: place});
		} catch (error) {
			const why = systemFault(error);
			if (why === undefined) throw error;
			fault ??= why;
		}
	}
	return {refused: `it can not be put down to be run: ${fault}`};
};

/** Writes the folder of a program where nobody else reads or writes. Links lead elsewhere, and are left out. */
const putDown = async (
	files: ReadonlyMap<string, CommittedFile>,
	{path, directory}: {readonly path: string; readonly directory: string},
): Promise<{readonly file: string; readonly close: () => Promise<void>}> => {
	await mkdir(directory, {recursive: true, mode: 0o700});
	const root = await mkdtemp(join(directory, 'hook-'));
	const close = (): Promise<void> => rm(root, {recursive: true, force: true});
	try {
		for (const [name, {mode, content}] of files) {
			if (mode !== '100644' && mode !== '100755') continue;
			const file = join(root, name);
			await mkdir(dirname(file), {recursive: true, mode: 0o700});
			await writeFile(file, content, {mode: mode === '100755' ? 0o700 : 0o600});
		}
	} catch (error) {
		await close();
		throw error;
	}
	return {file: join(root, path), close};
};

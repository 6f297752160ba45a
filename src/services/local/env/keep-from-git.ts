import {appendFile, mkdir, readFile} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import {DeployError} from '../../../domain/errors.ts';
import {runGit} from '../git/git.ts';

const lines = async (directory: string, args: readonly string[]): Promise<readonly string[] | undefined> => {
	try {
		const {code, stdout} = await runGit(directory, args);
		return code === 0 ? stdout.toString().split('\n').filter(Boolean) : undefined;
	} catch (error) {
		if (error instanceof DeployError) return undefined;
		throw error;
	}
};

/** Those of the files that git would take into a commit: tracked already, or not ignored. Outside a repository: none. */
export const wouldTrack = async (directory: string, names: readonly string[]): Promise<readonly string[]> =>
	names.length === 0
		? []
		: ((await lines(directory, ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...names])) ?? []);

/** Has git leave out what a pattern names directly in a directory, in this copy of the repository alone. */
export const leaveOut = async (directory: string, pattern: string): Promise<string | undefined> => {
	const [prefix, path] = await Promise.all([
		lines(directory, ['rev-parse', '--show-prefix']),
		lines(directory, ['rev-parse', '--git-path', 'info/exclude']),
	]);
	if (!prefix || path?.[0] === undefined) return undefined;
	const file = resolve(directory, path[0]);
	const line = `/${prefix[0] ?? ''}${pattern}`;
	try {
		await mkdir(dirname(file), {recursive: true});
		const text = await readFile(file, 'utf8').catch(() => '');
		if (text.split('\n').includes(line)) return file;
		await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`);
		return file;
	} catch {
		return undefined;
	}
};

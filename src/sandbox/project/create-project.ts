import {existsSync} from 'node:fs';
import {appendFile, chmod, mkdir, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {isExecutable, type Files} from './files.ts';
import {git, importCommits} from './git.ts';
import {sampleHistory} from './history.ts';

/** Writes files below `directory`. */
export const writeFiles = async (directory: string, files: Files): Promise<void> => {
	const targets = Object.entries(files).map(([path, text]) => ({
		file: join(directory, path),
		mode: isExecutable(text) ? 0o755 : 0o644,
		text,
	}));
	for (const folder of new Set(targets.map(({file}) => dirname(file)))) await mkdir(folder, {recursive: true});
	await Promise.all(
		targets.map(async ({file, mode, text}) => {
			await writeFile(file, text);
			await chmod(file, mode);
		}),
	);
};

const committer = '[user]\n\tname = Asha\n\temail = asha@qsights.test\n[commit]\n\tgpgSign = false\n';

/**
 * Makes the sample project, a git repository with its history on main, unless it is there. Built beside its place
 * and renamed, so that a start that was cut leaves none or a whole one.
 */
export const createProject = async (directory: string): Promise<void> => {
	if (existsSync(directory)) return;
	const part = `${directory}.part`;
	await rm(part, {recursive: true, force: true});
	await mkdir(part, {recursive: true});
	await git(part, ['init', '--quiet', '--initial-branch=main']);
	await appendFile(join(part, '.git/config'), committer);
	await Promise.all([
		importCommits(part, 'main', sampleHistory),
		writeFiles(part, Object.assign({}, ...sampleHistory.map(({files}) => files))),
	]);
	// The files are there: only the index has to learn of them.
	await git(part, ['reset', '--quiet']);
	await rename(part, directory);
};

/** Commit id of each version of the sample history, by version. */
export const versionCommits = async (directory: string): Promise<ReadonlyMap<string, string>> => {
	const lines = (await git(directory, ['log', '--reverse', '--format=%H %s', 'main'])).split('\n');
	const bySubject = new Map(lines.map(line => [line.slice(41), line.slice(0, 40)]));
	return new Map(
		sampleHistory.flatMap(({version, subject}) => {
			const commit = bySubject.get(subject);
			return commit === undefined ? [] : [[version, commit] as const];
		}),
	);
};

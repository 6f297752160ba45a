import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {isExecutable, type Files} from './files.ts';

const run = promisify(execFile);

/** What git may see of this machine: where programs are, and nothing of the user's own git configuration. */
const environment = (extra: Readonly<Record<string, string>>): Record<string, string> => ({
	PATH: process.env['PATH'] ?? '/usr/bin:/bin',
	HOME: '/nonexistent',
	GIT_CONFIG_GLOBAL: '/dev/null',
	GIT_CONFIG_SYSTEM: '/dev/null',
	LC_ALL: 'C',
	...extra,
});

/**
 * Runs git in `directory`, with `input` as its standard input; answers with its output, trimmed. Throws when it exits
 * with anything but 0.
 */
export const git = async (
	directory: string,
	args: readonly string[],
	{env = {}, input}: {readonly env?: Readonly<Record<string, string>>; readonly input?: string} = {},
): Promise<string> => {
	const running = run('git', ['-C', directory, ...args], {env: environment(env)});
	// One that ends without reading says why by its exit code.
	running.child.stdin?.on('error', () => {});
	running.child.stdin?.end(input);
	const {stdout} = await running;
	return stdout.trim();
};

type Commit = {
	readonly who: {readonly name: string; readonly email: string};
	/** ISO 8601 with offset, `+05:30`: ids come out the same on every machine. */
	readonly date: string;
	readonly subject: string;
};

/** With the files it adds or replaces. */
export type FilesCommit = Commit & {readonly files: Files};

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;

/** As git keeps a time: seconds and the offset without its colon. */
const gitTime = (date: string): string => `${Date.parse(date) / 1000} ${date.slice(-6).replace(':', '')}`;

const importCommit = (branch: string, {who, date, subject, files}: FilesCommit): string =>
	[
		`commit refs/heads/${branch}\n`,
		...['author', 'committer'].map(role => `${role} ${who.name} <${who.email}> ${gitTime(date)}\n`),
		data(`${subject}\n`),
		...Object.entries(files).map(
			([path, text]) => `M ${isExecutable(text) ? '100755' : '100644'} inline ${path}\n${data(text)}`,
		),
	].join('');

/**
 * Puts commits on a branch that has none, each on top of the one before, all by one git. Writes neither index nor
 * working tree. Paths are without blanks and quotes.
 */
export const importCommits = (directory: string, branch: string, commits: readonly FilesCommit[]): Promise<string> =>
	git(directory, ['fast-import', '--quiet'], {
		input: commits.map(commit => importCommit(branch, commit)).join(''),
	});

/** Commits what changed at and below `paths`, and nothing else. Does nothing when it is committed already. */
export const commitPaths = async (
	directory: string,
	paths: readonly string[],
	{who, date, subject}: Commit,
): Promise<void> => {
	await git(directory, ['add', '--all', '--', ...paths]);
	if ((await git(directory, ['status', '--porcelain', '--', ...paths])) === '') return;
	// Maintenance goes on behind a commit that has returned, in a directory that may be removed by then.
	const commit = ['-c', 'maintenance.auto=false', 'commit', '--quiet', '--no-gpg-sign', '--message', subject];
	await git(directory, [...commit, '--', ...paths], {
		env: {
			GIT_AUTHOR_NAME: who.name,
			GIT_AUTHOR_EMAIL: who.email,
			GIT_AUTHOR_DATE: date,
			GIT_COMMITTER_NAME: who.name,
			GIT_COMMITTER_EMAIL: who.email,
			GIT_COMMITTER_DATE: date,
		},
	});
};

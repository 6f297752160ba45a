import {execFile} from 'node:child_process';
import {promisify} from 'node:util';

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

/** Runs git in `directory`; answers with its output, trimmed. Throws when it exits with anything but 0. */
export const git = async (
	directory: string,
	args: readonly string[],
	extra: Readonly<Record<string, string>> = {},
): Promise<string> => {
	const {stdout} = await run('git', ['-C', directory, ...args], {env: environment(extra)});
	return stdout.trim();
};

type Commit = {
	readonly who: {readonly name: string; readonly email: string};
	/** ISO 8601 with offset. */
	readonly date: string;
	readonly subject: string;
};

/** Commits what changed at and below `paths`, and nothing else. Does nothing when it is committed already. */
export const commitPaths = async (
	directory: string,
	paths: readonly string[],
	{who, date, subject}: Commit,
): Promise<void> => {
	await git(directory, ['add', '--all', '--', ...paths]);
	if ((await git(directory, ['status', '--porcelain', '--', ...paths])) === '') return;
	await git(directory, ['commit', '--quiet', '--no-gpg-sign', '--message', subject, '--', ...paths], {
		GIT_AUTHOR_NAME: who.name,
		GIT_AUTHOR_EMAIL: who.email,
		GIT_AUTHOR_DATE: date,
		GIT_COMMITTER_NAME: who.name,
		GIT_COMMITTER_EMAIL: who.email,
		GIT_COMMITTER_DATE: date,
	});
};

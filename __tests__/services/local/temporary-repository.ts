import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {outputOf} from '../../support/run-program.ts';

const author = {
	GIT_AUTHOR_NAME: 'Asha',
	GIT_AUTHOR_EMAIL: 'asha@example.com',
	GIT_COMMITTER_NAME: 'Asha',
	GIT_COMMITTER_EMAIL: 'asha@example.com',
	GIT_AUTHOR_DATE: '2026-02-07T10:00:00+05:30',
	GIT_COMMITTER_DATE: '2026-02-07T10:00:00+05:30',
	GIT_CONFIG_GLOBAL: '/dev/null',
	GIT_CONFIG_NOSYSTEM: '1',
};

export type Content = string | Uint8Array | {readonly link: string} | {readonly script: string};

/** A directory of its own under the system's temporary one; removed by `[Symbol.dispose]`. */
export const createTemporaryDirectory = () => {
	const path = mkdtempSync(join(tmpdir(), 'cockpit-'));
	return {path, [Symbol.dispose]: () => rmSync(path, {recursive: true, force: true})};
};

/** What `git init` makes that git needs, by hand: a process less. Nothing of git's goes on behind a test's back. */
const begin = (path: string): void => {
	for (const name of ['objects', 'refs/heads']) mkdirSync(join(path, '.git', name), {recursive: true});
	writeFileSync(join(path, '.git/HEAD'), 'ref: refs/heads/main\n');
	writeFileSync(
		join(path, '.git/config'),
		'[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tcompression = 0\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n',
	);
};

/** A real git repository in a temporary directory, on branch `main`. */
export const createTemporaryRepository = () => {
	const {path, [Symbol.dispose]: dispose} = createTemporaryDirectory();
	begin(path);
	/** Output of git, trimmed. Rejects with what it said when it fails. */
	const git = async (...args: readonly string[]): Promise<string> =>
		(await outputOf(['git', '-C', path, ...args], {env: {...process.env, ...author}})).trim();
	const write = (name: string, content: Content): void => {
		const file = join(path, name);
		mkdirSync(dirname(file), {recursive: true});
		rmSync(file, {force: true});
		if (typeof content === 'object' && 'link' in content) symlinkSync(content.link, file);
		else if (typeof content === 'object' && 'script' in content) writeFileSync(file, content.script);
		else writeFileSync(file, content);
		if (typeof content === 'object' && 'script' in content) chmodSync(file, 0o755);
	};
	/** Name of the commit that is checked out, as git keeps it in loose files. */
	const head = (): string => {
		const [, branch] = /^ref: (.*)\n$/.exec(readFileSync(join(path, '.git/HEAD'), 'utf8')) ?? [];
		return readFileSync(join(path, '.git', branch ?? 'HEAD'), 'utf8').trim();
	};
	/** Commits all that is in the directory, these files included. Resolves with the name of the commit. */
	const commit = async (files: Readonly<Record<string, Content>> = {}, message = 'change'): Promise<string> => {
		for (const [name, content] of Object.entries(files)) write(name, content);
		await git('add', '--all', '--force', '.');
		await git('commit', '--quiet', '--allow-empty', '-m', message);
		return head();
	};
	return {path, git, write, commit, [Symbol.dispose]: dispose};
};

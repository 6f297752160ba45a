import {execFileSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';

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

/** A real git repository in a temporary directory, on branch `main`. */
export const createTemporaryRepository = () => {
	const {path, [Symbol.dispose]: dispose} = createTemporaryDirectory();
	const git = (...args: readonly string[]): string =>
		execFileSync('git', ['-C', path, ...args], {
			env: {...process.env, ...author},
			stdio: ['ignore', 'pipe', 'pipe'],
		})
			.toString()
			.trim();
	const write = (name: string, content: Content): void => {
		const file = join(path, name);
		mkdirSync(dirname(file), {recursive: true});
		rmSync(file, {force: true});
		if (typeof content === 'object' && 'link' in content) symlinkSync(content.link, file);
		else if (typeof content === 'object' && 'script' in content) writeFileSync(file, content.script);
		else writeFileSync(file, content);
		if (typeof content === 'object' && 'script' in content) chmodSync(file, 0o755);
	};
	const commit = (files: Readonly<Record<string, Content>> = {}, message = 'change'): string => {
		for (const [name, content] of Object.entries(files)) write(name, content);
		git('add', '--all', '--force', '.');
		git('commit', '--quiet', '--allow-empty', '-m', message);
		return git('rev-parse', 'HEAD');
	};
	git('init', '--quiet', '--initial-branch=main');
	return {path, git, write, commit, [Symbol.dispose]: dispose};
};

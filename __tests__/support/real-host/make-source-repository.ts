import {execa} from 'execa';
import {existsSync} from 'node:fs';
import {cp, mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';

/**
 * Versions of the sample app, each a commit that builds on the one before it: `v2` changes a route, adds one file and
 * removes another; `v3` brings a migration; `unhealthy` answers 503 to the health check.
 */
export type AppVersion = 'v1' | 'v2' | 'v3' | 'unhealthy';

/** Files below `backend/` to write, by path; `null` removes one. */
export type Changes = Readonly<Record<string, string | null>>;

export type SourceRepository = {
	/** Root of the repository; the app is in `backend/`. */
	readonly directory: string;
	/** Absolute path of the app's sources. */
	readonly backend: string;
	/** Commits the next version, or a change made up by the test. Answers with the full commit id. */
	commit(change: AppVersion | Changes, subject?: string): Promise<string>;
};

const fixtures = join(import.meta.dirname, '../../fixtures/laravel-app');

/** Order of history. Commits are dated, so the same versions have the same ids. */
const history: readonly AppVersion[] = ['v1', 'v2', 'v3', 'unhealthy'];

const gitEnvironment = {
	GIT_CONFIG_GLOBAL: '/dev/null',
	GIT_CONFIG_NOSYSTEM: '1',
	GIT_AUTHOR_NAME: 'Asha',
	GIT_AUTHOR_EMAIL: 'asha@example.test',
	GIT_AUTHOR_DATE: '2026-02-09T10:00:00+05:30',
	GIT_COMMITTER_NAME: 'Asha',
	GIT_COMMITTER_EMAIL: 'asha@example.test',
	GIT_COMMITTER_DATE: '2026-02-09T10:00:00+05:30',
};

/** Runs git without the machine's settings; answers with what it printed. */
export const git = async (directory: string, ...args: readonly string[]): Promise<string> =>
	(await execa('git', ['-C', directory, ...args], {env: gitEnvironment})).stdout;

const applyVersion = async (backend: string, version: AppVersion): Promise<void> => {
	const overlay = join(fixtures, version === 'v1' ? 'v1' : `${version}-overlay`);
	await cp(overlay, backend, {recursive: true});
	const list = join(backend, '.remove');
	if (!existsSync(list)) return;
	const removed = (await readFile(list, 'utf8')).trim().split('\n');
	for (const path of [...removed, '.remove']) await rm(join(backend, path));
};

const applyChanges = async (backend: string, changes: Changes): Promise<void> => {
	for (const [path, content] of Object.entries(changes)) {
		const file = join(backend, path);
		if (content === null) await rm(file, {recursive: true});
		else {
			await mkdir(dirname(file), {recursive: true});
			await writeFile(file, content);
		}
	}
};

/** Makes a repository in `directory` (made when missing) with one commit on `main` per version, up to `version`. */
export const makeSourceRepository = async (directory: string, version: AppVersion): Promise<SourceRepository> => {
	const backend = join(directory, 'backend');
	await mkdir(backend, {recursive: true});
	await git(directory, 'init', '--quiet', '--initial-branch=main');
	const commit: SourceRepository['commit'] = async (change, subject) => {
		if (typeof change === 'string') await applyVersion(backend, change);
		else await applyChanges(backend, change);
		await git(directory, 'add', '--all', 'backend');
		const message = subject ?? (typeof change === 'string' ? `Release ${change}` : 'Change the backend');
		await git(directory, 'commit', '--quiet', `--message=${message}`);
		return git(directory, 'rev-parse', 'HEAD');
	};
	for (const next of history.slice(0, history.indexOf(version) + 1)) await commit(next);
	return {directory, backend, commit};
};

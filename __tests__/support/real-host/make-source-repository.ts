import {execa} from 'execa';
import {existsSync} from 'node:fs';
import {cp, mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';

/**
 * Versions of the sample app, each a commit that builds on the one before it: `v2` changes a route, adds one file and
 * removes another; `v3` brings a migration; `unhealthy` answers 503 to the health check.
 */
export type AppVersion = 'v1' | 'v2' | 'v3' | 'unhealthy';

/** Versions of the sample frontend: `v2` changes pages and their shared chunk, and adds a page; `dependency` a package. */
export type FrontendVersion = 'v1' | 'v2' | 'dependency';

/** Files below the app's directory to write, by path; `null` removes one. */
export type Changes = Readonly<Record<string, string | null>>;

export type SourceRepository = {
	/** Root of the repository; the apps are in `backend/` and `frontend/`. */
	readonly directory: string;
	/** Absolute path of the app's sources. */
	readonly backend: string;
	/** Commits the next version, or a change made up by the test. Answers with the full commit id. */
	commit(change: AppVersion | Changes, subject?: string): Promise<string>;
	/** The same for the frontend, which the repository has from its first such commit on. */
	commitFrontend(change: FrontendVersion | Changes, subject?: string): Promise<string>;
};

const fixtures = join(import.meta.dirname, '../../fixtures');

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

const applyVersion = async (directory: string, app: string, version: string): Promise<void> => {
	await cp(join(fixtures, app, version === 'v1' ? 'v1' : `${version}-overlay`), directory, {recursive: true});
	const list = join(directory, '.remove');
	if (!existsSync(list)) return;
	const removed = (await readFile(list, 'utf8')).trim().split('\n');
	for (const path of [...removed, '.remove']) await rm(join(directory, path));
};

const applyChanges = async (directory: string, changes: Changes): Promise<void> => {
	for (const [path, content] of Object.entries(changes)) {
		const file = join(directory, path);
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
	const committer =
		(directory: string, app: string, fixture: string) =>
		async (change: string | Changes, subject?: string): Promise<string> => {
			const target = join(directory, app);
			if (typeof change === 'string') await applyVersion(target, fixture, change);
			else await applyChanges(target, change);
			await git(directory, 'add', '--all', app);
			const message = subject ?? (typeof change === 'string' ? `Release ${change}` : `Change the ${app}`);
			await git(directory, 'commit', '--quiet', `--message=${message}`);
			return git(directory, 'rev-parse', 'HEAD');
		};
	const commit = committer(directory, 'backend', 'laravel-app');
	const commitFrontend = committer(directory, 'frontend', 'next-app');
	for (const next of history.slice(0, history.indexOf(version) + 1)) await commit(next);
	return {directory, backend, commit, commitFrontend};
};

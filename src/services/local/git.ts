import {execFile, spawn} from 'node:child_process';
import {renderCommand} from '../../commands/shell.ts';
import {DeployError} from '../../domain/errors.ts';

/** Set by git for its own hooks; inherited, they would send every command to another repository. */
const misleading = [
	'GIT_DIR',
	'GIT_WORK_TREE',
	'GIT_COMMON_DIR',
	'GIT_INDEX_FILE',
	'GIT_OBJECT_DIRECTORY',
	'GIT_ALTERNATE_OBJECT_DIRECTORIES',
	'GIT_PREFIX',
	'GIT_NAMESPACE',
	'GIT_SHALLOW_FILE',
	'GIT_GRAFT_FILE',
	'GIT_REPLACE_REF_BASE',
	'GIT_LITERAL_PATHSPECS',
	'GIT_GLOB_PATHSPECS',
	'GIT_NOGLOB_PATHSPECS',
	'GIT_ICASE_PATHSPECS',
];

const environment = (): NodeJS.ProcessEnv => ({
	...Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.includes(name))),
	LC_ALL: 'C',
	GIT_TERMINAL_PROMPT: '0',
	// Looking at the state must not take the lock a person's own git needs.
	GIT_OPTIONAL_LOCKS: '0',
});

const always = (directory: string): readonly string[] => [
	'-C',
	directory,
	// What is committed, not what a local replacement says was committed.
	'--no-replace-objects',
	'--literal-pathspecs',
	'-c',
	'core.fsmonitor=false',
];

export type GitResult = {readonly code: number; readonly stdout: Buffer; readonly stderr: string};

const missing = (cause: unknown): DeployError =>
	new DeployError({
		code: 'blocked',
		what: 'DEPLOYMENT BLOCKED: git missing',
		why: 'the program git cannot be started on this machine',
		now: 'Nothing was changed.',
		next: 'Install git and put it on the PATH.',
		cause,
	});

/** Runs git to its end. An exit code is a result; only a git that cannot be started throws (`blocked`). */
export const runGit = (directory: string, args: readonly string[]): Promise<GitResult> =>
	new Promise((resolve, reject) => {
		execFile(
			'git',
			[...always(directory), ...args],
			{env: environment(), encoding: 'buffer', maxBuffer: 1 << 30},
			(error, stdout, stderr) => {
				if (error && typeof error.code !== 'number') reject(error.code === 'ENOENT' ? missing(error) : error);
				else resolve({code: Number(error?.code ?? 0), stdout, stderr: stderr.toString().trim()});
			},
		);
	});

/** Output of a git that is expected to succeed. Throws DeployError `blocked` with what git said otherwise. */
export const git = async (directory: string, args: readonly string[]): Promise<Buffer> => {
	const {code, stdout, stderr} = await runGit(directory, args);
	if (code === 0) return stdout;
	throw gitFailed(directory, code, stderr);
};

const gitFailed = (directory: string, code: number | null, stderr: string): DeployError =>
	new DeployError({
		code: 'blocked',
		what: 'DEPLOYMENT BLOCKED: the repository cannot be read',
		why: `git failed in ${directory} (exit ${code ?? 'by signal'}): ${stderr.split('\n')[0] ?? ''}`,
		now: 'Nothing was changed.',
		next: `Check it with: ${renderCommand({argv: ['git', '-C', directory, 'fsck']})}`,
	});

/**
 * Standard output of git as it comes, with `input` on its standard input. Leaving the loop early ends the process.
 * Throws as `git`.
 */
export async function* streamGit(directory: string, args: readonly string[], input?: string): AsyncGenerator<Buffer> {
	const child = spawn('git', [...always(directory), ...args], {env: environment(), stdio: ['pipe', 'pipe', 'pipe']});
	const ended = new Promise<number | null>((resolve, reject) => {
		child.once('error', error => reject('code' in error && error.code === 'ENOENT' ? missing(error) : error));
		child.once('close', resolve);
	});
	ended.catch(() => undefined);
	let stderr = '';
	child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(0, 4096)));
	// A git that stops early closes its input; its exit code says why.
	child.stdin.on('error', () => undefined);
	child.stdin.end(input);
	try {
		yield* child.stdout as AsyncIterable<Buffer>;
		const code = await ended;
		if (code !== 0) throw gitFailed(directory, code, stderr.trim());
	} finally {
		child.kill();
	}
}

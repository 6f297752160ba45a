import {execFile, spawn} from 'node:child_process';
import {devNull} from 'node:os';
import type {Readable} from 'node:stream';
import {renderCommand} from '../../../commands/shell.ts';
import {blocked, type DeployError} from '../../../domain/errors.ts';

/**
 * What of git's own variables this process may hand on; the others lead to another repository, index or object store, or
 * bring settings of one call (`GIT_CONFIG_COUNT`, `GIT_CONFIG_PARAMETERS`), other attributes, replacements or programs.
 * A list of what is harmless stays true when git learns a new one.
 */
const harmless: ReadonlySet<string> = new Set([
	// Where the settings of this machine and person are: safe.directory counts only there.
	'GIT_CONFIG_GLOBAL',
	'GIT_CONFIG_SYSTEM',
	'GIT_CONFIG_NOSYSTEM',
	// How far up the repository is looked for: they can hide one, never lead to another.
	'GIT_CEILING_DIRECTORIES',
	'GIT_DISCOVERY_ACROSS_FILESYSTEM',
	// How the rest of a partial clone is fetched. What comes is compared with its id.
	'GIT_SSH',
	'GIT_SSH_COMMAND',
	'GIT_SSH_VARIANT',
	'GIT_SSL_CAINFO',
	'GIT_SSL_CAPATH',
]);

const environment = (): NodeJS.ProcessEnv => ({
	...Object.fromEntries(
		// Names of variables have no case on Windows.
		Object.entries(process.env).filter(([name]) => !/^GIT_/i.test(name) || harmless.has(name.toUpperCase())),
	),
	LC_ALL: 'C',
	GIT_TERMINAL_PROMPT: '0',
	// Looking at the state must not take the lock a person's own git needs.
	GIT_OPTIONAL_LOCKS: '0',
	// History as committed, not with other parents.
	GIT_GRAFT_FILE: devNull,
});

const always = (directory: string): readonly string[] => [
	'-C',
	directory,
	// What is committed, not what a local replacement says was committed.
	'--no-replace-objects',
	'--literal-pathspecs',
	'-c',
	'core.fsmonitor=false',
	'-c',
	`core.hooksPath=${devNull}`,
	// A cache of commits, their trees and times, that git believes without a look at them.
	'-c',
	'core.commitGraph=false',
	// Else git speaks of the graft file, which is empty here, before it says what went wrong.
	'-c',
	'advice.graftFileDeprecated=false',
];

export type GitResult = {readonly code: number; readonly stdout: Buffer; readonly stderr: string};

const missing = (cause: unknown): DeployError =>
	blocked({
		what: 'DEPLOYMENT BLOCKED: git missing',
		why: 'the program git cannot be started on this machine',
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

/**
 * Words before the arguments of a git that compares files with what is committed: no filter of the settings is a program
 * that looking may start. A file that only its filter made out of what is committed counts as changed.
 */
export const withoutFilters = async (directory: string): Promise<readonly string[]> => {
	const {stdout} = await runGit(directory, ['config', '--null', '--name-only', '--get-regexp', '^filter\\.']);
	const names = stdout
		.toString()
		.split('\0')
		.flatMap(key => /^filter\.(.*)\.[^.]*$/s.exec(key)?.[1] ?? []);
	return [...new Set(names)].flatMap(name => {
		// A name with = can't be given so.
		if (name.includes('=')) throw filterRefused(directory, name);
		return ['clean=', 'smudge=', 'process=', 'required=false'].flatMap(value => ['-c', `filter.${name}.${value}`]);
	});
};

const filterRefused = (directory: string, name: string): DeployError =>
	blocked({
		what: 'DEPLOYMENT BLOCKED: the repository cannot be looked at',
		why: `the settings of git in ${directory} have a filter named ${JSON.stringify(name)}, which can't be left out`,
		next: 'Remove it, or give it a name without =.',
	});

/** Output of a git that is expected to succeed. Throws DeployError `blocked` with what git said otherwise. */
export const git = async (directory: string, args: readonly string[]): Promise<Buffer> => {
	const {code, stdout, stderr} = await runGit(directory, args);
	if (code === 0) return stdout;
	throw gitFailed(directory, code, stderr);
};

const gitFailed = (directory: string, code: number | null, stderr: string): DeployError =>
	blocked({
		what: 'DEPLOYMENT BLOCKED: the repository cannot be read',
		why: `git failed in ${directory} (exit ${code ?? 'by signal'}): ${stderr.split('\n')[0] ?? ''}`,
		next: `Check it with: ${renderCommand({argv: ['git', '-C', directory, 'fsck']})}`,
	});

/**
 * Standard output of git as it comes, with `input` on its standard input. Leaving the loop early ends the process.
 * Throws as `git`.
 */
export async function* streamGit(
	directory: string,
	args: readonly string[],
	input?: string | Readable,
): AsyncGenerator<Buffer> {
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
	if (input === undefined || typeof input === 'string') child.stdin.end(input);
	else input.pipe(child.stdin);
	try {
		yield* child.stdout as AsyncIterable<Buffer>;
		const code = await ended;
		if (code !== 0) throw gitFailed(directory, code, stderr.trim());
	} finally {
		child.kill();
	}
}

import {spawn, type ChildProcessWithoutNullStreams} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
	chmodSync,
	constants,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	writeFileSync,
} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir, userInfo} from 'node:os';
import {join, resolve} from 'node:path';
import {onTestFailed} from 'vitest';
import {renderCommand} from '../../src/commands/shell.ts';
import type {Command} from '../../src/domain/command.ts';
import {outputOf, runProgram, tellEnded, type Ended} from '../support/run-program.ts';

/** Whoever runs the tests is every user here: the shim below drops `-u USER` and executes. */
const sudoShim = `#!/bin/sh
while [ $# -gt 0 ]; do
	case $1 in
		-n) shift ;;
		-u) shift 2 ;;
		--) shift; break ;;
		*) break ;;
	esac
done
exec "$@"
`;

export type HostDirectory = {
	readonly root: string;
	/** Executes a command as a host does: its rendered line, by a real sh, in the login directory. */
	run(command: Command, input?: string | Uint8Array): Promise<Ended>;
	/** As `run`; rejects unless it exits 0. Resolves with standard output. */
	ok(command: Command, input?: string | Uint8Array): Promise<string>;
	/** Begins a command in a session of its own, as sshd does, for whoever writes to it bit by bit. */
	start(command: Command): ChildProcessWithoutNullStreams;
	/** Runs a script of the test's own, with positional parameters. Resolves with its output, trimmed. */
	sh(script: string, ...parameters: string[]): Promise<string>;
	[Symbol.asyncDispose](): Promise<void>;
};

export const me = userInfo().username;

const told = 3;

/**
 * A temporary directory that stands for a host: `sudo` is a shim on PATH, everything else is real. A test that fails
 * tells the last commands that were run there. To be called before the test waits for anything.
 */
export const createHostDirectory = (shims: Readonly<Record<string, string>> = {}): HostDirectory => {
	const root = mkdtempSync(join(tmpdir(), 'cockpit-host-'));
	const bin = join(root, '.bin');
	mkdirSync(bin);
	for (const [name, text] of Object.entries({sudo: sudoShim, ...shims})) {
		writeFileSync(join(bin, name), text);
		chmodSync(join(bin, name), 0o755);
	}
	const surroundings = {cwd: root, env: {PATH: `${bin}:${process.env['PATH']}`, HOME: root, LC_ALL: 'C.UTF-8'}};
	const history: string[] = [];
	onTestFailed(() => console.error(`the last commands in ${root}:\n\n${history.join('\n\n')}`));
	const host: HostDirectory = {
		root,
		run: async (command, input = '') => {
			const line = renderCommand(command);
			const ended = await runProgram(['sh', '-c', line], {...surroundings, input});
			history.push(tellEnded([line], ended));
			if (history.length > told) history.shift();
			return ended;
		},
		ok: async (command, input) => {
			const ended = await host.run(command, input);
			if (ended.code !== 0) throw new Error(tellEnded([renderCommand(command)], ended));
			return ended.stdout;
		},
		start: command => spawn('sh', ['-c', renderCommand(command)], {...surroundings, detached: true, stdio: 'pipe'}),
		sh: async (script, ...parameters) =>
			(await outputOf(['sh', '-ec', script, 'sh', ...parameters], surroundings)).trim(),
		[Symbol.asyncDispose]: () => rm(root, {recursive: true, force: true}),
	};
	return host;
};

/** Kind of a file by the bits that tell it. */
const kinds: Readonly<Record<number, string>> = {
	[constants.S_IFREG]: 'file',
	[constants.S_IFDIR]: 'directory',
	[constants.S_IFLNK]: 'link',
	[constants.S_IFIFO]: 'fifo',
};

const describe = (file: string): string => {
	const {mode, uid, gid} = lstatSync(file);
	const kind = kinds[mode & constants.S_IFMT] ?? 'other';
	const digest = (): string => createHash('sha256').update(readFileSync(file)).digest('hex');
	const content = kind === 'file' ? digest() : kind === 'link' ? readlinkSync(file) : '';
	return [kind, (mode & 0o7777).toString(8), `${uid}:${gid}`, content].join(' ');
};

/**
 * Path, kind, mode, owner, link target and content digest of a directory and everything below it, a line each,
 * symlinks not followed. A relative path starts at the login directory.
 */
export const listing = ({root}: HostDirectory, directory: string): string => {
	const top = resolve(root, directory);
	return ['', ...readdirSync(top, {recursive: true, encoding: 'utf8'}).toSorted()]
		.map(path => `${JSON.stringify(path)} ${describe(join(top, path))}`)
		.join('\n');
};

import {execFileSync, spawnSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {renderCommand} from '../../src/commands/shell.ts';
import type {Command} from '../../src/domain/command.ts';

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
	run(command: Command, input?: string | Uint8Array): {code: number | null; stdout: string; stderr: string};
	/** As `run`; throws unless it exits 0. Answers with standard output. */
	ok(command: Command, input?: string | Uint8Array): string;
	/** Runs a script of the test's own, with positional parameters. */
	sh(script: string, ...parameters: string[]): string;
	[Symbol.asyncDispose](): Promise<void>;
};

export const me = userInfo().username;

/** A temporary directory that stands for a host: `sudo` is a shim on PATH, everything else is real. */
export const createHostDirectory = (shims: Readonly<Record<string, string>> = {}): HostDirectory => {
	const root = mkdtempSync(join(tmpdir(), 'cockpit-host-'));
	const bin = join(root, '.bin');
	mkdirSync(bin);
	for (const [name, text] of Object.entries({sudo: sudoShim, ...shims})) {
		writeFileSync(join(bin, name), text);
		chmodSync(join(bin, name), 0o755);
	}
	const env = {PATH: `${bin}:${process.env['PATH']}`, HOME: root, LC_ALL: 'C.UTF-8'};
	const host: HostDirectory = {
		root,
		run: (command, input = '') => {
			const line = renderCommand(command);
			const {status, stdout, stderr} = spawnSync('sh', ['-c', line], {cwd: root, env, input, maxBuffer: 1 << 28});
			return {code: status, stdout: stdout.toString(), stderr: stderr.toString()};
		},
		ok: (command, input) => {
			const {code, stdout, stderr} = host.run(command, input);
			if (code !== 0) throw new Error(`${command.label ?? command.argv[0]} exited with ${code}: ${stderr}`);
			return stdout;
		},
		sh: (script, ...parameters) =>
			execFileSync('sh', ['-ec', script, 'sh', ...parameters], {cwd: root, env, encoding: 'utf8'}).trim(),
		[Symbol.asyncDispose]: () => rm(root, {recursive: true, force: true}),
	};
	return host;
};

/** Path, kind, mode, owner, link target and content digest of everything below a directory, symlinks not followed. */
export const listing = (host: HostDirectory, directory: string): string =>
	host.sh(
		`cd -- "$1" && find . -printf '%P\\t%y\\t%m\\t%u:%g\\t%l\\n' | LC_ALL=C sort
		find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum -z | tr '\\0' '\\n'`,
		directory,
	);

import {spawn, type ChildProcessByStdio} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';
import {text} from 'node:stream/consumers';

export type Ended = {
	/** Null when a signal ended it. */
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
};

type Surroundings = {
	readonly cwd?: string;
	/** Default: that of this process. */
	readonly env?: NodeJS.ProcessEnv;
	readonly input?: string | Uint8Array;
};

/** What a program was asked and what it said, for the message of a test. Long texts keep their beginning and end. */
export const tellEnded = (argv: readonly string[], {code, stdout, stderr}: Ended): string => {
	const short = (said: string, most = 3000): string =>
		said.length > most ? `${said.slice(0, most / 3)}\n[...]\n${said.slice((-2 * most) / 3)}` : said;
	return [
		`${short(argv.join(' '), 900)}\n-> ${code === null ? 'ended by a signal' : `exit ${code}`}`,
		...(stdout === '' ? [] : [`stdout: ${short(stdout)}`]),
		...(stderr === '' ? [] : [`stderr: ${short(stderr)}`]),
	].join('\n');
};

/** Runs a program to its end. Rejects only when it could not be started. */
export const runProgram = async (
	[file, ...args]: readonly [string, ...string[]],
	{input = '', ...options}: Surroundings = {},
): Promise<Ended> => {
	const child = spawn(file, args, {...options, stdio: 'pipe'});
	// One that does not read all of it is no failure: its exit code says what is.
	child.stdin.on('error', () => undefined);
	child.stdin.end(input);
	const [[code], stdout, stderr] = await Promise.all([
		once(child, 'close') as Promise<[number | null]>,
		text(child.stdout),
		text(child.stderr),
	]);
	return {code, stdout, stderr};
};

/** The first line a program prints. Rejects with how it ended when it does so without one. */
export const firstLine = async (child: ChildProcessByStdio<null, Readable, null>): Promise<string> => {
	for await (const line of createInterface({input: child.stdout})) return line;
	if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
	throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode ?? child.signalCode} and said nothing`);
};

/** Standard output of a program that is expected to succeed. Rejects with all that is known of one that did not. */
export const outputOf = async (argv: readonly [string, ...string[]], options: Surroundings = {}): Promise<string> => {
	const ended = await runProgram(argv, options);
	if (ended.code !== 0) throw new Error(tellEnded(argv, ended));
	return ended.stdout;
};

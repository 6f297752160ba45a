import {stripVTControlCharacters} from 'node:util';
import {keptLine, longestLine} from '../../domain/long-line.ts';
import {createRedactor, secretValuesOf} from '../../domain/logs/mask.ts';
import {failure, type DeployError} from '../../domain/errors.ts';

import {readLines} from './read-lines.ts';

export type ToolResult = {
	/** Absent: it could not be started, or was ended by a signal. */
	readonly code: number | undefined;
	/** Last lines of both streams, without escape sequences and secrets. */
	readonly lastLines: readonly string[];
};

const keptLines = 200;
const graceMs = 5000;

export const toolCancelled = (what: string): DeployError =>
	failure('cancelled')({what, why: 'the run stopped', now: 'Nothing was changed on any host.', next: ''});

/**
 * Runs a program of this machine to its end, in a process group of its own, and hands on its lines as they come.
 * When the signal aborts, the whole group ends. Throws DeployError `toolCancelled`.
 */
export const runTool = async (
	argv: readonly [string, ...string[]],
	options: {
		readonly cwd: string;
		readonly environment: Readonly<Record<string, string>>;
		readonly onLines: (lines: readonly string[]) => void;
		readonly signal: AbortSignal;
	},
): Promise<ToolResult> => {
	const {cwd, environment, onLines, signal} = options;
	if (signal.aborted) throw toolCancelled(`${argv[0]} was cancelled`);
	const {execa} = await import('execa');
	const [file, ...args] = argv;
	const child = execa(file, args, {
		cwd,
		env: environment,
		extendEnv: false,
		detached: true,
		reject: false,
		buffer: false,
		all: true,
		stdin: 'ignore',
	});
	const kill = (how: NodeJS.Signals): void => {
		if (child.pid === undefined) return;
		try {
			process.kill(-child.pid, how);
		} catch {
			// Gone already.
		}
	};
	let killing: NodeJS.Timeout | undefined;
	const onAbort = (): void => {
		kill('SIGTERM');
		killing = setTimeout(() => kill('SIGKILL'), graceMs);
	};
	signal.addEventListener('abort', onAbort, {once: true});
	try {
		const lastLines: string[] = [];
		const redactor = createRedactor(secretValuesOf(environment));
		await readLines(child.all, longestLine + 1, read => {
			const line = redactor.line(keptLine(read, longestLine, stripVTControlCharacters).trimEnd());
			lastLines.push(line);
			if (lastLines.length > keptLines) lastLines.shift();
			onLines([line]);
		});
		const {exitCode, originalMessage} = await child;
		if (signal.aborted) throw toolCancelled(`${argv.join(' ')} was cancelled`);
		if (exitCode === undefined && originalMessage !== undefined) lastLines.push(originalMessage);
		return {code: exitCode, lastLines};
	} finally {
		signal.removeEventListener('abort', onAbort);
		clearTimeout(killing);
		// What it has left behind in its group must not write into the next build.
		if (signal.aborted) kill('SIGKILL');
	}
};

import {commandMark} from '../commands/job.ts';
import type {Command} from '../domain/command.ts';

/** Finished lines of one command of a job. */
export type OutputBatch = {readonly command: string; readonly lines: readonly string[]};

const label = (command: Command | undefined): string => command?.label ?? command?.argv.join(' ') ?? '';

/** Removes what could move a cursor, ring a bell or overwrite a line: text from a host is shown, never obeyed. */
export const sanitise = (line: string): string =>
	line
		.slice(line.lastIndexOf('\r', line.length - 2) + 1)
		.replaceAll(/\u001B\[[\d;?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)|\u001B./g, '')
		.replaceAll('\t', '    ')
		.replaceAll(/[\u0000-\u001F\u007F-\u009F]/g, '');

/**
 * Splits a job's log into lines and knows which command wrote them. Feed it chunks in order; `command` is the index of
 * the command under way, -1 before the first.
 */
export const createJobOutput = (commands: readonly Command[]) => {
	const decoder = new TextDecoder();
	let rest = '';
	let current = -1;

	const feed = (chunk: Uint8Array): readonly OutputBatch[] => {
		const lines = (rest + decoder.decode(chunk, {stream: true})).split('\n');
		rest = lines.pop() ?? '';
		const batches: {command: string; lines: string[]}[] = [];
		for (const line of lines) {
			if (line.startsWith(commandMark)) {
				current = Number(line.slice(commandMark.length));
				continue;
			}
			const command = label(commands[current]);
			const last = batches.at(-1);
			if (last?.command === command) last.lines.push(sanitise(line));
			else batches.push({command, lines: [sanitise(line)]});
		}
		return batches;
	};

	return {
		feed,
		get command(): number {
			return current;
		},
		get label(): string {
			return label(commands[current]);
		},
	};
};

/** A log as text without marks, for checks, summaries and error messages. */
export const withoutMarks = (log: string): string =>
	log
		.split('\n')
		.filter(line => !line.startsWith(commandMark))
		.join('\n');

import {commandMark} from '../../commands/job/job.ts';
import type {Command} from '../../domain/command.ts';
import {keptLine, longestLine} from '../../domain/long-line.ts';
import {createRedactor} from '../../domain/logs/mask.ts';
import {sanitise} from '../../domain/sanitise.ts';

export {sanitise} from '../../domain/sanitise.ts';

/** Finished lines of one command of a job. */
export type OutputBatch = {
	readonly command: string;
	/** Of the command in its job; -1 before the first. */
	readonly index: number;
	readonly lines: readonly string[];
};

export const label = (command: Command | undefined): string => command?.label ?? command?.argv.join(' ') ?? '';

/** A mark ends its line; a command that ended without a newline leaves words before it. */
const markAtEnd = new RegExp(`${commandMark}(\\d+)$`);

/** A mark at the end of a line that is cut, and one character by which it is known to be. */
const longestMark = 16;
const longestHeld = longestLine + 1 + longestMark;

/**
 * Splits a job's log into lines without secrets, and knows which command wrote them. Feed it chunks in order; `command` is the index of
 * the command under way, -1 before the first. `finish` gives back a last line that has no newline.
 */
export const createJobOutput = (commands: readonly Command[]) => {
	const decoder = new TextDecoder();
	const redactor = createRedactor();
	let rest = '';
	let current = -1;

	const split = (lines: readonly string[]): readonly OutputBatch[] => {
		const batches: {command: string; index: number; lines: string[]}[] = [];
		const add = (line: string): void => {
			const command = label(commands[current]);
			const shown = keptLine(line, longestLine, text => redactor.line(sanitise(text)));
			const last = batches.at(-1);
			if (last?.index === current) last.lines.push(shown);
			else batches.push({command, index: current, lines: [shown]});
		};
		for (const line of lines) {
			const mark = markAtEnd.exec(line);
			if (!mark || mark.index > 0) add(mark ? line.slice(0, mark.index) : line);
			if (mark) current = Number(mark[1]);
		}
		return batches;
	};
	const feed = (chunk: Uint8Array): readonly OutputBatch[] => {
		const lines = (rest + decoder.decode(chunk, {stream: true})).split('\n');
		rest = lines.pop() ?? '';
		// Of a line without end no more than its beginning is held, and what may be a mark.
		if (rest.length > longestHeld) rest = rest.slice(0, longestHeld - longestMark) + rest.slice(-longestMark);
		return split(lines);
	};
	const finish = (): readonly OutputBatch[] => {
		const last = rest + decoder.decode();
		rest = '';
		return last === '' ? [] : split([last]);
	};

	return {
		feed,
		finish,
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
		.flatMap(line => {
			const mark = markAtEnd.exec(line);
			return mark?.index === 0 ? [] : [mark ? line.slice(0, mark.index) : line];
		})
		.join('\n');

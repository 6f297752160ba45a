import {cellsOf} from '../../kit/rows.ts';

/** A line of a command that is longer than the room it has. */
type CommandLine = {
	readonly lead: string;
	readonly text: string;
	/** Where in the command the line begins. */
	readonly start: number;
	/** ` \` where it goes on in the next line, so that what is selected is still one command. */
	readonly end: string;
};

/** The words of a command with where each begins: quotes hold together what stands in them. */
const wordsOf = (command: string): readonly {readonly text: string; readonly start: number}[] =>
	[...command.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\]|['"\\])+/g)].map(({0: text, index}) => ({
		text,
		start: index,
	}));

/**
 * A command in lines of at most `width` cells, broken between words alone, as a shell would take them. A word that is
 * longer stays whole in a line of its own, whatever is seen of it.
 */
export const brokenCommand = (command: string, width: number): readonly CommandLine[] => {
	if (cellsOf(command) <= width) return [{lead: '', text: command, start: 0, end: ''}];
	// A comment ends with its line: what goes on is a comment, too.
	const [end, lead] = command.startsWith('#') ? ['', '# '] : [' \\', '  '];
	const lines: {readonly start: number; readonly end: number}[] = [];
	for (const {text, start} of wordsOf(command)) {
		const last = lines.at(-1);
		const room = width - (lines.length > 1 ? lead.length : 0) - end.length;
		if (last && cellsOf(command.slice(last.start, start + text.length)) <= room)
			lines[lines.length - 1] = {start: last.start, end: start + text.length};
		else lines.push({start, end: start + text.length});
	}
	return lines.map((line, at) => ({
		lead: at === 0 ? '' : lead,
		text: command.slice(line.start, line.end),
		start: line.start,
		end: at === lines.length - 1 ? '' : end,
	}));
};

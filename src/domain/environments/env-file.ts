/** One `KEY=value` of a .env file. */
export type EnvEntry = {
	readonly key: string;
	/** Line of the key, from 1. */
	readonly line: number;
	/** Column of the key, from 1. */
	readonly column: number;
	/** Exactly what stands between `=` and the comment, quotes included. May be a secret: not for display. */
	readonly raw: string;
	/** Without quotes; escapes of double quotes are resolved, `${...}` is left as it stands. */
	readonly value: string;
	readonly quote: 'none' | 'single' | 'double';
	/** Text after `#` on the line of the value. */
	readonly comment?: string;
};

/** What is wrong with a line. Never quotes the line, which may hold a secret. */
export type EnvFault = {readonly line: number; readonly column: number; readonly problem: string; readonly fix: string};

export type EnvFile = {
	/** In the order of the file; of a key given twice, both. */
	readonly entries: readonly EnvEntry[];
	/** Whole-line comments without `#`. */
	readonly comments: ReadonlyArray<{readonly line: number; readonly text: string}>;
	/** Keys given more than once, with the lines of all of them. */
	readonly duplicates: ReadonlyArray<{readonly key: string; readonly lines: readonly number[]}>;
	readonly faults: readonly EnvFault[];
};

const assignment = /^([\t ]*(?:export[\t ]+)?)([A-Za-z_][\w.]*)[\t ]*=[\t ]*/;
/** A value in double quotes may run over lines, and a backslash shields its next character. */
const values = {none: /^([^\s#]*)/, single: /^'([^'\n]*)'/, double: /^"((?:[^"\\]|\\[^])*)"/} as const;
/**
 * The rest of a line. A `#` straight after a value without quotes is no ending: Laravel and Next cut the value there,
 * which nobody means; so do blanks inside, which Laravel refuses.
 */
const ending = /^(?:[\t ]*|[\t ]+#[\t ]*(.*?))\r?(?:\n|$)/;
const looseEnding = /^[\t ]*(?:#[\t ]*(.*?))?\r?(?:\n|$)/;
const escapes: Readonly<Record<string, string>> = {n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$'};

const unescape = (text: string): string =>
	text.replaceAll(/\\([^])/g, (whole, character: string) => escapes[character] ?? whole);

const quoteOf = (rest: string): EnvEntry['quote'] =>
	rest.startsWith("'") ? 'single' : rest.startsWith('"') ? 'double' : 'none';

type Found = {readonly raw: string; readonly value: string; readonly quote: EnvEntry['quote']};

const readValue = (rest: string): Found | undefined => {
	const quote = quoteOf(rest);
	const match = values[quote].exec(rest);
	if (!match) return undefined;
	const [raw, value = ''] = match;
	return {raw, value: quote === 'double' ? unescape(value) : value, quote};
};

const findDuplicates = (entries: readonly EnvEntry[]): EnvFile['duplicates'] =>
	[...Map.groupBy(entries, ({key}) => key)]
		.filter(([, same]) => same.length > 1)
		.map(([key, same]) => ({key, lines: same.map(({line}) => line)}));

/** One piece of the file, a line or a few, and how many characters it took. */
type Token = {readonly length: number; readonly comment?: string; readonly entry?: EnvEntry; readonly fault?: EnvFault};

const blankOrComment = /^[\t ]*(?:#[\t ]*(.*?))?\r?(?:\n|$)/;

const lineLength = (rest: string): number => (rest.includes('\n') ? rest.indexOf('\n') + 1 : rest.length);

const faultToken = (rest: string, line: number, column: number, problem: string, fix: string): Token => ({
	length: lineLength(rest),
	fault: {line, column, problem, fix},
});

const readAssignment = (rest: string, line: number): Token => {
	const [start = '', indent = '', key = ''] = assignment.exec(rest) ?? [];
	if (start === '') return faultToken(rest, line, 1, 'is not KEY=value', 'write KEY=value, or start it with #');
	const column = indent.length + 1;
	const found = readValue(rest.slice(start.length));
	// Laravel looks for a value of several lines only where the quote follows = at once.
	if (!found || (found.raw.includes('\n') && !start.endsWith('=')))
		return faultToken(rest, line, column, `${key} has no closing quote`, 'close the quote');
	const length = start.length + found.raw.length;
	const end = (found.raw === '' || found.quote !== 'none' ? looseEnding : ending).exec(rest.slice(length));
	if (!end)
		return faultToken(
			rest,
			line,
			column,
			`${key} has more text after its value`,
			'put quotes around the whole value',
		);
	const comment = end[1] === undefined ? {} : {comment: end[1].trimEnd()};
	return {length: length + end[0].length, entry: {key, line, column, ...found, ...comment}};
};

const readToken = (rest: string, line: number): Token => {
	const blank = blankOrComment.exec(rest);
	if (!blank) return readAssignment(rest, line);
	return {length: blank[0].length, ...(blank[1] === undefined ? {} : {comment: blank[1]})};
};

/** Splits a .env file as Laravel and Next read it. Never throws: a line it cannot read becomes a fault. */
export const parseEnvFile = (source: string): EnvFile => {
	const entries: EnvEntry[] = [];
	const comments: Array<EnvFile['comments'][number]> = [];
	const faults: EnvFault[] = [];
	let rest = source.replace(/^\uFEFF/, '');
	let line = 1;
	while (rest !== '') {
		const {length, comment, entry, fault} = readToken(rest, line);
		if (comment !== undefined) comments.push({line, text: comment});
		if (entry) entries.push(entry);
		if (fault) faults.push(fault);
		line += rest.slice(0, length).split('\n').length - 1;
		rest = rest.slice(length);
	}
	return {entries, comments, duplicates: findDuplicates(entries), faults};
};

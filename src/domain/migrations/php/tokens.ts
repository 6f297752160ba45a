/** One token of PHP source. `value`: what a constant string says; a string that depends on a variable has none. */
export type PhpToken = {
	readonly kind: 'name' | 'variable' | 'string' | 'number' | 'mark';
	readonly text: string;
	readonly value?: string;
	/** Counted from 1. */
	readonly line: number;
};

const name = /[\\A-Za-z_\u0080-\uFFFF][\w\\\u0080-\uFFFF]*/y;
const variable = /\$[A-Za-z_\u0080-\uFFFF][\w\u0080-\uFFFF]*/y;
const number = /\d[\w.]*/y;
const mark = /\?->|->|::|=>|\.\.\.|#\[|[^\s]/y;
const blank = /\s+/y;
const heredoc = /<<<[ \t]*(["']?)([A-Za-z_]\w*)\1[ \t]*\r?\n/y;

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
	pattern.lastIndex = at;
	return pattern.exec(text);
};

/** Where the line comment at `at` ends: PHP itself may end before the line does. */
const endOfLineComment = (text: string, at: number): number => {
	const end = /\r?\n|\?>/g;
	end.lastIndex = at;
	return end.exec(text)?.index ?? text.length;
};

/** Behind the `{$...}` that begins at `at`, which may hold strings with braces of their own. */
const endOfBraces = (text: string, at: number): number => {
	let depth = 0;
	let index = at;
	while (index < text.length) {
		const character = text[index];
		if (character === "'" || character === '"') index = readQuoted(text, index).end;
		else {
			index++;
			if (character === '{') depth++;
			else if (character === '}' && --depth === 0) return index;
		}
	}
	return text.length;
};

const escapes: Readonly<Record<string, string>> = {
	n: '\n',
	t: '\t',
	r: '\r',
	v: '\v',
	e: '\u001B',
	f: '\f',
	'\\': '\\',
	$: '$',
	'"': '"',
};

const coded = /\\(?:x([\dA-Fa-f]{1,2})|u\{([\dA-Fa-f]{1,6})\}|([0-7]{1,3}))/y;

/** What the backslash at `at` means between double quotes, and how long it is. */
const readEscape = (text: string, at: number): {readonly length: number; readonly value: string} => {
	const [whole, hex, point, octal] = matchAt(coded, text, at) ?? [];
	const next = text[at + 1] ?? '';
	if (whole === undefined) return {length: 2, value: escapes[next] ?? `\\${next}`};
	const code = octal === undefined ? Number.parseInt(hex ?? point ?? '', 16) : Number.parseInt(octal, 8) & 0xff;
	return {length: whole.length, value: code > 0x10_ff_ff ? whole : String.fromCodePoint(code)};
};

/** The string whose quote stands at `at`. One that is never closed ends with the text. */
const readQuoted = (text: string, at: number): {readonly end: number; readonly value?: string} => {
	const quote = text[at] ?? '';
	let value = '';
	let isConstant = quote !== '`';
	let index = at + 1;
	while (index < text.length && text[index] !== quote) {
		const next = text[index + 1] ?? '';
		if (text[index] === '\\') {
			const escape =
				quote === "'"
					? {length: 2, value: next === "'" || next === '\\' ? next : `\\${next}`}
					: readEscape(text, index);
			value += escape.value;
			index += escape.length;
		} else if (quote !== "'" && (text.startsWith('{$', index) || text.startsWith('${', index))) {
			isConstant = false;
			index = endOfBraces(text, text[index] === '{' ? index : index + 1);
		} else {
			if (quote !== "'" && matchAt(variable, text, index)) isConstant = false;
			value += text[index];
			index++;
		}
	}
	return {end: Math.min(index + 1, text.length), ...(isConstant ? {value} : {})};
};

/** The heredoc or nowdoc at `at`, if one begins there. */
const readHeredoc = (text: string, at: number): {readonly end: number; readonly value?: string} | undefined => {
	const begin = matchAt(heredoc, text, at);
	if (!begin) return undefined;
	const [whole, quote, id = ''] = begin;
	const from = at + whole.length;
	const closing = new RegExp(String.raw`^[ \t]*${id}(?![\w\u0080-\uFFFF])`, 'gm');
	closing.lastIndex = from;
	const found = closing.exec(text);
	const body = text.slice(from, found ? Math.max(from, found.index - 1) : text.length);
	const isConstant = quote === "'" || !/\{\$|\$\{|\$[A-Za-z_]/.test(body);
	const said =
		quote === "'"
			? body
			: body.replaceAll(
					/\\(?:x[\dA-Fa-f]{1,2}|u\{[\dA-Fa-f]{1,6}\}|[0-7]{1,3}|[^"])/g,
					code => readEscape(code, 0).value,
				);
	return {end: found ? found.index + found[0].length : text.length, ...(isConstant ? {value: said.trim()} : {})};
};

/** Behind what is no code at `at`: blanks, comments, what stands outside of `<?php`. Undefined: code begins here. */
const skipped = (text: string, at: number): number | undefined => {
	const space = matchAt(blank, text, at);
	if (space) return at + space[0].length;
	if (text.startsWith('/*', at)) {
		const end = text.indexOf('*/', at + 2);
		return end < 0 ? text.length : end + 2;
	}
	if (text.startsWith('//', at) || (text[at] === '#' && text[at + 1] !== '[')) return endOfLineComment(text, at);
	return text.startsWith('?>', at) ? beginOfCode(text, at + 2) : undefined;
};

const beginOfCode = (text: string, at: number): number => {
	const open = /<\?(?:php(?=\s|$)|=)/gi;
	open.lastIndex = at;
	const found = open.exec(text);
	return found ? found.index + found[0].length : text.length;
};

const plain = [
	['variable', variable],
	['name', name],
	['number', number],
	['mark', mark],
] as const;

/** The token that begins at `at`, and where it ends. */
const readToken = (text: string, at: number, line: number): {readonly token: PhpToken; readonly end: number} => {
	const character = text[at] ?? '';
	const quoted = '\'"`'.includes(character) ? readQuoted(text, at) : readHeredoc(text, at);
	if (quoted) {
		const {end, ...value} = quoted;
		return {token: {kind: 'string', text: text.slice(at, end), ...value, line}, end};
	}
	for (const [kind, pattern] of plain) {
		const found = matchAt(pattern, text, at);
		if (found) return {token: {kind, text: found[0], line}, end: at + found[0].length};
	}
	return {token: {kind: 'mark', text: character, line}, end: at + 1};
};

/** PHP source as tokens, without comments and what PHP would print as it is. Takes any text: nothing is refused. */
export const phpTokens = (text: string): readonly PhpToken[] => {
	const tokens: PhpToken[] = [];
	let at = beginOfCode(text, 0);
	let line = 1;
	let counted = 0;
	while (at < text.length) {
		const behind = skipped(text, at);
		if (behind !== undefined) {
			at = behind;
			continue;
		}
		for (; counted < at; counted++) if (text[counted] === '\n') line++;
		const {token, end} = readToken(text, at, line);
		tokens.push(token);
		at = end;
	}
	return tokens;
};

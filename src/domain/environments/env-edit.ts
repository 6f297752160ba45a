import {parseEnvFile, type EnvEntry, type EnvFile} from './env-file.ts';

/** Which key of a `.env` is changed, and how. Never the value: this goes into records, entries and onto screens. */
export type EnvChange = {
	readonly key: string;
	/** `restore`: the whole file is put back as the run `of`, which had changed this key, has found it. */
	readonly verb: 'set' | 'remove' | 'restore';
	readonly of?: string;
	/** There is no file yet: it is made. */
	readonly create?: true;
};

/** How large a value may be, and a file that is edited. */
export const mostValueBytes = 64 * 1024;
export const mostFileBytes = 1024 * 1024;

/** Whether a name can stand before `=`. */
export const isEnvKey = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text) && text.length <= 200;

const bytesIn = (text: string): number => new TextEncoder().encode(text).length;

/** Next fills in `$` in every kind of quotes, and knows no escapes but line breaks. */
const unreadableByNext = (value: string): boolean =>
	value.includes('$') || (/['\n]/.test(value) && /["\\]/.test(value));

/**
 * Why a value can't be written, for people and without a part of it; undefined: it can. `reader`: who reads the file.
 */
export const valueRefusal = (value: string, reader: 'laravel' | 'nextjs' = 'laravel'): string | undefined => {
	if (bytesIn(value) > mostValueBytes) return `it is larger than ${mostValueBytes / 1024} KiB`;
	if (value.includes('\0')) return 'it holds a NUL character';
	if (value.includes('\r')) return 'it holds a carriage return: save it with plain line ends';
	if (/[^\P{Cc}\n]/u.test(value)) return 'it holds a control character other than a line break';
	return reader === 'nextjs' && unreadableByNext(value)
		? 'Next has no way to read it as it is: it fills in "$", and knows no escapes in quotes'
		: undefined;
};

const bare = /^[\w.:/@%+,~-]*$/;

/** A value as the parser needs it, in the quotes it had before where those still do. */
const rendered = (value: string, before: EnvEntry['quote']): string => {
	if (before === 'none' && bare.test(value)) return value;
	if (before !== 'double' && !/['\n]/.test(value)) return `'${value}'`;
	return `"${value.replaceAll(/["$\\]/g, String.raw`\$&`)}"`;
};

const byteOrderMark = /^\uFEFF/;

/** Where an entry stands in its text: the first character of its line, of its value, and behind its value. */
const placeOf = (text: string, {line, column, raw}: EnvEntry) => {
	let start = 0;
	for (let left = line - 1; left > 0; left -= 1) start = text.indexOf('\n', start) + 1;
	const lineStart = line === 1 && byteOrderMark.test(text) ? 1 : start;
	const key = lineStart + column - 1;
	const [upToValue = ''] = /^[\w.]+[\t ]*=[\t ]*/.exec(text.slice(key)) ?? [];
	const from = key + upToValue.length;
	return {lineStart, equals: text.indexOf('=', key) + 1, from, until: from + raw.length};
};

const replaced = (text: string, entry: EnvEntry, value: string): string => {
	const {equals, from, until} = placeOf(text, entry);
	const raw = rendered(value, entry.quote);
	// A value of several lines is looked for only where its quote follows = at once.
	const begin = raw.includes('\n') ? equals : from;
	const gap = raw !== '' && text[until] === '#' ? ' ' : '';
	return text.slice(0, begin) + raw + gap + text.slice(until);
};

const withoutEntry = (text: string, entry: EnvEntry): string => {
	const {lineStart, until} = placeOf(text, entry);
	const end = text.indexOf('\n', until);
	return text.slice(0, lineStart) + (end < 0 ? '' : text.slice(end + 1));
};

const added = (text: string, key: string, value: string): string => {
	const newline = /\r?\n/.exec(text)?.[0] ?? '\n';
	const before = text.replace(byteOrderMark, '') === '' || text.endsWith('\n') ? '' : newline;
	return `${text}${before}${key}=${rendered(value, 'none')}${newline}`;
};

const othersOf = ({entries}: EnvFile, key: string): string =>
	JSON.stringify(entries.filter(entry => entry.key !== key).map(entry => [entry.key, entry.raw, entry.comment]));

/** What a change of one key makes of a file. Reasons never hold a value. */
export type EnvEdit =
	| {readonly kind: 'edited'; readonly text: string; readonly line: number | undefined}
	| {readonly kind: 'same'; readonly line: number | undefined}
	| {readonly kind: 'refused'; readonly why: string; readonly fix: string};

/**
 * Changes one key of a `.env` and keeps every other byte: comments, order, line ends, `export`, a byte order mark. A key
 * that is not there is added at the end. `value`: undefined takes the key away. `line`: where it stood before.
 */
export const editEnv = (text: string, key: string, value: string | undefined): EnvEdit => {
	const file = parseEnvFile(text);
	const [fault] = file.faults;
	if (fault) return {kind: 'refused', why: `line ${fault.line} ${fault.problem}`, fix: fault.fix};
	const found = file.entries.filter(entry => entry.key === key);
	if (found.length > 1)
		return {
			kind: 'refused',
			why: `${key} is given ${found.length} times, on lines ${found.map(({line}) => line).join(', ')}`,
			fix: 'keep one of them, by hand: the last one is in force',
		};
	const [entry] = found;
	if (entry?.value === value) return {kind: 'same', line: entry?.line};
	const edited =
		value === undefined
			? entry
				? withoutEntry(text, entry)
				: text
			: entry
				? replaced(text, entry, value)
				: added(text, key, value);
	const after = parseEnvFile(edited);
	const now = after.entries.filter(one => one.key === key);
	if (
		after.faults.length > 0 ||
		now.length !== (value === undefined ? 0 : 1) ||
		now[0]?.value !== value ||
		othersOf(after, key) !== othersOf(file, key)
	)
		return {
			kind: 'refused',
			why: `${key} can't be written so that it is read back as it is`,
			fix: 'set it by hand',
		};
	return {kind: 'edited', text: edited, line: entry?.line};
};

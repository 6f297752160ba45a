import fc from 'fast-check';
import {expect, test} from 'vitest';
import {editEnv, isEnvKey, mostValueBytes, valueRefusal} from '../../../src/domain/environments/env-edit.ts';
import {parseEnvFile} from '../../../src/domain/environments/env-file.ts';
import {anyCharacter} from '../../support/any-character.ts';

const edited = (text: string, key: string, value: string | undefined): string => {
	const edit = editEnv(text, key, value);
	return edit.kind === 'edited' ? edit.text : `${edit.kind}${edit.kind === 'refused' ? `: ${edit.why}` : ''}`;
};

test.each([
	['in its place', 'A=1\nB=2\nC=3\n', 'B', 'two', 'A=1\nB=two\nC=3\n'],
	['behind export', '\texport B = 2 # why\n', 'B', '3', '\texport B = 3 # why\n'],
	['in the quotes it had', 'B="2"\n', 'B', '3', 'B="3"\n'],
	['in single quotes where blanks ask for them', 'B=2\n', 'B', 'a b', "B='a b'\n"],
	['with a dollar that is no reference', 'B=2\n', 'B', 'pa$$word', "B='pa$$word'\n"],
	['with a dollar in the double quotes it had', 'B="2"\n', 'B', 'pa$$', String.raw`B="pa\$\$"` + '\n'],
	['over several lines', 'B = 2\nC=3\n', 'B', 'one\ntwo', 'B ="one\ntwo"\nC=3\n'],
	['in the place of several lines', 'B="one\ntwo"\nC=3\n', 'B', 'x', 'B="x"\nC=3\n'],
	['with a quote in it', 'B=2\n', 'B', `it's`, `B="it's"\n`],
	['before a comment that stood at once', 'B= # none\n', 'B', 'x', 'B= x # none\n'],
	['in a file of Windows', 'A=1\r\nB=2\r\n', 'B', '3', 'A=1\r\nB=3\r\n'],
	['at the end of a file of Windows', 'A=1\r\n', 'B', '3', 'A=1\r\nB=3\r\n'],
	['at the end, behind a line without one', 'A=1', 'B', '3', 'A=1\nB=3\n'],
	['in an empty file', '', 'B', '3', 'B=3\n'],
	['behind a byte order mark', '\uFEFFB=2\nA=1\n', 'B', '3', '\uFEFFB=3\nA=1\n'],
	['empty', 'B=2\n', 'B', '', 'B=\n'],
	['taken away', 'A=1\nB="x\ny" # z\nC=3', 'B', undefined, 'A=1\nC=3'],
	['taken away from the end', 'A=1\nB=2', 'B', undefined, 'A=1\n'],
])('env edit: %s', (_, text, key, value, expected) => {
	expect(edited(text, key, value)).toBe(expected);
});

test.each([
	['the value it has', 'B=2\n', 'B', '2'],
	['the same in other quotes', "B='2'\n", 'B', '2'],
	['a key that is away already', 'A=1\n', 'B', undefined],
])('env edit: nothing to change for %s', (_, text, key, value) => {
	expect(editEnv(text, key, value).kind).toBe('same');
});

test('env edit: a key that is given twice is named with its lines, and no value with it', () => {
	const edit = editEnv('B=secret-one\nA=1\nB=secret-two\n', 'B', 'x');

	expect(edit).toMatchObject({kind: 'refused', why: 'B is given 2 times, on lines 1, 3'});
	expect(JSON.stringify(edit)).not.toContain('secret-');
});

test('env edit: a line that nobody can read is named, and nothing of it shown', () => {
	const edit = editEnv('A=1\nB=two hushed words\n', 'A', '2');

	expect(edit).toMatchObject({kind: 'refused', why: 'line 2 B has more text after its value'});
	expect(JSON.stringify(edit)).not.toContain('hushed');
});

const key = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,5}$/);
const value = fc
	.string({unit: anyCharacter, maxLength: 30})
	.filter(text => valueRefusal(text) === undefined)
	.map(text => text.normalize());
const awkward = fc
	.array(fc.constantFrom('"', "'", '\\', '$', '{', '}', '#', '=', ' ', '\n', 'a', 'KEY=', 'é', '`'), {maxLength: 12})
	.map(parts => parts.join(''));
const line = fc.oneof(
	fc.constantFrom('', '# a comment', '   ', '#KEY=no'),
	fc.tuple(key, fc.constantFrom('1', '"x y"', "'$a'", '"a\nb"', '', 'a # b', '"q\\"q"')).map(pair => pair.join('=')),
	key.map(name => `export ${name}=1`),
);

test('env edit: the value is read back, and every other line is as it was, whatever both are', () => {
	fc.assert(
		fc.property(
			fc.array(line, {maxLength: 8}),
			fc.constantFrom('\n', '\r\n'),
			fc.boolean(),
			key,
			fc.oneof(value, awkward),
			(lines, newline, endsOpen, name, text) => {
				const before =
					lines.map(one => one.replaceAll('\n', newline)).join(newline) + (endsOpen ? '' : newline);
				const edit = editEnv(before, name, text);
				const stood = parseEnvFile(before).entries.filter(entry => entry.key === name);
				if (stood.length > 1) return edit.kind === 'refused';
				if (edit.kind !== 'edited') return edit.kind === 'same' && stood[0]?.value === text;
				const after = parseEnvFile(edit.text);
				const rest = (file: string): string => {
					const {entries, comments} = parseEnvFile(file);
					return JSON.stringify([
						entries.filter(entry => entry.key !== name).map(({raw, comment}) => [raw, comment]),
						comments.map(comment => comment.text),
					]);
				};
				expect(after.faults).toEqual([]);
				expect(after.entries.filter(entry => entry.key === name).map(entry => entry.value)).toEqual([text]);
				expect(rest(edit.text)).toBe(rest(before));
				const [old] = stood;
				if (!old) return edit.text.startsWith(before);
				// Byte by byte: what stands before the value, and what stands behind it.
				const start = before
					.split('\n')
					.slice(0, old.line - 1)
					.join('\n').length;
				const at = before.indexOf('=', start) + 1;
				const behind = before.slice(before.indexOf(old.raw, at) + old.raw.length);
				return edit.text.startsWith(before.slice(0, at)) && edit.text.endsWith(behind);
			},
		),
		{seed: 7, numRuns: 600},
	);
});

test('env edit: taking away what was added gives the file back', () => {
	fc.assert(
		fc.property(fc.array(line, {maxLength: 6}), awkward, (lines, text) => {
			const before = lines.map(one => `${one}\n`).join('');
			const edit = editEnv(before, 'ADDED_BY_US', text);
			return edit.kind === 'edited' && edited(edit.text, 'ADDED_BY_US', undefined) === before;
		}),
		{seed: 7, numRuns: 200},
	);
});

test.each([
	['a NUL', 'a\0b', 'it holds a NUL character'],
	['an escape sequence', 'a\u001B[31mb', 'it holds a control character other than a line break'],
	['a tab', 'a\tb', 'it holds a control character other than a line break'],
	['a C1 control', 'a\u009Bb', 'it holds a control character other than a line break'],
	['a carriage return', 'a\r\nb', 'it holds a carriage return: save it with plain line ends'],
	['one byte too many', 'a'.repeat(mostValueBytes + 1), 'it is larger than 64 KiB'],
	['bytes counted, not characters', 'é'.repeat(mostValueBytes / 2 + 1), 'it is larger than 64 KiB'],
])('env value: refused for %s, and never quoted', (_, text, why) => {
	expect(valueRefusal(text)).toBe(why);
});

test.each(['', 'a', 'a\nb', 'é $x "y"', 'a'.repeat(mostValueBytes)])('env value: %j can be written', text => {
	expect(valueRefusal(text)).toBeUndefined();
});

test('env value: what Next would read otherwise is refused for a frontend only', () => {
	expect(valueRefusal('pa$$', 'nextjs')).toContain('Next');
	expect(valueRefusal('plain words', 'nextjs')).toBeUndefined();
});

test.each([
	['MAIL_HOST', true],
	['_a1', true],
	['1A', false],
	['A-B', false],
	['A B', false],
	['', false],
	['A=1', false],
])('env key: %s is one: %s', (name, is) => {
	expect(isEnvKey(name)).toBe(is);
});

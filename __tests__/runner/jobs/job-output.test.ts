import {expect, test} from 'vitest';
import {createJobOutput, sanitise, withoutMarks, type OutputBatch} from '../../../src/runner/jobs/job-output.ts';

const commands = [{argv: ['composer', 'install'], label: 'composer'}, {argv: ['php', 'artisan']}] as const;

/** Feeds pieces and joins what belongs together: how a log was cut must not show. */
const read = (pieces: readonly Uint8Array[]): readonly (readonly [string, string])[] => {
	const output = createJobOutput(commands);
	const batches: OutputBatch[] = [...pieces.flatMap(piece => output.feed(piece)), ...output.finish()];
	return batches.flatMap(({command, lines}) => lines.map(line => [command, line] as const));
};

const log = Buffer.from('before\n\u001E0\nLöse 2 Pakete 日本 🚀\r\nno newline\u001E1\n\n10%\r55%\r100%\nlast');
const lines = [
	['', 'before'],
	['composer', 'Löse 2 Pakete 日本 🚀'],
	['composer', 'no newline'],
	['php artisan', ''],
	['php artisan', '100%'],
	['php artisan', 'last'],
];

test('job output: lines go to the command that wrote them, wherever the stream is cut in two', () => {
	for (let at = 0; at <= log.length; at += 1) expect(read([log.subarray(0, at), log.subarray(at)])).toEqual(lines);
});

test('job output: byte by byte gives the same', () => {
	expect(read([...log].map(byte => Uint8Array.of(byte)))).toEqual(lines);
});

test('job output: bytes that are not UTF-8 become replacement characters and lose no line', () => {
	const bytes = Buffer.concat([
		Buffer.from('\u001E0\na'),
		Buffer.from([0xff, 0xc3, 0x0a, 0xe2, 0x82]),
		Buffer.from('\nb\n'),
	]);

	expect(read([bytes])).toEqual([
		['composer', 'a\uFFFD\uFFFD'],
		['composer', '\uFFFD'],
		['composer', 'b'],
	]);
	expect(read([...bytes].map(byte => Uint8Array.of(byte)))).toEqual(read([bytes]));
});

test('job output: knows the command under way, and a mark of a command that is not in the list names none', () => {
	const output = createJobOutput(commands);
	expect(output.command).toBe(-1);
	output.feed(Buffer.from('\u001E1\n'));
	expect([output.command, output.label]).toEqual([1, 'php artisan']);
	output.feed(Buffer.from('\u001E9\n'));
	expect(output.label).toBe('');
});

test.each([
	['colours', '\u001B[31mred\u001B[0m', 'red'],
	['colours with colons', '\u001B[38:5:1mred', 'red'],
	['cursor moves and clearing', 'a\u001B[2J\u001B[1;1Hb\u001B[?25l', 'ab'],
	['a title, ended by BEL', '\u001B]0;owned\u0007text', 'text'],
	['a link, ended by ST', '\u001B]8;;http://127.0.0.1\u001B\\text\u001B]8;;\u001B\\', 'text'],
	['a device string', '\u001BPq#0\u001B\\text', 'text'],
	['two-byte sequences', '\u001Bctext\u001B7', 'text'],
	['a lone escape at the end', 'text\u001B', 'text'],
	['8-bit controls', 'a\u009B31mb\u0085', 'a31mb'],
	['bells, backspaces, NUL, DEL', 'a\u0007\bb\u0000\u007F', 'ab'],
	['direction marks', 'a\u202Etxt.exe\u2066', 'a<U+202E>txt.exe<U+2066>'],
	['what takes no room', 'pay\u200Bpal \uFEFFx a\u00ADb\u2060', 'pay<U+200B>pal <U+FEFF>x a<U+00AD>b<U+2060>'],
	[
		'a joiner in a picture, which stays, and in a word',
		'👩\u200D💻 ⚠\uFE0F a\u200Db',
		'👩\u200D💻 ⚠\uFE0F a<U+200D>b',
	],
	['tabs', 'a\tb', 'a    b'],
	['progress that overwrites itself', '10%\r55%\r100%', '100%'],
	['a line of Windows', 'text\r', 'text'],
	['a lone return', '\r', ''],
])('sanitise: %s', (_, line, shown) => {
	expect(sanitise(line)).toBe(shown);
});

test('without marks: the words of the tools stay, also before a mark that follows no newline', () => {
	expect(withoutMarks('\u001E0\nfirst\nno newline\u001E1\nsecond\n')).toBe('first\nno newline\nsecond\n');
});

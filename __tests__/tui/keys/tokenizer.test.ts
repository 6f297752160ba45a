import fc from 'fast-check';
import {expect, test} from 'vitest';
import {createTokenizer, type Token} from '../../../src/tui/keys/tokenizer.ts';
import {keyBytes, pasteBytes} from '../../support/key-bytes.ts';

const short = (token: Token): string => (token.kind === 'key' ? token.name : `paste ${token.text}`);

/** Tokens of chunks that arrive without a pause; a pause follows the last. */
const tokens = (...chunks: readonly (string | Uint8Array)[]): string[] => {
	const tokenizer = createTokenizer();
	const pushed = chunks.flatMap(chunk => tokenizer.push(Buffer.from(chunk as string)));
	return [...pushed, ...tokenizer.flush()].map(short);
};

test.each([
	['a letter', 'a', ['a']],
	['a capital', 'R', ['R']],
	['letters typed ahead', 'yes\r', ['y', 'e', 's', 'enter']],
	['a letter beyond ASCII', 'é', ['é']],
	['a letter outside the first plane', '𝒶', ['𝒶']],
	['Enter as line feed', '\n', ['enter']],
	['Tab and Shift-Tab', '\t\u001B[Z', ['tab', 'shift-tab']],
	['both backspaces', '\u007F\b', ['backspace', 'backspace']],
	['arrows', '\u001B[A\u001B[B\u001B[C\u001B[D', ['up', 'down', 'right', 'left']],
	['arrows in application mode', '\u001BOA\u001BOB\u001BOC\u001BOD', ['up', 'down', 'right', 'left']],
	['Home and End of xterm', '\u001B[H\u001B[F\u001BOH\u001BOF', ['home', 'end', 'home', 'end']],
	[
		'Home and End of the linux console and rxvt',
		'\u001B[1~\u001B[4~\u001B[7~\u001B[8~',
		['home', 'end', 'home', 'end'],
	],
	['pages and delete', '\u001B[5~\u001B[6~\u001B[3~', ['pageup', 'pagedown', 'delete']],
	['F1 of three terminals', '\u001BOP\u001B[11~\u001B[[A', ['f1', 'f1', 'f1']],
	['Ctrl-C, Ctrl-Z', '\u0003\u001A', ['ctrl-c', 'ctrl-z']],
	['Escape alone, after a pause', '\u001B', ['esc']],
	['Escape, then an arrow', '\u001B\u001B[A', ['esc', 'up']],
	['three Escapes', '\u001B\u001B\u001B', ['esc', 'esc', 'esc']],
	['Escape, then a letter in the same chunk', '\u001Bq', ['esc', 'q']],
	['Escape, then Enter in the same chunk', '\u001B\r', ['esc', 'enter']],
	['Escape, then [ after a pause', '\u001B[', ['esc', '[']],
	['Escape, then ] in the same chunk', '\u001B]', ['esc', ']']],
	['Escape, then P in the same chunk', '\u001BP', ['esc', 'P']],
	['a sequence cut off by the next', '\u001B[12;\u001B[A', ['up']],
	['a sequence cut off by Ctrl-C', '\u001B[12;\u0003', ['ctrl-c']],
	['a mouse report cut off by an arrow', '\u001B[M \u001B[A', ['up']],
	['a paste', pasteBytes('yes'), ['paste yes']],
	['a paste between keys', `j${pasteBytes('two\nlines')}k`, ['j', 'paste two\nlines', 'k']],
	['an empty paste', pasteBytes(''), ['paste ']],
	['a paste that holds sequences', pasteBytes('\u001B[A\u001B[200~\u001Bq'), ['paste \u001B[A\u001B[200~\u001Bq']],
])('tokenizer: %s', (_, text, expected) => {
	expect(tokens(text)).toEqual(expected);
});

test.each([
	['a mouse report', '\u001B[<0;12;7M\u001B[<0;12;7m'],
	['a mouse report of the oldest kind', '\u001B[M !q'],
	['a focus report', '\u001B[I\u001B[O'],
	['a cursor position report', '\u001B[12;40R'],
	['device attributes', '\u001B[?64;1;2c'],
	['a colour report', '\u001B]11;rgb:1111/2222/3333\u0007'],
	['a colour report with the other end', '\u001B]11;rgb:1111/2222/3333\u001B\\'],
	['a version report', '\u001BP>|xterm(388)\u001B\\'],
	['a key with modifiers nobody binds', '\u001B[1;5A\u001B[1;2P'],
	['a key in the kitty protocol', '\u001B[97;5u'],
	['the end of a paste that never began', '\u001B[201~'],
	['bytes that are no UTF-8', Buffer.from([0xff, 0xfe])],
	['control characters of eight bits', '\u0085\u009B'],
	['NUL', '\0'],
])('tokenizer: %s is ignored and the next key works', (_, garbage) => {
	expect(tokens(garbage, 'q')).toEqual(['q']);
});

test('tokenizer: half a sequence waits however long the pause, and ends as it began', () => {
	const tokenizer = createTokenizer();

	const early = [...tokenizer.push(Buffer.from('\u001B[1')), ...tokenizer.flush(), ...tokenizer.flush()];

	expect(early).toEqual([]);
	expect(tokenizer.push(Buffer.from('1~')).map(short)).toEqual(['f1']);
});

test('tokenizer: a paste under way is kept through pauses', () => {
	const tokenizer = createTokenizer();

	const early = [...tokenizer.push(Buffer.from('\u001B[200~on')), ...tokenizer.flush()];

	expect(early).toEqual([]);
	expect(tokenizer.isWaiting).toBe(false);
	expect(tokenizer.push(Buffer.from('e\u001B[201~')).map(short)).toEqual(['paste one']);
});

const names = [
	'enter',
	'tab',
	'shift-tab',
	'backspace',
	'up',
	'down',
	'home',
	'end',
	'pageup',
	'pagedown',
	'f1',
	'ctrl-c',
];
const typed = fc.string({unit: 'grapheme', minLength: 1, maxLength: 6}).filter(text => !/[\p{Cc}\uFFFD]/u.test(text));
const pasted = fc
	.oneof(typed, fc.constantFrom('\u001B[A', '\u001B', '\r\n', 'a\tb', '\u001B[200~', '\u001B[201'))
	.filter(text => !text.includes('\u001B[201~'));
const piece = fc.oneof(
	fc.constantFrom(...names).map(name => ({bytes: keyBytes(name), expected: [name]})),
	typed.map(text => ({bytes: text, expected: Array.from(text, letter => (letter === ' ' ? 'space' : letter))})),
	pasted.map(text => ({bytes: pasteBytes(text), expected: [`paste ${text}`]})),
	fc.constantFrom('\u001B[<35;1;1M', '\u001B]10;x\u0007', '\u001B[I').map(bytes => ({bytes, expected: []})),
);

test('tokenizer: keys, pastes and text give the same tokens wherever the bytes are split', () => {
	fc.assert(
		fc.property(fc.array(piece, {maxLength: 12}), fc.array(fc.nat(), {maxLength: 20}), (pieces, cuts) => {
			const bytes = Buffer.from(pieces.map(({bytes}) => bytes).join(''));
			const at = [...new Set(cuts.map(cut => cut % (bytes.length + 1)))].sort((a, b) => a - b);
			const chunks = [0, ...at].map((start, index) => bytes.subarray(start, at[index] ?? bytes.length));
			const each = [...bytes].map(byte => Uint8Array.of(byte));
			const expected = pieces.flatMap(({expected}) => expected);

			expect(tokens(bytes)).toEqual(expected);
			expect(tokens(...chunks)).toEqual(expected);
			expect(tokens(...each)).toEqual(expected);
		}),
		{numRuns: 500},
	);
});

test('tokenizer: whatever bytes arrive, nothing is thrown and the next keys come through', () => {
	fc.assert(
		fc.property(fc.array(fc.uint8Array({maxLength: 20}), {maxLength: 8}), chunks => {
			const tokenizer = createTokenizer();
			for (const chunk of chunks) tokenizer.push(chunk);
			tokenizer.flush();
			// Ends what may be under way: a paste, a report, half a letter, half a sequence.
			tokenizer.push(Buffer.from('\u001B[201~\u0007\u001B[0m\u001B[0m\u001B[0m'));
			tokenizer.flush();

			expect(tokenizer.push(Buffer.from('q')).map(short)).toEqual(['q']);
		}),
		{numRuns: 2000},
	);
});

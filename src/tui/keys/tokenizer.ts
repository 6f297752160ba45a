import {StringDecoder} from 'node:string_decoder';

/** One key press or one paste, whatever pieces it arrived in. */
export type Token =
	| {readonly kind: 'key'; readonly name: string; readonly sequence: string}
	| {readonly kind: 'paste'; readonly text: string};

const named: Readonly<Record<string, string>> = {
	'\r': 'enter',
	'\n': 'enter',
	'\t': 'tab',
	'\u007F': 'backspace',
	'\b': 'backspace',
	' ': 'space',
	'[A': 'up',
	'[B': 'down',
	'[C': 'right',
	'[D': 'left',
	OA: 'up',
	OB: 'down',
	OC: 'right',
	OD: 'left',
	'[H': 'home',
	'[F': 'end',
	OH: 'home',
	OF: 'end',
	'[1~': 'home',
	'[4~': 'end',
	'[7~': 'home',
	'[8~': 'end',
	'[3~': 'delete',
	'[5~': 'pageup',
	'[6~': 'pagedown',
	'[Z': 'shift-tab',
	OP: 'f1',
	'[11~': 'f1',
	'[[A': 'f1',
};

const pasteStart = '\u001B[200~';
const pasteEnd = '\u001B[201~';

/** A whole escape sequence at the start of the text; the end may still be missing. */
const sequence =
	/^\u001B(?:\[\[[A-E]|\[M[^\u001B]{3}|\[(?!M)[\d;?<=>]*[ -/]*[@-~]|O[A-Za-z]|\]\d+;[^\u0000-\u001F]*(?:\u0007|\u001B\\)|P[>!\d][|$+][^\u0000-\u001F]*\u001B\\)/;
const unfinished =
	/^\u001B(?:\[\[?|\[M[^\u001B]{0,2}|\[(?!M)[\d;?<=>]*[ -/]*|O|\](?:\d+(?:;[^\u0000-\u001F]*\u001B?)?)?|P(?:[>!\d](?:[|$+][^\u0000-\u001F]*\u001B?)?)?)?$/;
/** What a person can have typed, Escape and a key in one chunk, as well as the start of a sequence. */
const ambiguous = /^\u001B(?:\[|O|\]\d*|P[>!\d]?)?$/;
/** The start of a sequence that goes on with what can't belong to it: damaged on its way, so nothing in it was meant. */
const damaged = /^\u001B(?:\[(?!\[)[\d;?<=>]*[ -/]*(?=[^ -~])|\[M[^\u001B]{0,2}(?=\u001B))/;

const keyOf = (text: string): Token | undefined => {
	const known = named[text.startsWith('\u001B') ? text.slice(1) : text];
	if (known !== undefined) return {kind: 'key', name: known, sequence: text};
	const code = text.codePointAt(0) ?? 0;
	if (code >= 1 && code <= 26) return {kind: 'key', name: `ctrl-${String.fromCodePoint(code + 96)}`, sequence: text};
	// Mouse and terminal reports, and bytes that are no UTF-8: nothing here answers to them.
	return isText(code) ? {kind: 'key', name: text, sequence: text} : undefined;
};

const isText = (code: number): boolean => code >= 32 && (code < 127 || code >= 160) && code !== 0xff_fd;

/**
 * Turns what a terminal sends into tokens: keys sent in one chunk, one by one, or split at every byte give the same
 * result, Alt with a key being Escape and that key. A bracketed paste stays whole. A lone Escape can't be told from the
 * start of a sequence until `flush`.
 */
export const createTokenizer = () => {
	const decoder = new StringDecoder('utf8');
	let rest = '';

	const next = (): Token | 'ignored' | undefined => {
		if (rest === '') return undefined;
		if (rest.startsWith(pasteStart)) return paste();
		if (!rest.startsWith('\u001B')) return consume(String.fromCodePoint(rest.codePointAt(0) ?? 0));
		if (unfinished.test(rest)) return undefined;
		const whole = sequence.exec(rest)?.[0];
		if (whole !== undefined) return consume(whole);
		const broken = damaged.exec(rest)?.[0];
		if (broken === undefined || broken === '\u001B[') return take('\u001B', 'esc');
		rest = rest.slice(broken.length);
		return 'ignored';
	};

	const paste = (): Token | undefined => {
		const end = rest.indexOf(pasteEnd);
		if (end < 0) return undefined;
		const text = rest.slice(pasteStart.length, end);
		rest = rest.slice(end + pasteEnd.length);
		return {kind: 'paste', text};
	};

	const take = (text: string, name: string): Token => {
		rest = rest.slice(text.length);
		return {kind: 'key', name, sequence: text};
	};

	const consume = (text: string): Token | 'ignored' => {
		rest = rest.slice(text.length);
		return keyOf(text) ?? 'ignored';
	};

	const drain = (): Token[] => {
		const tokens: Token[] = [];
		for (let token = next(); token !== undefined; token = next()) if (token !== 'ignored') tokens.push(token);
		return tokens;
	};

	return {
		push: (chunk: Uint8Array): Token[] => {
			rest += decoder.write(Buffer.from(chunk));
			return drain();
		},
		/** What is left over after a pause: an Escape that no sequence followed. Half a sequence, or a paste, is kept. */
		flush: (): Token[] => {
			if (!ambiguous.test(rest)) return [];
			const escape = take('\u001B', 'esc');
			return [escape, ...drain()];
		},
		/** Whether a pause would mean something. */
		get isWaiting(): boolean {
			return ambiguous.test(rest);
		},
	};
};

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
const sequence = /^\u001B(?:\[\[[A-E]|\[[\d;?<=>]*[ -/]*[@-~]|O[ -~]|[^[O\u001B])/;
const unfinished = /^\u001B(?:\[\[?|\[[\d;?<=>]*[ -/]*|O)?$/;

const keyOf = (text: string): Token | undefined => {
	const known = named[text.startsWith('\u001B') ? text.slice(1) : text];
	if (known !== undefined) return {kind: 'key', name: known, sequence: text};
	const code = text.codePointAt(0) ?? 0;
	if (code >= 1 && code <= 26) return {kind: 'key', name: `ctrl-${String.fromCodePoint(code + 96)}`, sequence: text};
	// Alt with a key, mouse and terminal reports: nothing here answers to them.
	return code < 32 ? undefined : {kind: 'key', name: text, sequence: text};
};

/**
 * Turns what a terminal sends into tokens: keys sent in one chunk, one by one, or split at every byte give the same
 * result. A bracketed paste stays whole. A lone Escape can't be told from the start of a sequence until `flush`.
 */
export const createTokenizer = () => {
	const decoder = new StringDecoder('utf8');
	let rest = '';

	const next = (): Token | 'ignored' | undefined => {
		if (rest === '') return undefined;
		if (rest.startsWith(pasteStart)) {
			const end = rest.indexOf(pasteEnd);
			if (end < 0) return undefined;
			const text = rest.slice(pasteStart.length, end);
			rest = rest.slice(end + pasteEnd.length);
			return {kind: 'paste', text};
		}
		if (rest.startsWith('\u001B')) {
			if (unfinished.test(rest)) return undefined;
			if (rest.startsWith('\u001B\u001B')) return take('\u001B', 'esc');
			const whole = sequence.exec(rest)?.[0] ?? '\u001B';
			return whole === '\u001B' ? take('\u001B', 'esc') : consume(whole);
		}
		const [first = ''] = rest;
		return consume(first);
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
		/** What is left over after a pause: an Escape that nothing followed. A paste under way is kept. */
		flush: (): Token[] => {
			if (!rest.startsWith('\u001B') || rest.startsWith(pasteStart)) return [];
			const escape = take('\u001B', 'esc');
			return [escape, ...drain()];
		},
		/** Whether a pause would mean something. */
		get isWaiting(): boolean {
			return rest.startsWith('\u001B') && !rest.startsWith(pasteStart);
		},
	};
};

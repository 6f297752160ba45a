import {createTokenizer, type Token} from '../keys/tokenizer.ts';

const pasteOn = '\u001B[?2004h';
const pasteOff = '\u001B[?2004l';
/** Pause after which a lone Escape is a key: longer than a sequence takes to arrive over a slow link's packet. */
const escapeMs = 40;

export type TerminalGuard = {
	/** Raw mode and bracketed paste on; keys begin to arrive. */
	readonly hold: () => void;
	/** Everything as it was found. Safe to call at any time and more than once. */
	readonly release: () => void;
};

/** Owns the keyboard of the real terminal: Ink only sees what the dispatcher forwards. */
export const createTerminalGuard = (options: {
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly onToken: (token: Token) => void;
}): TerminalGuard => {
	const {stdin, stdout, onToken} = options;
	const tokenizer = createTokenizer();
	let isHeld = false;
	let pause: NodeJS.Timeout | undefined;

	const deliver = (tokens: readonly Token[]): void => {
		for (const token of tokens) onToken(token);
	};
	const onData = (chunk: Buffer): void => {
		clearTimeout(pause);
		deliver(tokenizer.push(chunk));
		if (tokenizer.isWaiting) pause = setTimeout(() => deliver(tokenizer.flush()), escapeMs);
	};

	return {
		hold: () => {
			if (isHeld) return;
			isHeld = true;
			stdin.setRawMode(true);
			stdin.on('data', onData);
			stdin.resume();
			stdout.write(pasteOn);
		},
		release: () => {
			clearTimeout(pause);
			if (!isHeld) return;
			isHeld = false;
			stdin.off('data', onData);
			stdin.pause();
			stdout.write(pasteOff);
			if (stdin.isRaw) stdin.setRawMode(false);
		},
	};
};

import {createTokenizer, type Token} from '../keys/tokenizer.ts';

const pasteOn = '\u001B[?2004h';
const pasteOff = '\u001B[?2004l';
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
	/**
	 * Pause after which a lone Escape is a key; default 40 ms, longer than a sequence takes to arrive over a slow link's
	 * packet.
	 */
	readonly escapeMs?: number | undefined;
}): TerminalGuard => {
	const {stdin, stdout, onToken, escapeMs = 40} = options;
	const tokenizer = createTokenizer();
	let isHeld = false;
	let pause: NodeJS.Timeout | undefined;
	let lastLook: NodeJS.Immediate | undefined;

	const deliver = (tokens: readonly Token[]): void => {
		for (const token of tokens) onToken(token);
	};
	const stopWaiting = (): void => {
		clearTimeout(pause);
		clearImmediate(lastLook);
	};
	// A process that was busy sees the pause end before it sees the rest, which lay ready: input is read once more.
	const onPause = (): void => {
		lastLook = setImmediate(() => deliver(tokenizer.flush()));
	};
	const onData = (chunk: Buffer): void => {
		stopWaiting();
		deliver(tokenizer.push(chunk));
		if (tokenizer.isWaiting) pause = setTimeout(onPause, escapeMs);
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
			stopWaiting();
			if (!isHeld) return;
			isHeld = false;
			stdin.off('data', onData);
			stdin.pause();
			stdout.write(pasteOff);
			if (stdin.isRaw) stdin.setRawMode(false);
		},
	};
};

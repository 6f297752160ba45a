import {styleText} from 'node:util';

/** What a front end without a screen may use of this process; handed down so that tests own it. */
export type Terminal = {
	readonly out: (text: string) => void;
	readonly err: (text: string) => void;
	/** Whether a person is there to answer. */
	readonly isInteractive: boolean;
	/** TERM=dumb: no cursor to move. */
	readonly isDumb: boolean;
	readonly hasColour: boolean;
	/** Asks one question and resolves with the line typed; undefined when input ended. */
	readonly ask: (question: string) => Promise<string | undefined>;
	/**
	 * Reads what nobody may read along: all of standard input, at a terminal one line that is asked for and not echoed.
	 * Undefined when nothing was typed; of what is longer, a little more than `maxBytes`.
	 */
	readonly readHidden: (question: string, maxBytes: number) => Promise<Uint8Array | undefined>;
	/** Calls back once when standard input ends. */
	readonly onInputEnd: (listener: () => void) => void;
	/** Calls back for INT, TERM and HUP until the returned function is called. */
	readonly onSignal: (listener: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void) => () => void;
};

export type Meaning = 'header' | 'success' | 'attention' | 'danger' | 'muted' | 'strong';

const colours = {
	header: 'blue',
	success: 'green',
	attention: 'yellow',
	danger: 'red',
	muted: 'dim',
	strong: 'bold',
} as const satisfies Record<Meaning, Parameters<typeof styleText>[0]>;

/** Colours by meaning, as the old scripts had them. Source: workflow, "Colored Output". */
export const paint = ({hasColour}: Pick<Terminal, 'hasColour'>, meaning: Meaning, text: string): string =>
	hasColour ? styleText(colours[meaning], text, {validateStream: false}) : text;

/** Whether to colour a stream. NO_COLOR wins, then FORCE_COLOR, then whether it is a capable terminal. */
export const wantsColour = (environment: Readonly<Record<string, string | undefined>>, isTTY: boolean): boolean => {
	if (environment['NO_COLOR']) return false;
	const forced = environment['FORCE_COLOR'];
	if (forced !== undefined) return forced !== '0' && forced !== 'false';
	return isTTY && environment['TERM'] !== 'dumb';
};

import type {Terminal} from './terminal.ts';

/** Version of the objects `--json` prints; raised when a field changes its meaning. */
export const jsonSchemaVersion = 1;

/** Characters JSON leaves as they are and a terminal may obey. */
const obeyed = /[\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** One object on one line. */
export const printJson = (terminal: Pick<Terminal, 'out'>, object: Readonly<Record<string, unknown>>): void => {
	const line = JSON.stringify({schema: jsonSchemaVersion, ...object});
	terminal.out(`${line.replaceAll(obeyed, escaped)}\n`);
};

/** What a verb has to say: for programs an object, for people a line. */
export const tell = (
	terminal: Terminal,
	json: boolean,
	object: Readonly<Record<string, unknown>>,
	text: string,
): void => (json ? printJson(terminal, object) : terminal.out(`${text}\n`));

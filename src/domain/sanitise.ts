/** Escape sequences as terminals know them: CSI, strings up to their end (OSC, DCS, APC, PM, SOS), two-byte ones. */
const sequences = /\u001B\[[0-?]*[ -/]*[@-~]|\u001B[\]P_^X][^\u0007\u001B]*(?:\u0007|\u001B\\)|\u001B./g;

/** Control characters, and those that turn the direction of text, with which a line can show what it does not say. */
const controls = /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

/** Removes what could move a cursor, ring a bell or overwrite a line: text from a host is shown, never obeyed. */
export const sanitise = (line: string): string =>
	line
		.slice(line.lastIndexOf('\r', line.length - 2) + 1)
		.replaceAll(sequences, '')
		.replaceAll('\t', '    ')
		.replaceAll(controls, '');

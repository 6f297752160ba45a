/** Escape sequences as terminals know them: CSI, strings up to their end (OSC, DCS, APC, PM, SOS), two-byte ones. */
const sequences = /\u001B\[[0-?]*[ -/]*[@-~]|\u001B[\]P_^X][^\u0007\u001B]*(?:\u0007|\u001B\\)|\u001B./g;

const controls = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]/g;

/**
 * What takes no room and turns or joins what stands around it, so that a line shows what it does not say and two names
 * look the same. A joiner within a picture of several is part of it.
 */
const unseen =
	/\u034F|[\u00AD\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180E\u200B\u200C\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]|(?<!\p{Extended_Pictographic}|[\u{1F3FB}-\u{1F3FF}]|\uFE0F)\u200D|\u200D(?!\p{Extended_Pictographic})/gu;

/** `<U+200B>`, which says itself in every font and to every reader of screens. */
const markOf = (character: string): string =>
	`<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;

/** Most of what hosts say: nothing of it is ever touched. */
const isPlain = /^[ -~]*$/;

/**
 * Removes what could move a cursor, ring a bell or overwrite a line, and shows what nobody would see as a mark: text from
 * a host is shown, never obeyed.
 */
export const sanitise = (line: string): string => (isPlain.test(line) ? line : sanitised(line));

const sanitised = (line: string): string =>
	line
		.slice(line.lastIndexOf('\r', line.length - 2) + 1)
		.replaceAll(sequences, '')
		.replaceAll('\t', '    ')
		.replaceAll(controls, '')
		.replaceAll(unseen, markOf);

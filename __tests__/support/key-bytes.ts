const names: Readonly<Record<string, string>> = {
	enter: '\r',
	esc: '\u001B',
	tab: '\t',
	'shift-tab': '\u001B[Z',
	backspace: '\u007F',
	space: ' ',
	up: '\u001B[A',
	down: '\u001B[B',
	right: '\u001B[C',
	left: '\u001B[D',
	home: '\u001B[H',
	end: '\u001B[F',
	delete: '\u001B[3~',
	pageup: '\u001B[5~',
	pagedown: '\u001B[6~',
	f1: '\u001BOP',
};

/** What a terminal sends for a key by its name in the bindings; any other text is sent as it is. */
export const keyBytes = (key: string): string =>
	names[key] ?? (/^ctrl-[a-z]$/.test(key) ? String.fromCodePoint(key.charCodeAt(5) - 96) : key);

/** What a terminal sends for a paste in bracketed mode. */
export const pasteBytes = (text: string): string => `\u001B[200~${text}\u001B[201~`;

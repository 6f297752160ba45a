/** Each sign with what stands for it in ASCII: one cell wide each, none with an emoji form. Source: design, "Screens". */
const both = {
	done: ['✓', '+'],
	failed: ['✗', 'x'],
	open: ['○', 'o'],
	waits: ['◔', '~'],
	unclear: ['?', '?'],
	carried: ['»', '>'],
	notApplicable: ['–', '-'],
	healthy: ['●', '@'],
	attention: ['▲', '!'],
	rolledBack: ['↓', 'v'],
	cursor: ['▌', '>'],
	prompt: ['▸', '>'],
	barDone: ['━', '='],
	barTip: ['╸', '='],
	barRest: ['─', '-'],
	rule: ['─', '-'],
	thickRule: ['━', '='],
	mark: ['┼', '+'],
	/** The same everywhere; not there, where nobody misses it. */
	dot: ['·', '.'],
	/** A letter that is not shown. */
	hidden: ['•', '*'],
	cut: ['…', '~'],
	/** So many rows more below, and above. */
	below: ['▾', 'v'],
	above: ['▴', '^'],
	running: [
		['◐', '◓', '◑', '◒'],
		['|', '/', '-', '\\'],
	],
	levels: [
		['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
		['_', '.', '-', '-', '=', '=', '#', '#'],
	],
	frame: [
		{topLeft: '╭', topRight: '╮', bottomLeft: '╰', bottomRight: '╯', horizontal: '─', vertical: '│'},
		{topLeft: '+', topRight: '+', bottomLeft: '+', bottomRight: '+', horizontal: '-', vertical: '|'},
	],
	arrows: ['↑ ↓', 'up down'],
} satisfies Readonly<Record<string, readonly [unknown, unknown]>>;

export type Glyphs = {readonly [Name in keyof typeof both]: Readonly<(typeof both)[Name][0]>};

/** Whether the locale can show more than ASCII: LC_ALL, then LC_CTYPE, then LANG. */
export const hasUnicode = (environment: Readonly<Record<string, string | undefined>>): boolean => {
	const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
	return /utf-?8/i.test(locale);
};

const column = (at: 0 | 1): Glyphs =>
	Object.fromEntries(Object.entries(both).map(([name, signs]) => [name, signs[at]])) as unknown as Glyphs;

const [unicode, ascii] = [column(0), column(1)];

export const glyphsFor = (isUnicode: boolean): Glyphs => (isUnicode ? unicode : ascii);

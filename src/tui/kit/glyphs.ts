/** One cell wide each, none with an emoji form. Source: design, "Screens". */
const unicode = {
	done: '✓',
	failed: '✗',
	open: '○',
	waits: '◔',
	unclear: '?',
	carried: '»',
	notApplicable: '–',
	healthy: '●',
	attention: '▲',
	rolledBack: '↓',
	cursor: '▌',
	prompt: '▸',
	barDone: '━',
	barTip: '╸',
	barRest: '─',
	rule: '─',
	thickRule: '━',
	mark: '┼',
	cut: '…',
	running: ['◐', '◓', '◑', '◒'],
	levels: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
	frame: {topLeft: '╭', topRight: '╮', bottomLeft: '╰', bottomRight: '╯', horizontal: '─', vertical: '│'},
	arrows: '↑ ↓',
} as const;

export type Glyphs = {
	readonly [Name in keyof typeof unicode]: (typeof unicode)[Name] extends string
		? string
		: (typeof unicode)[Name] extends readonly string[]
			? readonly string[]
			: Readonly<Record<keyof (typeof unicode)['frame'], string>>;
};

const ascii: Glyphs = {
	done: '+',
	failed: 'x',
	open: 'o',
	waits: '~',
	unclear: '?',
	carried: '>',
	notApplicable: '-',
	healthy: '@',
	attention: '!',
	rolledBack: 'v',
	cursor: '>',
	prompt: '>',
	barDone: '=',
	barTip: '=',
	barRest: '-',
	rule: '-',
	thickRule: '=',
	mark: '+',
	cut: '~',
	running: ['|', '/', '-', '\\'],
	levels: ['_', '.', '-', '-', '=', '=', '#', '#'],
	frame: {topLeft: '+', topRight: '+', bottomLeft: '+', bottomRight: '+', horizontal: '-', vertical: '|'},
	arrows: 'up down',
};

/** Whether the locale can show more than ASCII: LC_ALL, then LC_CTYPE, then LANG. */
export const hasUnicode = (environment: Readonly<Record<string, string | undefined>>): boolean => {
	const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
	return /utf-?8/i.test(locale);
};

export const glyphsFor = (isUnicode: boolean): Glyphs => (isUnicode ? unicode : ascii);

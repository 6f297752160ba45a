import type {Problem} from '../../store/deploy/wizard.ts';
import {
	beside,
	blank,
	brokenText,
	cellsOf,
	fit,
	muted,
	ofHeight,
	pad,
	rule,
	span,
	widthOf,
	type Row,
	type Span,
} from './rows.ts';
import type {Glyphs} from './glyphs.ts';
import type {Theme, Tone} from './theme.tsx';

/** A screen gets the room between header and footer, in cells, and fills it exactly; so does a stage of a deploy. */
export type ScreenProps = {readonly width: number; readonly height: number};

/** How rows are drawn: glyphs, and whether colour tells anything. */
export type Look = Pick<Theme, 'glyphs' | 'hasColour'>;

/** From here on panels stand beside each other. */
export const isWide = (width: number): boolean => width >= 100;

/** The same row with the cut mark of these glyphs: what puts rows beside each other knows only the usual one. */
export const withCut = (row: Row, {glyphs}: Look): Row =>
	glyphs.cut === '…' ? row : row.map(piece => ({...piece, text: piece.text.replaceAll('…', glyphs.cut)}));

/** One column of margin at both sides, exactly `height` rows. */
export const framed = (rows: readonly Row[], width: number, height: number, look: Look): readonly Row[] =>
	ofHeight(rows, height).map(row => (row.length === 0 ? row : withCut([span(' '), ...fit(row, width - 2)], look)));

/** Panels below each other, a blank line between each two. */
export const loose = (panels: readonly (readonly Row[])[]): readonly Row[] =>
	panels.filter(rows => rows.length > 0).flatMap((rows, index) => (index > 0 ? [blank, ...rows] : rows));

/** The first of several forms of the same that fits; what does not fit of the last one is cut at its end. */
export const firstFitting = (forms: readonly (readonly Row[])[], height: number): readonly Row[] =>
	(forms.find(rows => rows.length <= height) ?? forms.at(-1) ?? []).slice(0, Math.max(0, height));

/** Panels below each other, with a blank line between while there is room; what is left over is cut at the end. */
export const stack = (panels: readonly (readonly Row[])[], height: number): readonly Row[] =>
	firstFitting([loose(panels), panels.flat()], height);

/** Rows in columns, read down one column after the other. */
export const columnsOf = (rows: readonly Row[], width: number, count = 2): readonly Row[] => {
	const cells = Math.floor(width / count);
	const tall = Math.ceil(rows.length / count);
	const columns = Array.from({length: count}, (_, index) => ({
		rows: rows.slice(index * tall, (index + 1) * tall),
		width: index === count - 1 ? width - cells * index : cells,
	}));
	return beside(columns, 0);
};

/** Rows in columns, read from left to right. */
export const inLines = (rows: readonly Row[], width: number, count: number): readonly Row[] => {
	const cells = Math.floor(width / count);
	return Array.from({length: Math.ceil(rows.length / count)}, (_, line) =>
		rows.slice(line * count, (line + 1) * count).flatMap(row => pad(row, cells)),
	);
};

/** A panel's head: its title in bold, one fact at the right; as rows where they are more than words. */
export const panelHead = (
	title: string | Row,
	width: number,
	{glyphs}: Pick<Look, 'glyphs'>,
	fact: string | Row = [],
	tone: Tone = 'muted',
): Row =>
	rule(
		typeof title === 'string' ? [span(title, 'value', {bold: true})] : title,
		typeof fact !== 'string' ? fact : fact === '' ? [] : [span(fact, 'muted')],
		width,
		{line: glyphs.rule, tone},
	);

/** `label      value`, one column in. */
export const labelled = (label: string, value: string | Row, labelWidth = 10): Row => [
	span(' '),
	...pad([span(label, 'muted')], labelWidth),
	span(' '),
	...(typeof value === 'string' ? [span(value)] : value),
];

/** A labelled row for each fact there is, in order. */
export const factRows = (
	facts: Readonly<Record<string, string | Row | undefined>>,
	labelWidth?: number,
): readonly Row[] =>
	Object.entries(facts).flatMap(([label, value]) =>
		value === undefined ? [] : [labelled(label, value, labelWidth)],
	);

/** A word that joins what stands before it is as wide as both are together. */
const joins = /^[\p{M}\p{Cf}\p{Emoji_Modifier}]/u;

/** Breaks text into lines of at most `width` cells, between words where it can; its own line breaks stay. */
export const wrap = (text: string, width: number): readonly string[] =>
	text.split('\n').flatMap(line => {
		const lines: string[] = [];
		let current = '';
		let used = 0;
		for (const word of line.split(' ')) {
			const cells = cellsOf(word);
			const longer = current === '' ? word : `${current} ${word}`;
			const longerCells = current === '' ? cells : joins.test(word) ? cellsOf(longer) : used + 1 + cells;
			if (longerCells <= width) {
				[current, used] = [longer, longerCells];
				continue;
			}
			if (current !== '') lines.push(current);
			[current, used] = [word, cells];
			if (cells <= width) continue;
			const pieces = brokenText(word, Math.max(2, width));
			lines.push(...pieces.slice(0, -1));
			current = pieces.at(-1) ?? '';
			used = cellsOf(current);
			// Two cells are the least that a wide character takes.
			if (used > width) {
				lines.push(current);
				[current, used] = ['', 0];
			}
		}
		return [...lines, current];
	});

/** Text of several lines, one column in. */
export const textRows = (text: string, width: number, tone?: Tone): readonly Row[] =>
	wrap(text, Math.max(8, width - 2)).map(line => [span(` ${line}`, tone)]);

/** Text behind a sign of three cells that stands before its first line. */
export const hanging = (sign: Span, text: string, width: number, tone?: Tone, isBold = false): readonly Row[] =>
	wrap(text, Math.max(8, width - 4)).map((line, index) => [
		index === 0 ? sign : {...sign, text: '   '},
		span(line, tone, {bold: isBold}),
	]);

/** The first `count` rows, and how many more there are. */
export const atMost = (rows: readonly Row[], count: number): readonly Row[] =>
	rows.length <= count ? rows : [...rows.slice(0, count), muted(` and ${rows.length - count} more`)];

/** Pieces one after the other, as many in a row as fit; none is broken. */
export const flow = (pieces: readonly Row[], width: number, gap: Row = blank): readonly Row[] =>
	pieces.reduce<readonly Row[]>((rows, piece) => {
		const longer = [...(rows.at(-1) ?? []), ...gap, ...piece];
		return rows.length > 0 && widthOf(longer) <= width ? [...rows.slice(0, -1), longer] : [...rows, piece];
	}, []);

/** A label with text of several lines beside it. */
export const paragraph = (label: string, text: string, width: number, tone?: Tone, labelWidth = 7): readonly Row[] =>
	wrap(text, Math.max(8, width - labelWidth - 3)).map((line, index) =>
		labelled(index === 0 ? label : '', [span(line, tone)], labelWidth),
	);

/** What an error says, besides what happened. */
type Told = Omit<Problem, 'what'>;

/** Why, what is live now, what to do. */
export const problemRows = ({why, now, next}: Told, width: number, nowTone?: Tone): readonly Row[] => [
	...paragraph('Why', why, width),
	...paragraph('Now', now, width, nowTone),
	...paragraph('Next', next, width, 'accent'),
];

/** An error in its four lines. */
export const problemPanel = (problem: Problem, width: number, look: Look, nowTone?: Tone): readonly Row[] => [
	panelHead([span(`${look.glyphs.failed} ${problem.what}`, 'danger', {bold: true})], width, look, [], 'danger'),
	...problemRows(problem, width, nowTone),
];

/** The mark of something under way, turned once a second. */
export const turning = ({running}: Glyphs, now: number): string =>
	running[Math.floor(now / 1000) % running.length] ?? '';

/** A state in one word, inverse; bracketed where colour is all inverse had. */
export const chip = (text: string, tone: Tone, {hasColour}: Look): Row => [
	hasColour ? span(` ${text} `, tone, {inverse: true, bold: true}) : span(`[${text}]`, tone, {bold: true}),
];

/** A bar of `width` cells; `fraction` from 0 to 1. */
export const bar = (fraction: number, width: number, {glyphs}: Look, tone: Tone = 'accent'): Row => {
	const cells = Math.max(0, Math.min(1, fraction)) * width;
	const full = Math.floor(cells);
	const hasTip = cells - full >= 0.5 && full < width;
	return [
		span(glyphs.barDone.repeat(full) + (hasTip ? glyphs.barTip : ''), tone),
		span(glyphs.barRest.repeat(Math.max(0, width - full - (hasTip ? 1 : 0))), 'muted'),
	];
};

/** First of `height` rows of a list of `length`, so that row `at` is in their middle. */
export const firstAround = (at: number, length: number, height: number): number =>
	Math.max(0, Math.min(at - Math.floor(height / 2), length - height));

/** `height` rows of a list, moved so that row `at` is among them. */
export const windowed = <Item>(rows: readonly Item[], at: number, height: number): readonly Item[] => {
	const from = firstAround(at, rows.length, height);
	return rows.length <= height ? rows : rows.slice(from, from + Math.max(0, height));
};

/** Cells left in a row of `width`. */
export const roomAfter = (row: Row, width: number): number => Math.max(0, width - widthOf(row));

import stringWidth from 'string-width';
import type {Tone} from './theme.tsx';

/** A piece of a line in one style. Text holds no control characters. */
export type Span = {
	readonly text: string;
	readonly tone?: Tone;
	readonly bold?: boolean;
	/** Black on a light background of the tone; without colour it is bracketed by whoever builds it. */
	readonly inverse?: boolean;
	/** Bright white on red: the production bar and banners. */
	readonly banner?: boolean;
};

/** One line of a screen, never wider than its panel. */
export type Row = readonly Span[];

const segmenter = new Intl.Segmenter(undefined, {granularity: 'grapheme'});

export const span = (
	text: string,
	tone: Tone = 'value',
	more: Pick<Span, 'bold' | 'inverse' | 'banner'> = {},
): Span => ({
	text,
	tone,
	...more,
});

export const blank: Row = [];

/** A row of words that matter less. */
export const muted = (text: string): Row => [span(text, 'muted')];

/** One cell each, whatever stands beside it: printable ASCII, the ellipsis, lines and blocks. */
const narrow = /^[ -~\u2026\u2500-\u259F]*$/;

/** Widths of short texts that are not narrow: the same signs and letters are asked for with each frame. */
const knownWidths = new Map<string, number>();
const longestKnown = 40;
const mostKnown = 5000;

const askedWidth = (text: string): number => {
	if (text.length > longestKnown) return stringWidth(text);
	const known = knownWidths.get(text);
	if (known !== undefined) return known;
	if (knownWidths.size >= mostKnown) knownWidths.clear();
	const width = stringWidth(text);
	knownWidths.set(text, width);
	return width;
};

/** Width of a text in terminal cells. Nearly every text is narrow; asking for the emoji in a rule of 100 lines is slow. */
export const cellsOf = (text: string): number => (narrow.test(text) ? text.length : askedWidth(text));

/** A text in pieces of at most `width` cells, the last one included; a character that is wider stands alone. */
export const brokenText = (text: string, width: number): readonly string[] => {
	if (narrow.test(text)) {
		const room = Math.max(1, width);
		return Array.from({length: Math.ceil(text.length / room)}, (_, at) => text.slice(at * room, (at + 1) * room));
	}
	const pieces: string[] = [];
	let piece = '';
	let used = 0;
	for (const {segment} of segmenter.segment(text)) {
		const next = cellsOf(segment);
		if (piece !== '' && used + next > width) {
			pieces.push(piece);
			[piece, used] = ['', 0];
		}
		piece += segment;
		used += next;
	}
	return piece === '' ? pieces : [...pieces, piece];
};

/** Width in terminal cells. */
export const widthOf = (row: Row): number => row.reduce((sum, {text}) => sum + cellsOf(text), 0);

/** The first `width` cells of a text; a wide character that does not fit whole is left out. */
export const cutText = (text: string, width: number): string => {
	if (narrow.test(text)) return text.slice(0, Math.max(0, width));
	if (cellsOf(text) <= width) return text;
	let cut = '';
	let used = 0;
	for (const {segment} of segmenter.segment(text)) {
		const next = cellsOf(segment);
		if (used + next > width) break;
		cut += segment;
		used += next;
	}
	return cut;
};

/** Cuts a row to `width` cells, ending in `ellipsis` when something was lost. */
export const fit = (row: Row, width: number, ellipsis = '…'): Row => {
	if (widthOf(row) <= width) return row;
	const room = Math.max(0, width - cellsOf(ellipsis));
	const kept: Span[] = [];
	let used = 0;
	for (const piece of row) {
		const text = cutText(piece.text, room - used);
		if (text !== '') kept.push({...piece, text});
		used += cellsOf(text);
		if (text !== piece.text) break;
	}
	const last = kept.at(-1);
	return width <= 0 ? [] : [...kept, {...last, text: ellipsis}];
};

/** Exactly `width` cells: cut or filled with spaces. */
export const pad = (row: Row, width: number, ellipsis?: string): Row => {
	const cut = fit(row, width, ellipsis);
	const missing = width - widthOf(cut);
	return missing > 0 ? [...cut, {text: ' '.repeat(missing)}] : cut;
};

/** Exactly `width` cells, at the right. */
export const padStart = (row: Row, width: number): Row => {
	const cut = fit(row, width);
	const missing = width - widthOf(cut);
	return missing > 0 ? [{text: ' '.repeat(missing)}, ...cut] : cut;
};

/** `left` at the left, `right` at the right; the left one is cut first, the right one never loses its end. */
export const justify = (left: Row, right: Row, width: number, fill = ' '): Row => {
	const atRight = fit(right, width);
	const room = width - widthOf(atRight);
	const atLeft = fit(left, Math.max(0, room - 1));
	const gap = width - widthOf(atLeft) - widthOf(atRight);
	return gap > 0 ? [...atLeft, {text: fill.repeat(gap), tone: 'muted'}, ...atRight] : [...atLeft, ...atRight];
};

/** Puts lists of rows beside each other: each padded to its width, `gap` spaces between. */
export const beside = (
	parts: readonly {readonly rows: readonly Row[]; readonly width: number}[],
	gap = 2,
): readonly Row[] => {
	const height = Math.max(0, ...parts.map(({rows}) => rows.length));
	return Array.from({length: height}, (_, index) =>
		parts.flatMap(({rows, width}, part): Row => [
			...(part > 0 ? [{text: ' '.repeat(gap)}] : []),
			...pad(rows[index] ?? blank, width),
		]),
	);
};

/** Exactly `height` rows: cut or filled with empty ones. */
export const ofHeight = (rows: readonly Row[], height: number): readonly Row[] =>
	rows.length >= height
		? rows.slice(0, Math.max(0, height))
		: [...rows, ...Array.from({length: height - rows.length}, () => blank)];

/** A panel's head: `─ Title ───── fact ─`, exactly `width` cells. */
export const rule = (
	title: Row,
	fact: Row,
	width: number,
	{line = '─', tone = 'muted'}: {readonly line?: string; readonly tone?: Tone} = {},
): Row => {
	const start: Row = [span(`${line} `, tone), ...title, span(' ')];
	const end: Row = [span(` ${line}`, tone)];
	const room = width - 4 - 1 - widthOf(end);
	// The fact is cut before the end of the rule is: a rule whose end is missing looks like a torn frame.
	const atRight = fact.length > 0 && room > 0 ? [span(' '), ...fit(fact, room), ...end] : [];
	const atLeft = fit(start, Math.max(0, width - widthOf(atRight)));
	const gap = width - widthOf(atLeft) - widthOf(atRight);
	return [...atLeft, span(line.repeat(Math.max(0, gap)), tone), ...atRight];
};

/** The text of a row without its style. */
export const plain = (row: Row): string => row.map(({text}) => text).join('');

import type {Match} from '../../../store/guides/pieces.ts';
import type {Look} from '../../kit/layout.ts';
import {cellsOf, fit, span, type Row, type Span} from '../../kit/rows.ts';
import type {Tone} from '../../kit/theme.tsx';
import type {GuideLine} from './layout-guide.ts';
import type {Fragment} from './table-cells.ts';

/** Cells before the text: where cursor and matches are marked. */
export const markCells = 2;
/** Cells kept free behind it: brackets of a match stand there without colour. */
export const spareCells = 2;

const styles: Readonly<Record<GuideLine['kind'], readonly [tone: Tone, isBold: boolean]>> = {
	heading: ['value', true],
	text: ['value', false],
	item: ['value', false],
	note: ['muted', false],
	command: ['value', true],
	head: ['muted', true],
	cells: ['value', false],
	diagram: ['value', false],
	gap: ['value', false],
};

/** What is found in lines, and which of it was gone to. */
export type Found = {readonly matches: readonly Match[]; readonly current: Match | undefined};

const isIn = (piece: number, {of, start, text}: Fragment, match: Match): boolean =>
	match.piece === piece && match.text === of && match.start < start + text.length && match.end > start;

/** The part of a text, with what is looked for marked in it: where one is inverse or in brackets, else bold. */
const fragmentSpans = (
	fragment: Fragment,
	{matches, current}: Found,
	[tone, bold]: readonly [Tone, boolean],
	{hasColour}: Look,
): readonly Span[] => {
	const {text, start, cells} = fragment;
	const spans: Span[] = [];
	let at = 0;
	for (const match of matches) {
		const [from, to] = [Math.max(0, match.start - start), Math.min(text.length, match.end - start)];
		if (from > at) spans.push(span(text.slice(at, from), tone, {bold}));
		const isHere = match === current;
		const found = text.slice(from, to);
		const [open, close] = [match.start >= start ? '[' : '', match.end <= start + text.length ? ']' : ''];
		spans.push(
			span(isHere && !hasColour ? `${open}${found}${close}` : found, 'accent', {bold: true, inverse: isHere}),
		);
		at = to;
	}
	spans.push(span(text.slice(at), tone, {bold}));
	const missing = cells - cellsOf(text);
	return missing > 0 ? [...spans, span(' '.repeat(missing))] : spans;
};

/** A diagram where only ASCII can be shown: each line and corner as what is next to it. */
const asciiDiagram = (text: string): string =>
	text
		.replaceAll(/[─━]/g, '-')
		.replaceAll(/[│┃]/g, '|')
		.replaceAll(/[\u250C-\u254B\u256D-\u2570]/g, '+')
		.replaceAll(/[▶►→]/g, '>')
		.replaceAll(/[▼↓]/g, 'v')
		.replaceAll(/[▲↑]/g, '^')
		.replaceAll(/[◀◄←]/g, '<');

/** A line of a guide in `width` cells; `mark` says whether the cursor is on it, or follows another one. */
export const drawLine = (
	line: GuideLine,
	found: Found,
	mark: 'cursor' | 'follows' | 'none',
	width: number,
	look: Look,
): Row => {
	const {glyphs} = look;
	const {kind, sign, lead, fragments, end} = line;
	const isAscii = glyphs.rule === '-';
	const here = fragments.map(one => (kind === 'diagram' && isAscii ? {...one, text: asciiDiagram(one.text)} : one));
	const matched = here.map(fragment => found.matches.filter(match => isIn(line.piece, fragment, match)));
	const hasMatch = matched.some(({length}) => length > 0);
	const marks: Span =
		mark === 'cursor'
			? span(`${glyphs.cursor} `, 'accent')
			: mark === 'follows'
				? span(`${glyphs.prompt} `, 'muted')
				: span(hasMatch ? `${glyphs.prompt} ` : '  ', 'accent');
	const bar = span(`${glyphs.frame.vertical} `, mark === 'cursor' ? 'accent' : 'muted');
	const texts =
		sign === 'rule'
			? [span(glyphs.rule.repeat(here[0]?.cells ?? 0), 'muted')]
			: here.flatMap((fragment, at) =>
					fragmentSpans(fragment, {...found, matches: matched[at] ?? []}, styles[kind], look),
				);
	return fit(
		[marks, ...(sign === 'bar' ? [bar] : []), span(lead, 'muted'), ...texts, span(end, 'muted')],
		width,
		glyphs.cut,
	);
};

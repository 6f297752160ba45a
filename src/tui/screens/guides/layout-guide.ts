import type {Guide, GuideSection} from '../../../domain/guides/guide.ts';
import {memoOn} from '../../../domain/memo.ts';
import type {GuideSpot} from '../../../store/guides/guide-view.ts';
import {piecesOf, type Match, type Piece} from '../../../store/guides/pieces.ts';
import {wrap} from '../../kit/layout.ts';
import {cellsOf} from '../../kit/rows.ts';
import {brokenCommand} from './broken-command.ts';
import {columnsFor, inCells, type Fragment} from './table-cells.ts';

/** What stands before the text of a line, beside its lead. */
export type LineSign = 'none' | 'bar' | 'rule';

/** One line of a guide, ready to be drawn in any look. */
export type GuideLine = GuideSpot & {
	readonly kind: Piece['kind'];
	readonly section: number;
	readonly sign: LineSign;
	readonly lead: string;
	readonly fragments: readonly Fragment[];
	/** Stands behind the text and belongs to it no more: that it goes on in the next line. */
	readonly end: string;
	/** The whole command, where it is one. */
	readonly command?: string;
};

export type GuideLayout = {
	readonly pieces: readonly Piece[];
	readonly lines: readonly GuideLine[];
	/** Place of the first line of each piece. */
	readonly firsts: readonly number[];
	/** Piece of the heading of each section. */
	readonly headings: readonly number[];
};

/** The lines of a text that was broken, each with where in it the line begins. */
const fragmentsOf = (whole: string, lines: readonly string[], text = 0): readonly Fragment[] => {
	let from = 0;
	return lines.map(line => {
		const start = whole.indexOf(line, from);
		from = start + line.length;
		return {text: line, of: text, start, cells: 0};
	});
};

type Line = Pick<GuideLine, 'sign' | 'lead' | 'fragments' | 'end'>;

const plainLine = (fragments: readonly Fragment[], lead: string): Line => ({sign: 'none', lead, fragments, end: ''});

/** Below its heading a text stands two cells in. */
const indent = '  ';

const textLines = ({texts: [text = ''], lead}: Piece, width: number): readonly Line[] => {
	const before = indent + lead;
	const room = Math.max(8, width - before.length);
	return fragmentsOf(text, wrap(text, room)).map((fragment, index) =>
		plainLine([fragment], index === 0 ? before : ' '.repeat(before.length)),
	);
};

const commandLines = ({texts: [text = '']}: Piece, width: number): readonly Line[] =>
	brokenCommand(text, width - 2).map(({text: line, start, end, lead}) => ({
		sign: 'bar',
		lead,
		fragments: [{text: line, of: 0, start, cells: 0}],
		end,
	}));

/** The cells of a row below each other in their columns, words wrapped inside; without room for that one below the other. */
const cellLines = (
	piece: Piece,
	width: number,
	columns: readonly number[] | undefined,
	head: Piece,
): readonly Line[] => {
	const room = width - indent.length;
	if (columns) {
		const lines = inCells(piece.texts, columns, fragmentsOf).map(cells => plainLine(cells, indent));
		const rule: Line = {sign: 'rule', lead: indent, fragments: [{text: '', of: 0, start: 0, cells: room}], end: ''};
		return piece.kind === 'head' ? [...lines, rule] : lines;
	}
	if (piece.kind === 'head') return [];
	return piece.texts.flatMap((text, at) => {
		const name = head.texts[at] ?? '';
		const label = name === '' ? '' : `${name}: `;
		// The first cell heads the others.
		const before = at === 0 ? indent : indent + indent;
		const left = width - cellsOf(before) - cellsOf(label);
		const isBeside = left >= Math.max(8, ...text.split(' ').map(cellsOf));
		const lead = isBeside ? before + label : `${before}  `;
		const lines = fragmentsOf(text, wrap(text, Math.max(8, width - cellsOf(lead))), at).map((fragment, index) =>
			plainLine([fragment], index === 0 ? lead : ' '.repeat(cellsOf(lead))),
		);
		return isBeside || label === '' ? lines : [plainLine([], before + label.trimEnd()), ...lines];
	});
};

const pieceLines = (
	piece: Piece,
	width: number,
	columns: readonly number[] | undefined,
	head: Piece,
): readonly Line[] => {
	const [text = ''] = piece.texts;
	switch (piece.kind) {
		case 'gap':
			return [plainLine([], '')];
		case 'heading':
			return fragmentsOf(text, wrap(text, Math.max(8, width))).map(fragment => plainLine([fragment], ''));
		case 'text':
		case 'item':
		case 'note':
			return textLines(piece, width);
		case 'command':
			return commandLines(piece, width);
		case 'head':
		case 'cells':
			return cellLines(piece, width, columns, head);
		case 'diagram':
			return [plainLine([{text, of: 0, start: 0, cells: 0}], '')];
	}
};

/** A guide in lines of at most `width` cells; only a diagram may be wider, and is cut where it is drawn. */
const layOut = (guide: Guide, width: number): GuideLayout => {
	const pieces = piecesOf(guide);
	const lines: GuideLine[] = [];
	const firsts: number[] = [];
	const columnsOf = new Map<number, readonly number[] | undefined>();
	for (const [at, piece] of pieces.entries()) {
		firsts.push(lines.length);
		const {table} = piece;
		if (table === at) {
			const end = pieces.findIndex((other, index) => index > at && other.table !== table);
			const rows = pieces.slice(at, end < 0 ? undefined : end).map(({texts}) => texts);
			columnsOf.set(table, columnsFor(rows, width - indent.length));
		}
		const head = pieces[table ?? at] ?? piece;
		const made = pieceLines(piece, width, table === undefined ? undefined : columnsOf.get(table), head);
		for (const [line, drawn] of made.entries())
			lines.push({
				...drawn,
				piece: at,
				line,
				kind: piece.kind,
				section: piece.section,
				...(piece.kind === 'command' ? {command: piece.texts[0] ?? ''} : {}),
			});
	}
	const headings = pieces.flatMap(({kind}, at) => (kind === 'heading' ? [at] : []));
	return {pieces, lines, firsts, headings};
};

/** The same layout as long as guide and width are: a key that moves lays nothing out. */
const layouts = memoOn((guide: Guide) => {
	let last: {readonly width: number; readonly layout: GuideLayout} | undefined;
	return (width: number): GuideLayout => {
		if (last?.width !== width) last = {width, layout: layOut(guide, width)};
		return last.layout;
	};
});

export const guideLayout = (guide: Guide, width: number): GuideLayout => layouts(guide)(width);

/** The line a match begins in. */
export const lineOfMatch = ({lines, firsts}: GuideLayout, {piece, text, start}: Match): number => {
	const first = firsts[piece] ?? 0;
	let found = first;
	for (let at = first; lines[at]?.piece === piece; at += 1)
		if (lines[at]?.fragments.some(fragment => fragment.of === text && fragment.start <= start)) found = at;
	return found;
};

/** The chapter a section is in. */
export const chapterOf = (sections: readonly GuideSection[], at: number): GuideSection | undefined =>
	sections.slice(0, at + 1).findLast(({level}) => level === 1) ?? sections[at];

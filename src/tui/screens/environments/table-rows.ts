import type {EnvColumn} from '../../../domain/environments/env-table.ts';
import {age} from '../../../domain/format.ts';
import type {EnvLine} from '../../../store/environments/env-lines.ts';
import {panelHead, wrap, type Look} from '../../kit/layout.ts';
import {firstOfPage} from '../../kit/list.tsx';
import {cellsOf, fit, muted, pad, span, type Row} from '../../kit/rows.ts';
import {
	columnTitle,
	columnTone,
	groupFacts,
	groupMark,
	groupTitles,
	isTemplateColumn,
	placeSpans,
	readingText,
	rowMark,
	type EnvView,
} from './look.ts';

/** How the table is laid out. */
export type TableShape = {
	/** Cells of the whole row, and of the key in it. */
	readonly width: number;
	readonly keyWidth: number;
	/** The columns that have room, with their cells, and how many have none. */
	readonly columns: readonly (EnvColumn & {readonly cells: number})[];
	readonly left: number;
};

/** Cursor, glyph and a space. */
const signWidth = 3;
/** As wide as a secret or `Production`, and the gap before it. */
const leastCells = 11;

/** Keys in one column as wide as most of them, then as many places as there is room for; the template goes first. */
export const tableShapeOf = ({columns, lines}: Pick<EnvView, 'columns' | 'lines'>, width: number): TableShape => {
	const longest = Math.max(12, ...lines.map(line => (line.kind === 'key' ? cellsOf(line.row.key) : 0)));
	const room = width - signWidth;
	const keyWidth = Math.min(longest, Math.max(14, Math.floor(room * 0.28)));
	const forColumns = Math.max(leastCells, room - keyWidth);
	const fits = Math.max(1, Math.floor(forColumns / leastCells));
	const wanted = columns.length <= fits ? columns : columns.filter(column => !isTemplateColumn(column));
	const shown = wanted.slice(0, fits);
	const cells = Math.floor(forColumns / Math.max(1, shown.length));
	return {
		width,
		keyWidth,
		left: columns.length - shown.length,
		columns: shown.map((column, index) => ({
			...column,
			cells: index === shown.length - 1 ? forColumns - cells * index : cells,
		})),
	};
};

/** Pieces of a row below each other's columns. */
const inColumns = (
	{width, keyWidth, columns}: TableShape,
	start: Row,
	cell: (column: EnvColumn) => Row,
	{glyphs}: Look,
): Row =>
	fit(
		[
			...pad(start, signWidth + keyWidth, glyphs.cut),
			...columns.flatMap(column => [span(' '), ...pad(cell(column), column.cells - 1, glyphs.cut)]),
		],
		width,
		glyphs.cut,
	);

/** A value this old is said to be so: it is read on entering and when asked for, not by itself. */
const oldMs = 60_000;

const ageSpan = (at: number, now: number): Row => [
	span(`${age(now - at)} ago`, now - at > oldMs ? 'attention' : 'muted'),
];

/** How far a column can be believed: when it was read, that it is being read, or that it could not be. */
const stateOf = (view: EnvView, {id, problem, readAt}: EnvColumn, look: Look): Row => {
	if (view.askedAt !== undefined) return [span(readingText(look), 'accent')];
	if (!view.table) return [];
	if (problem === undefined) return ageSpan(readAt, view.now);
	const from = view.kept?.keptFrom[id];
	return [
		span(`${look.glyphs.unclear} `, 'attention'),
		...(from === undefined ? [span('not read', 'attention')] : [span(`${age(view.now - from)} ago`, 'attention')]),
	];
};

/** Names of the columns, and from when they are. */
export const columnRows = (view: EnvView, shape: TableShape, look: Look): readonly Row[] => {
	const more = shape.left > 0 ? ` +${shape.left} in Enter` : '';
	return [
		inColumns(
			shape,
			[span('   key', 'muted'), span(more, 'attention')],
			column => [
				span(columnTitle(column), columnTone(column, view.environments), {bold: !isTemplateColumn(column)}),
			],
			look,
		),
		inColumns(shape, [span('   read', 'muted')], column => stateOf(view, column, look), look),
	];
};

const headRow = ({group, count}: Extract<EnvLine, {kind: 'head'}>, width: number, look: Look): Row =>
	panelHead([span(`${groupTitles[group]} ${count}`, 'value', {bold: true})], width, look, groupFacts[group]);

/** As many names as fit, then how many more there are. */
const foldText = (keys: readonly string[], width: number, below: string): string => {
	const end = (left: number): string =>
		left === 0 ? `  ${below} Enter opens` : `  ${below} ${left} more, Enter opens`;
	const room = width - cellsOf(end(keys.length));
	let [count, used] = [0, 0];
	for (const key of keys) {
		used += cellsOf(key) + (count > 0 ? 2 : 0);
		if (used > room) break;
		count += 1;
	}
	return count === 0
		? `${keys.length} keys${end(0)}`
		: `${keys.slice(0, count).join(', ')}${end(keys.length - count)}`;
};

const foldRow = (line: Extract<EnvLine, {kind: 'fold'}>, width: number, look: Look): Row => {
	const {group, keys, isOpen} = line;
	const text = isOpen
		? `${look.glyphs.above} ${keys.length} keys below, Enter folds them`
		: foldText(keys, width - signWidth, look.glyphs.below);
	return [groupMark(group, look), span(' '), span(text, 'muted')];
};

const lineRow = (line: EnvLine, view: EnvView, shape: TableShape, look: Look): Row => {
	if (line.kind === 'head') return headRow(line, shape.width, look);
	const isHere = line.id === view.item?.id;
	const cursor = span(isHere ? look.glyphs.cursor : ' ', 'accent');
	if (line.kind === 'fold') return fit([cursor, ...foldRow(line, shape.width, look)], shape.width, look.glyphs.cut);
	const {row, group} = line;
	return inColumns(
		shape,
		[cursor, rowMark(group, row, view, look), span(' '), span(row.key, 'value', {bold: isHere})],
		column => placeSpans(row, column, look),
		look,
	);
};

/** The lines around the cursor, in `height` rows; where some are out of sight, how many and which key shows them. */
export const tableLines = (view: EnvView, shape: TableShape, height: number, look: Look): readonly Row[] => {
	const {lines, item} = view;
	const draw = (shown: readonly EnvLine[]): readonly Row[] => shown.map(line => lineRow(line, view, shape, look));
	if (lines.length <= height) return draw(lines);
	const inner = Math.max(1, height - 2);
	const at = Math.max(
		0,
		lines.findIndex(line => line.kind !== 'head' && line.id === item?.id),
	);
	// The head of the first group is worth more than saying that it is above.
	const first = firstOfPage(at, lines.length, inner);
	const from = first === 1 ? 0 : Math.min(first, lines.length - height + 1);
	const cue = (sign: string, count: number, where: string): Row => muted(`   ${sign} ${count} ${where}`);
	const above = from > 0 ? [cue(look.glyphs.above, from, 'above, PgUp')] : [];
	const rest = lines.slice(from);
	const room = Math.max(1, height - above.length);
	if (rest.length <= room) return [...above, ...draw(rest)];
	const shown = rest.slice(0, room - 1);
	return [...above, ...draw(shown), cue(look.glyphs.below, rest.length - shown.length, 'more, PgDn')];
};

/**
 * What is said of a file in one line: whole, else without the template it is from, which bears the name in front.
 * Undefined: it does not fit.
 */
const inOneLine = (text: string, width: number): string | undefined => {
	const short = text.split(', ').filter(part => !part.startsWith('from .env.'));
	return [text, short.join(', ')].find(form => cellsOf(form) <= width);
};

/** Which set of values the working copy has, for each of its files. `isTall`: what is too long goes on below. */
export const inUseRows = (
	{table}: Pick<EnvView, 'table'>,
	width: number,
	isTall: boolean,
	look: Look,
): readonly Row[] => {
	const {cut} = look.glyphs;
	const inUse = table?.inUse ?? [];
	const fileWidth = Math.min(Math.floor(width / 2), Math.max(0, ...inUse.map(({file}) => cellsOf(file))));
	const room = Math.max(8, width - fileWidth - 4);
	return inUse.flatMap(({file, environment, text}) => {
		const line = inOneLine(text, room);
		// Half a time tells nothing.
		const [name = ''] = text.split(', ');
		const lines = line !== undefined ? [line] : isTall ? wrap(text, room) : [`${name}${cut}`];
		return lines.map((shown, index) =>
			fit(
				[
					span('  '),
					...pad(index === 0 ? [span(file)] : [], fileWidth, cut),
					span('  '),
					span(shown, environment === undefined ? 'attention' : 'value'),
				],
				width,
				cut,
			),
		);
	});
};

/** The same in one line. */
export const inUseLine = ({table}: Pick<EnvView, 'table'>, width: number, look: Look): readonly Row[] => {
	const texts = (table?.inUse ?? []).map(({file, environment, text}) =>
		// What was changed by hand stands behind where it is from.
		environment === undefined ? `${file} ${text}` : `${file} ${text.split(',')[0]}`,
	);
	return texts.length === 0 ? [] : [fit([span('In use ', 'muted'), span(texts.join('; '))], width, look.glyphs.cut)];
};

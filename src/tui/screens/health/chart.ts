import type {HistoryPoint} from '../../../store/health/probe-history.ts';
import {span, type Row, type Span} from '../../kit/rows.ts';
import type {Glyphs} from '../../kit/glyphs.ts';

/** Tops of the scale, in milliseconds: a step is kept for long, so that two looks can be compared. */
const tops = [50, 100, 200, 400, 1000, 2000, 5000, 10_000, 30_000, 60_000];

/** The scale's top for what is to be drawn. */
export const topOf = (points: readonly HistoryPoint[]): number => {
	const largest = Math.max(0, ...points.map(({value}) => value ?? 0));
	return tops.find(top => top >= largest) ?? largest;
};

/** What one cell of time holds: the slowest good answer, or that one was not good; undefined: nobody asked. */
type Cell = {readonly value: number; readonly isBad: boolean} | undefined;

const cellsOf = (points: readonly HistoryPoint[], from: number, until: number, width: number): readonly Cell[] => {
	const cells: Cell[] = Array.from({length: width}, () => undefined);
	for (const {at, value = 0, state} of points) {
		const index = columnOf(at, from, until, width);
		if (index === undefined) continue;
		const before = cells[index];
		cells[index] = {
			value: Math.max(before?.value ?? 0, state === 'pass' ? value : 0),
			isBad: before?.isBad === true || state !== 'pass',
		};
	}
	return cells;
};

/** The cell a moment falls into; undefined outside. */
export const columnOf = (at: number, from: number, until: number, width: number): number | undefined => {
	const index = Math.floor(((at - from) / (until - from)) * width);
	return at < from || at > until ? undefined : Math.min(width - 1, index);
};

/**
 * Answers over time as bars of `height` rows, newest at the right. A time in which one was not good has a cross at the
 * bottom; one in which nobody asked stays empty.
 */
export const chartRows = (
	points: readonly HistoryPoint[],
	{from, until}: {readonly from: number; readonly until: number},
	{width, height}: {readonly width: number; readonly height: number},
	{levels, failed}: Glyphs,
	isFresh: boolean,
): readonly Row[] => {
	const cells = cellsOf(points, from, until, Math.max(1, width));
	const top = topOf(points);
	const steps = levels.length;
	const piece = (cell: Cell, fromBottom: number): Span => {
		if (cell?.isBad) return fromBottom === 0 ? span(failed, isFresh ? 'danger' : 'muted') : span(' ');
		if (!cell) return span(' ');
		const filled = Math.max(1, Math.round((cell.value / top) * steps * height)) - fromBottom * steps;
		const level = Math.min(steps, filled);
		return level <= 0 ? span(' ') : span(levels[level - 1] ?? '', isFresh ? 'success' : 'muted');
	};
	return Array.from({length: height}, (_, row) => merged(cells.map(cell => piece(cell, height - 1 - row))));
};

/** Neighbours of one tone as one piece: a row of the screen has few. */
const merged = (pieces: readonly Span[]): Row =>
	pieces.reduce<Span[]>((row, piece) => {
		const last = row.at(-1);
		if (last && last.tone === piece.tone) row[row.length - 1] = {...last, text: last.text + piece.text};
		else row.push(piece);
		return row;
	}, []);

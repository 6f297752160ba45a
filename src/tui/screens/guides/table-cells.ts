import {wrap} from '../../kit/layout.ts';
import {cellsOf} from '../../kit/rows.ts';

/** A part of a text as it stands in a line. */
export type Fragment = {
	readonly text: string;
	/** Which text of the piece it is of, and where in it the part begins. */
	readonly of: number;
	readonly start: number;
	/** Filled up with spaces to so many cells; 0: as long as it is. */
	readonly cells: number;
};

const gap = 2;
/** A column of fewer cells is no column any more. */
const leastCells = 6;

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(cellsOf));

/** Widths of the columns of a table; undefined where its words have no room beside each other. */
export const columnsFor = (rows: readonly (readonly string[])[], width: number): readonly number[] | undefined => {
	const count = Math.max(0, ...rows.map(({length}) => length));
	const columns = Array.from({length: count}, (_, at) => rows.map(row => row[at] ?? ''));
	const wanted = columns.map(texts => texts.map(text => widest(text.split('\n')))).map(all => Math.max(1, ...all));
	const room = width - gap * Math.max(0, count - 1);
	const sum = (cells: readonly number[]): number => cells.reduce((total, one) => total + one, 0);
	if (sum(wanted) <= room) return wanted;
	const least = columns.map((texts, at) =>
		Math.min(wanted[at] ?? 1, Math.max(leastCells, ...texts.map(text => widest(text.split(/\s/))))),
	);
	if (sum(least) > room) return undefined;
	// Cells left over go one by one to the narrowest that wants more: labels stay whole, and long texts share the rest.
	const cells = [...least];
	for (let left = room - sum(least); left > 0; left -= 1) {
		const lacking = cells.map((have, at) => (have < (wanted[at] ?? 0) ? have : Number.POSITIVE_INFINITY));
		const narrowest = lacking.indexOf(Math.min(...lacking));
		cells[narrowest] = (cells[narrowest] ?? 0) + 1;
	}
	return cells;
};

/** A row of a table as lines: each cell broken within its column. */
export const inCells = (
	texts: readonly string[],
	columns: readonly number[],
	fragmentsOf: (whole: string, lines: readonly string[], text: number) => readonly Fragment[],
): readonly (readonly Fragment[])[] => {
	const cells = columns.map((width, at) => fragmentsOf(texts[at] ?? '', wrap(texts[at] ?? '', width), at));
	const height = Math.max(1, ...cells.map(({length}) => length));
	return Array.from({length: height}, (_, line) =>
		columns.map((width, at): Fragment => {
			const fragment = cells[at]?.[line] ?? {text: '', of: at, start: Number.POSITIVE_INFINITY, cells: 0};
			return {...fragment, cells: at === columns.length - 1 ? 0 : width + gap};
		}),
	);
};

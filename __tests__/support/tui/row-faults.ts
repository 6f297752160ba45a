import {plain, widthOf, type Row} from '../../../src/tui/kit/rows.ts';

export type Room = {
	readonly width: number;
	/** Default: as many rows as there are. */
	readonly height?: number;
	/** A row too wide for its room is cut by whoever frames it; then only heads are looked at. */
	readonly isCut?: boolean;
};

/** What is wrong with rows in a room, a line of words each; none where all is well. */
export const rowFaults = (
	rows: readonly Row[],
	{width, height = rows.length, isCut = false}: Room,
): readonly string[] => [
	...(rows.length > height ? [`${rows.length} rows where there is room for ${height}`] : []),
	...rows.flatMap(row => {
		const text = plain(row);
		const cells = widthOf(row);
		// A panel's head is as wide as its panel. Beside another panel its own part ends before the gap.
		const isHead = text.startsWith('─ ');
		if (cells > width && (isHead || !isCut)) return [`${cells} cells instead of ${width}: ${text}`];
		if (isHead && cells < width) return [`a head of ${cells} cells instead of ${width}: ${text}`];
		return isHead && !/─(?: {3}|$)/.test(text) ? [`a head without its end: ${text}`] : [];
	}),
];

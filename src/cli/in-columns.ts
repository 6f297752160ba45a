import stringWidth from 'string-width';

type Cell = {
	readonly text: string;
	/** Ends at the right of its column. */
	readonly isNumber?: boolean;
	/** Of the cell as wide as its column. */
	readonly paint?: (text: string) => string;
};

/** Rows of one length as lines, each column as wide as its widest cell but the last, which is as wide as it is. */
export const inColumns = (rows: readonly (readonly Cell[])[]): readonly string[] => {
	const widthOf = (column: number): number => Math.max(...rows.map(row => stringWidth(row[column]?.text ?? '')));
	const widths = (rows[0] ?? []).map((_, column) => widthOf(column));
	return rows.map(row =>
		row
			.map(({text, isNumber = false, paint = same => same}, column) => {
				const space = ' '.repeat((widths[column] ?? 0) - stringWidth(text));
				return paint(isNumber ? space + text : column === row.length - 1 ? text : text + space);
			})
			.join('  '),
	);
};

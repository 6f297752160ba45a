import type {Row, Spread} from './compare.ts';

const milliseconds = ({min, median, max}: Spread): string[] =>
	[median, min, max].map(value => value.toFixed(value < 10 ? 1 : 0));

const ratios = (ratio: Spread | undefined): string[] =>
	ratio ? [ratio.median, ratio.min, ratio.max].map(value => value.toFixed(2)) : ['', '', ''];

const head = ['case', 'RTT', 'way', 'n', 'ms', 'min', 'max', 'ratio', 'min', 'max'];

const isText = (column: number): boolean => column === 0 || column === 2;

/** The rows as a Markdown table, padded for reading as text. Milliseconds and ratios are medians, then min and max. */
export const table = (rows: readonly Row[]): string => {
	const cells = rows.map(({case: name, rttMs, way, rounds, ms, ratio}) => [
		name,
		String(rttMs),
		way,
		String(rounds),
		...milliseconds(ms),
		...ratios(ratio),
	]);
	const widths = head.map((title, column) =>
		Math.max(...[head, ...cells].map(line => (line[column] ?? title).length)),
	);
	const pad = (text: string, column: number): string =>
		isText(column) ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
	const line = (texts: readonly string[]): string => `| ${texts.map(pad).join(' | ')} |`;
	const rule = widths.map((width, column) => (isText(column) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
	return [line(head), line(rule), ...cells.map(line)].join('\n');
};

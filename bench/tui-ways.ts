import {openScreen, type Screen} from '../__tests__/support/screen.ts';
import {terminalEnvironment} from '../__tests__/support/tui/terminal-environment.ts';

/** Bundles of the programs compared, and a directory to be their home. */
export type Ways = {
	readonly hello: string;
	readonly stage: string;
	readonly stream: string;
	readonly logs: string;
	readonly home: string;
};

/** Starts a program of node in a terminal of 120x40. */
export const openNode = ({home}: Ways, args: readonly string[]): Screen =>
	openScreen({command: process.execPath, args, env: terminalEnvironment(home), cwd: home});

/** The value below which `share` of the sorted sample lies. */
export const quantile = (sample: readonly number[], share: number): number => {
	const sorted = [...sample].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

export const median = (sample: readonly number[]): number => quantile(sample, 0.5);

/** Prints rows of text in columns. */
export const print = (title: string, rows: readonly (readonly (string | number)[])[]): void => {
	const cells = rows.map(row =>
		row.map(value => (typeof value === 'number' ? value.toFixed(value < 10 ? 2 : 0) : value)),
	);
	const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map(row => (row[column] ?? '').length)));
	console.log(`\n${title}`);
	for (const row of cells)
		console.log(
			row
				.map((value, column) =>
					column === 0 ? value.padEnd(widths[0] ?? 0) : value.padStart(widths[column] ?? 0),
				)
				.join('  '),
		);
};

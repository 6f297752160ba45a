import type {CellResult} from './cell.ts';
import {faults} from './faults.ts';
import {flights} from './pipelines.ts';

/** Short names of pipelines, for the heads of columns. */
export const columns: readonly string[] = flights.map(({name}) => name);
export const rows: readonly string[] = faults.map(({name}) => name);

const isAsSaid = ({untrue, recovered, lost, canaries}: CellResult): boolean =>
	untrue.length === 0 && recovered && lost.length === 0 && canaries.length === 0;

/** What became of a fault in a pipeline: how many of how many cells ended as said. */
const mark = (cells: readonly CellResult[]): string => {
	if (cells.length === 0) return '–';
	const good = cells.filter(isAsSaid).length;
	return good === cells.length ? `✓ ${cells.length}` : `✗ ${good} of ${cells.length}`;
};

const count = (cells: readonly CellResult[], holds: (cell: CellResult) => boolean): number =>
	cells.filter(holds).length;

/** The table of a matrix, in Markdown: a row for each fault, a column for each pipeline. */
export const tableOf = (results: readonly CellResult[]): string => {
	const happened = results.filter(({happened: did}) => did);
	const ways = [...Map.groupBy(happened, ({way}) => way)].map(([way, cells]) => `${way}: ${cells.length}`);
	return [
		`${happened.length} cells. What was said was so in ${count(happened, ({untrue}) => untrue.length === 0)}, a good state was reached again in ${count(happened, ({recovered}) => recovered)} (${ways.toSorted().join(', ')}).`,
		`Cells in which something was lost or left: ${count(happened, ({lost}) => lost.length > 0)}. Cells in which a secret was found: ${count(happened, ({canaries}) => canaries.length > 0)}.`,
		'',
		`| fault | ${columns.join(' | ')} |`,
		`| --- |${columns.map(() => ' --- |').join('')}`,
		...rows.map(
			row =>
				`| ${row} | ${columns.map(column => mark(happened.filter(cell => cell.fault === row && cell.pipeline === column))).join(' | ')} |`,
		),
	].join('\n');
};

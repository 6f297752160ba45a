import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import type {AppName} from '../src/domain/environments/environment.ts';
import {resultFile} from './support/faults/result-file.ts';
import {columns, rows, tableOf} from './support/faults/report.ts';
import type {CellResult} from './support/faults/cell.ts';

const file = 'docs/reliability.md';

/** What the last matrix left, where there was one. */
const resultsOf = (app: AppName): readonly CellResult[] =>
	existsSync(resultFile(app)) ? (JSON.parse(readFileSync(resultFile(app), 'utf8')) as readonly CellResult[]) : [];

if (process.env['UPDATE_RELIABILITY'] !== undefined)
	writeFileSync(
		file,
		readFileSync(file, 'utf8').replace(
			/(<!-- matrix -->\n)[\s\S]*?(\n<!-- \/matrix -->)/,
			(_, from: string, to: string) => from + tableOf((['backend', 'frontend'] as const).flatMap(resultsOf)) + to,
		),
	);
const page = readFileSync(file, 'utf8');

test('reliability: the table is about the pipelines and faults there are', () => {
	const cells = page
		.split('\n')
		.filter(line => line.startsWith('| '))
		.map(line => line.slice(2, -2).split(' | '));
	const head = cells.findIndex(([first]) => first === 'fault');

	expect(cells[head]).toEqual(['fault', ...columns]);
	expect(cells.slice(head + 2).map(([first]) => first)).toEqual(rows);
});

const cell: CellResult = {
	pipeline: columns[0] ?? '',
	fault: rows[0] ?? '',
	point: 'at tar 1',
	happened: true,
	exitCode: 3,
	untrue: [],
	way: 'resume',
	recovered: true,
	lost: [],
	canaries: [],
	said: '',
	ms: 1,
};

test('reliability: a cell that is not as said is counted, one that did not come to its point is not', () => {
	const table = tableOf([cell, {...cell, lost: ['backup a']}, {...cell, happened: false}]);

	expect(table).toContain('2 cells.');
	expect(table).toContain('lost or left: 1.');
	expect(table).toContain(`| ${rows[0]} | ✗ 1 of 2 |`);
});

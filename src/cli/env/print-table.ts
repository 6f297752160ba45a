import {isTrouble} from '../../domain/environments/compare-values.ts';
import type {EnvCell, EnvColumn, EnvFinding, EnvRow, EnvTable} from '../../domain/environments/env-table.ts';
import {age, moment} from '../../domain/format.ts';
import {inColumns} from '../in-columns.ts';
import {paint, type Meaning, type Terminal} from '../terminal.ts';

/** Rows of one kind: what their heading says, and how each of them begins. */
type Group = {readonly title: string; readonly sign: string; readonly meaning: Meaning};

/** What has another value than its own template stands apart from what is as the templates say. */
type GroupName = EnvFinding | 'other';

const groups: Readonly<Record<GroupName, Group>> = {
	missing: {title: 'Missing', sign: '✗', meaning: 'danger'},
	extra: {title: 'Extra: in no template', sign: '▲', meaning: 'attention'},
	twice: {title: 'Given more than once: the last one counts', sign: '▲', meaning: 'attention'},
	same: {title: 'Same where it should differ', sign: '▲', meaning: 'attention'},
	other: {title: 'Not what its template says', sign: '▲', meaning: 'attention'},
	different: {title: 'Different, as the templates say', sign: '✓', meaning: 'success'},
	equal: {title: 'Same everywhere', sign: '·', meaning: 'muted'},
};

const groupOf = (row: EnvRow): GroupName => (row.finding === 'different' && isTrouble(row) ? 'other' : row.finding);

/** A cell as one line, however long it is. */
const cellText = (cell: EnvCell): string => {
	switch (cell.kind) {
		case 'value':
			return cell.text.replaceAll(/\s+/g, ' ');
		case 'secret':
			return `**** ${cell.print}`;
		case 'empty':
			return '(empty)';
		case 'reference':
			return cell.of === 'secret' ? 'secret' : 'per host';
		case 'missing':
			return '-';
		case 'unknown':
			return '?';
	}
};

const widest = 24;
const cut = (text: string): string => (text.length > widest ? `${text.slice(0, widest - 1)}…` : text);

const columnText = ({cells, repeated, problems}: EnvRow, {id, title}: EnvColumn): string => {
	const all = repeated[id];
	if (all) return all.map(cellText).join(', ');
	const cell = cells[id] ?? {kind: 'unknown'};
	return cell.kind === 'missing' && problems.includes(`missing on ${title}`) ? 'missing' : cellText(cell);
};

/** What a row has to say beside its values. */
const detailsOf = (
	{problems, askedFor, setBy}: EnvRow,
	columns: readonly EnvColumn[],
	timeZone: string,
): readonly string[] => [
	...problems,
	...(askedFor.length > 0
		? [
				`asked for by ${askedFor.slice(0, 3).join(', ')}${askedFor.length > 3 ? ` and ${askedFor.length - 3} more` : ''}`,
			]
		: []),
	...columns.flatMap(({id, title}) => {
		const set = setBy[id];
		return set ? [`set on ${title} by ${set.by}, ${moment(set.at, timeZone)}`] : [];
	}),
];

/** How many rows of each finding there are, worst first, for programs and the first line. */
export const countFindings = ({rows}: EnvTable): Readonly<Partial<Record<GroupName, number>>> =>
	Object.fromEntries([...Map.groupBy(rows, groupOf)].map(([group, found]) => [group, found.length]));

const short: Readonly<Record<Exclude<GroupName, 'different' | 'equal'>, string>> = {
	missing: 'missing',
	extra: 'extra',
	twice: 'given more than once',
	same: 'the same where it should differ',
	other: 'not what its template says',
};

const summaryOf = (table: EnvTable): string => {
	const counts = countFindings(table);
	const bad = (['missing', 'extra', 'twice', 'same', 'other'] as const).flatMap(group => {
		const count = counts[group];
		return count === undefined ? [] : [`${count} ${short[group]}`];
	});
	return [`${table.rows.length} ${table.rows.length === 1 ? 'key' : 'keys'}`, ...bad].join(', ');
};

/** Ages, not times: the clock of this machine is none that stands beside those of the hosts. */
const printColumns = (terminal: Terminal, {columns}: EnvTable, now: number): void => {
	const lines = inColumns(
		columns.map(({title, file, readAt, problem}) => [
			{text: `  ${title}`},
			{text: `${file}, read ${age(Math.max(0, now - readAt))} ago${problem === undefined ? '' : ' in vain'}`},
		]),
	);
	for (const [index, {problem, notes = []}] of columns.entries()) {
		terminal.out(`${lines[index] ?? ''}\n`);
		if (problem !== undefined) terminal.out(`    ${paint(terminal, 'danger', `✗ ${problem}`)}\n`);
		for (const note of notes) terminal.out(`    ${paint(terminal, 'attention', `▲ ${note}`)}\n`);
	}
};

type Options = {
	/** Of this machine, epoch milliseconds. */
	readonly now: number;
	readonly timeZone: string;
	/** Leaves out what is as the templates say. */
	readonly onlyTrouble: boolean;
	/** Values as long as they are. */
	readonly whole: boolean;
};

/** The values of an app, by finding, worst first. */
export const printEnvTable = (
	terminal: Terminal,
	table: EnvTable,
	{now, timeZone, onlyTrouble, whole}: Options,
): void => {
	const {app, columns, rows} = table;
	const shown = rows.filter(row => !onlyTrouble || isTrouble(row));
	terminal.out(`${paint(terminal, 'header', app)}  ${summaryOf(table)}\n`);
	printColumns(terminal, table, now);
	const fit = whole ? (text: string): string => text : cut;
	const lines = inColumns([
		['    key', ...columns.map(({title}) => title)].map(text => ({text})),
		...shown.map(row => [
			{text: `  ${groups[groupOf(row)].sign} ${row.key}`},
			...columns.map(column => ({text: fit(columnText(row, column))})),
		]),
	]);
	if (shown.length > 0) terminal.out(`\n${paint(terminal, 'muted', lines[0] ?? '')}\n`);
	let last: GroupName | undefined;
	for (const [index, row] of shown.entries()) {
		const group = groupOf(row);
		const {meaning} = groups[group];
		// Beside its template alone nothing is the same everywhere, or not.
		const isPlain = columns.length === 2 && (group === 'equal' || group === 'different');
		const title = isPlain ? 'As its template says' : groups[group].title;
		if (group !== last)
			terminal.out(
				`  ${paint(terminal, 'strong', `${title} (${shown.filter(one => groupOf(one) === group).length})`)}\n`,
			);
		last = group;
		terminal.out(`${paint(terminal, meaning, (lines[index + 1] ?? '').trimEnd())}\n`);
		if (isTrouble(row)) for (const detail of detailsOf(row, columns, timeZone)) terminal.out(`      ${detail}\n`);
	}
};

/** Which set of values the working copy has. */
export const printInUse = (terminal: Terminal, {inUse}: Pick<EnvTable, 'inUse'>): void => {
	if (inUse.length === 0) return;
	terminal.out(`${paint(terminal, 'header', 'in use here')}\n`);
	for (const line of inColumns(inUse.map(({file, text}) => [{text: `  ${file}`}, {text}]))) terminal.out(`${line}\n`);
};

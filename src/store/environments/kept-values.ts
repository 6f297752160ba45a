import {
	envFindings,
	type EnvCell,
	type EnvColumn,
	type EnvRow,
	type EnvTable,
} from '../../domain/environments/env-table.ts';

/** A table in which places that could not be read have the values they were last read with. */
export type KeptTable = {
	readonly table: EnvTable;
	/** By the id of such a column: when what it shows was read. Epoch milliseconds of this machine. */
	readonly keptFrom: Readonly<Record<string, number>>;
};

const cellIn = (row: EnvRow | undefined, column: string): EnvCell => row?.cells[column] ?? {kind: 'missing'};

const inOrder = (a: EnvRow, b: EnvRow): number =>
	envFindings.indexOf(a.finding) - envFindings.indexOf(b.finding) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** When the values were read that a column of the table before shows; undefined where it shows none. */
const knownFrom = ({table, keptFrom}: KeptTable, {id}: EnvColumn): number | undefined => {
	const column = table.columns.find(one => one.id === id);
	return column?.problem === undefined ? column?.readAt : keptFrom[id];
};

/**
 * What is shown once a table was read again: a place that could not be read keeps its last values, and says from when
 * they are. What is found of a key is as the new table says, which goes by what could be read.
 */
export const keepValues = (before: KeptTable | undefined, next: EnvTable): KeptTable => {
	const kept = next.columns.flatMap(column => {
		const from = column.problem === undefined || !before ? undefined : knownFrom(before, column);
		return from === undefined ? [] : [[column.id, from] as const];
	});
	if (!before || kept.length === 0) return {table: next, keptFrom: {}};
	const old = new Map(before.table.rows.map(row => [row.key, row]));
	const rows = next.rows.map((row): EnvRow => {
		const was = old.get(row.key);
		const repeated = kept.flatMap(([id]) => (was?.repeated[id] ? [[id, was.repeated[id]] as const] : []));
		return {
			...row,
			cells: {...row.cells, ...Object.fromEntries(kept.map(([id]) => [id, cellIn(was, id)]))},
			repeated: {...row.repeated, ...Object.fromEntries(repeated)},
		};
	});
	return {
		table: {...next, rows: [...rows, ...onlyKept(old, next, kept)].toSorted(inOrder)},
		keptFrom: Object.fromEntries(kept),
	};
};

/** Keys that only places had which could not be read this time. */
const onlyKept = (
	old: ReadonlyMap<string, EnvRow>,
	next: EnvTable,
	kept: readonly (readonly [string, number])[],
): readonly EnvRow[] => {
	const there = new Set(next.rows.map(({key}) => key));
	const isKept = (id: string): boolean => kept.some(([column]) => column === id);
	return [...old.values()]
		.filter(row => !there.has(row.key) && kept.some(([id]) => cellIn(row, id).kind !== 'missing'))
		.map(row => ({
			...row,
			cells: Object.fromEntries(
				next.columns.map(({id, problem}): [string, EnvCell] => [
					id,
					isKept(id) ? cellIn(row, id) : {kind: problem === undefined ? 'missing' : 'unknown'},
				]),
			),
			repeated: Object.fromEntries(Object.entries(row.repeated).filter(([id]) => isKept(id))),
		}));
};

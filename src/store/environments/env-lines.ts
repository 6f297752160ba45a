import type {EnvCell, EnvFinding, EnvRow, EnvTable} from '../../domain/environments/env-table.ts';
import type {CockpitState} from '../create-store.ts';
import {selectEnvReading} from './env-tables.ts';

/**
 * Keys under one head. `unlike`: a place has something else than its template. `unclear`: the same in all places that
 * could be read, and not every one could.
 */
export type EnvGroup = EnvFinding | 'unlike' | 'unclear';

/** In the order they are listed: what is wrong, what is not known, what is as it should be. */
const groups: readonly EnvGroup[] = ['missing', 'extra', 'twice', 'same', 'unlike', 'unclear', 'different', 'equal'];

/** Folded until they are opened: nothing in them asks to be looked at. */
const foldable: readonly EnvGroup[] = ['unclear', 'equal'];

const inOrder: readonly EnvGroup[] = ['different', 'equal'];

/** One line of the list. The cursor stands on keys and on folds, never on a head. */
export type EnvLine =
	| {readonly kind: 'head'; readonly group: EnvGroup; readonly count: number}
	| {readonly kind: 'key'; readonly id: string; readonly group: EnvGroup; readonly row: EnvRow}
	| {
			readonly kind: 'fold';
			readonly id: string;
			readonly group: EnvGroup;
			readonly keys: readonly string[];
			readonly isOpen: boolean;
	  };

export type EnvItem = Exclude<EnvLine, {readonly kind: 'head'}>;

/** What is not known is never told as equal, nor what a place last had that could not be read since. */
const groupOf = ({finding, problems, cells}: EnvRow, {columns}: EnvTable): EnvGroup => {
	if (finding === 'different' && problems.length > 0) return 'unlike';
	const isUnclear = columns.some(
		({id, problem}) => problem !== undefined || (cells[id]?.kind ?? 'unknown') === 'unknown',
	);
	return finding === 'equal' && isUnclear ? 'unclear' : finding;
};

const heldBy = (cell: EnvCell, text: string): boolean =>
	cell.kind === 'value' && cell.text.toLowerCase().includes(text);

/** By key or by value. Secrets have no text here, and their prints are no way to look for them. */
const holds = ({key, cells, repeated}: EnvRow, text: string): boolean =>
	key.toLowerCase().includes(text) ||
	[...Object.values(cells), ...Object.values(repeated).flat()].some(cell => heldBy(cell, text));

type Shown = Pick<CockpitState, 'app' | 'envReadings' | 'isEnvTroubleOnly' | 'envOpened' | 'lists'>;

/** The lines of the list, without those above and below its window left out. */
export const selectEnvLines = (state: Shown): readonly EnvLine[] => {
	const table = selectEnvReading(state).kept?.table;
	if (!table) return [];
	const text = state.lists.environments.filter.trim().toLowerCase();
	const rows = text === '' ? table.rows : table.rows.filter(row => holds(row, text));
	const grouped = Map.groupBy(rows, row => groupOf(row, table));
	return groups
		.filter(group => !state.isEnvTroubleOnly || !inOrder.includes(group))
		.flatMap(group => linesOf(group, grouped.get(group) ?? [], state, text !== ''));
};

const linesOf = (
	group: EnvGroup,
	rows: readonly EnvRow[],
	{envOpened}: Pick<Shown, 'envOpened'>,
	isFiltered: boolean,
): readonly EnvLine[] => {
	if (rows.length === 0) return [];
	const keys = rows.map((row): EnvLine => ({kind: 'key', id: row.key, group, row}));
	const head: EnvLine = {kind: 'head', group, count: rows.length};
	// What is looked for is not folded away.
	if (!foldable.includes(group) || isFiltered) return [head, ...keys];
	const isOpen = envOpened.includes(group);
	const fold: EnvLine = {kind: 'fold', id: `${group}/`, group, keys: rows.map(({key}) => key), isOpen};
	return [head, fold, ...(isOpen ? keys : [])];
};

const isItem = (line: EnvLine): line is EnvItem => line.kind !== 'head';

export const selectEnvItems = (state: Shown): readonly EnvItem[] => selectEnvLines(state).filter(isItem);

/** The line under the cursor: the one that was chosen as long as it is there, else the first that is no head. */
export const selectEnvItem = (state: Shown, items = selectEnvItems(state)): EnvItem | undefined =>
	items.find(({id}) => id === state.lists.environments.cursor) ?? items[0];

/** How many keys are in each group, whatever is listed. */
export const countEnvGroups = (table: EnvTable): Readonly<Record<EnvGroup, number>> => {
	const grouped = Map.groupBy(table.rows, row => groupOf(row, table));
	return Object.fromEntries(groups.map(group => [group, grouped.get(group)?.length ?? 0])) as Record<
		EnvGroup,
		number
	>;
};

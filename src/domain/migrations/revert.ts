import {comparedWith, typeText} from './columns.ts';
import type {Change, Migration} from './migration.ts';

/** Whether `migrate:rollback` takes a migration back. `loses`: it does, and what is in the database goes with it. */
export type Revert = {readonly kind: 'yes' | 'loses' | 'no' | 'unknown'; readonly why: readonly string[]};

const order: readonly Revert['kind'][] = ['no', 'unknown', 'loses', 'yes'];

/** The one that counts of several. */
export const worstRevert = (kinds: readonly Revert['kind'][]): Revert['kind'] =>
	order.find(kind => kinds.includes(kind)) ?? 'yes';

type Undone = {readonly kind: Revert['kind']; readonly why?: string};

const yes: Undone = {kind: 'yes'};
const loses = (why: string): Undone => ({kind: 'loses', why});
const no = (why: string): Undone => ({kind: 'no', why});
const unknown = (why: string): Undone => ({kind: 'unknown', why});

/** What `down()` makes of what `up()` did. */
export const revertOf = ({up, down}: Migration): Revert => {
	switch (down.kind) {
		case 'missing':
			return {kind: 'no', why: ['it has no down(): a rollback forgets that it ran and changes nothing']};
		case 'empty':
			return {kind: 'no', why: ['its down() is empty: a rollback forgets that it ran and changes nothing']};
		case 'throws':
			return {kind: 'no', why: ['its down() throws: a rollback stops there']};
		case 'changes': {
			const found = up.map(change => undone(change, up, down.changes));
			const unreadDown = down.changes.map(unread).filter(({kind}) => kind !== 'yes');
			// Where it is not all understood, what seems to stay may well go.
			const all = unreadDown.length === 0 ? found : [...found.filter(({kind}) => kind !== 'no'), ...unreadDown];
			return {
				kind: worstRevert(all.map(({kind}) => kind)),
				why: [...new Set(all.flatMap(({why}) => (why === undefined ? [] : [why])))],
			};
		}
	}
};

/** What `down()` does that nobody here has understood. */
const unread = (change: Change): Undone =>
	change.kind === 'unknown'
		? unknown(`down() is not understood, read it: line ${change.line}, ${change.why}`)
		: change.kind === 'sql'
			? unknown(`down() has raw SQL, read it: ${change.text ?? 'put together while it runs'}`)
			: yes;

const undone = (change: Change, up: readonly Change[], down: readonly Change[]): Undone => {
	const {table, kind} = change;
	const has = (wanted: (back: Change) => boolean): boolean => down.some(wanted);
	const isDropped = has(back => back.kind === 'drop-table' && back.table === table);
	const isMade = up.some(other => other.kind === 'create-table' && other.table === table);
	// With its table everything goes that came with it.
	if (isMade && isDropped) return kind === 'create-table' ? loses(`down drops ${table} and what is in it`) : yes;
	switch (kind) {
		case 'create-table':
			return no(`${table} stays`);
		case 'drop-table':
			return has(back => back.kind === 'create-table' && back.table === table)
				? loses(`down makes ${table} again, empty`)
				: no(`${table} does not come back`);
		case 'rename-table':
			return has(back => back.kind === 'rename-table' && back.table === change.to && back.to === table)
				? yes
				: no(`${change.to} keeps its new name`);
		case 'add-column':
			return addedColumn(change, up, down);
		case 'drop-column':
			return has(back => back.kind === 'add-column' && back.table === table && back.column.name === change.column)
				? loses(`down makes ${table}.${change.column} again, empty`)
				: no(`${table}.${change.column} does not come back`);
		case 'rename-column':
			return has(
				back =>
					back.kind === 'rename-column' &&
					back.table === table &&
					back.column === change.to &&
					back.to === change.column,
			)
				? yes
				: no(`${table}.${change.to} keeps its new name`);
		case 'change-column':
			return changedBack(change, down);
		case 'add-index':
			return indexDropped(change, down)
				? yes
				: no(`the ${change.index} on ${table}.${change.columns.join(', ')} stays`);
		case 'drop-index':
			return has(back => back.kind === 'add-index' && back.table === table && back.index === change.index)
				? yes
				: no(`the ${change.index} ${change.name} of ${table} does not come back`);
		case 'rows':
			return has(back => (back.kind === 'rows' && back.table === table) || back.kind === 'sql')
				? unknown(`down() changes rows of ${table} too: read both`)
				: no(`what it did to the rows of ${table} stays`);
		case 'sql':
			return has(back => back.kind === 'sql')
				? unknown('raw SQL in up() and down(): read both')
				: no('what its raw SQL did stays');
		case 'unknown':
			return unknown(`up() is not understood, read it: line ${change.line}, ${change.why}`);
	}
};

const dropsColumn = (down: readonly Change[], table: string, column: string): boolean =>
	down.some(back => back.kind === 'drop-column' && back.table === table && back.column === column);

const addedColumn = (
	{table, column: {name}}: Extract<Change, {kind: 'add-column'}>,
	up: readonly Change[],
	down: readonly Change[],
): Undone => {
	if (!dropsColumn(down, table, name)) return no(`${table}.${name} stays`);
	const isKey = (change: Change): boolean =>
		change.kind === 'add-index' &&
		change.table === table &&
		change.index === 'foreign key' &&
		change.columns.includes(name);
	const dropsKey = down.some(
		back => back.kind === 'drop-index' && back.table === table && back.index === 'foreign key',
	);
	return up.some(isKey) && !dropsKey
		? unknown(`down drops ${table}.${name} and not its foreign key: MySQL refuses that`)
		: loses(`down drops ${table}.${name} and what is in it`);
};

const changedBack = ({table, column}: Extract<Change, {kind: 'change-column'}>, down: readonly Change[]): Undone => {
	const back = down.find(
		other => other.kind === 'change-column' && other.table === table && other.column.name === column.name,
	);
	if (back?.kind !== 'change-column') return no(`${table}.${column.name} stays as it was changed`);
	const how = comparedWith(column, back.column);
	if (how === 'narrower')
		return loses(`down cuts ${table}.${column.name} to ${typeText(back.column)}: longer values are cut or refused`);
	if (column.isNullable && !back.column.isNullable)
		return unknown(`down wants a value in every ${table}.${column.name}: it fails where one is empty`);
	return how === 'other'
		? unknown(`down changes ${table}.${column.name} to ${typeText(back.column)}: values may not fit`)
		: yes;
};

/** Its name need not say its columns, so one of the kind counts; without its columns no index stays. */
const indexDropped = (
	{table, index, columns}: Extract<Change, {kind: 'add-index'}>,
	down: readonly Change[],
): boolean =>
	down.some(back => back.kind === 'drop-index' && back.table === table && back.index === index) ||
	columns.every(column => dropsColumn(down, table, column));

/** As every place says it, behind `reverted by migrate:rollback:`. */
export const revertText: Readonly<Record<Revert['kind'], string>> = {
	yes: 'yes',
	loses: 'yes, and loses data',
	no: 'no',
	unknown: 'not known',
};

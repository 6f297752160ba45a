import {comparedWith, typeText} from './columns.ts';
import type {Change, IndexKind, Migration} from './migration.ts';
import {droppedIndexText} from './old-code.ts';
import {happens, refused, remains, type Things} from './things.ts';

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

/** Whether migrations can be taken back, in their order; a file that could not be read is undefined. */
export const revertsOf = (migrations: readonly (Migration | undefined)[]): readonly Revert[] => {
	const things: Things = new Map();
	for (const migration of migrations) {
		if (!migration) things.clear();
		for (const change of migration?.up ?? []) happens(things, change);
	}
	let stopped: string | undefined;
	// The last one goes first, and the others meet what it leaves.
	const backwards = migrations.toReversed().map((migration): Revert => {
		if (stopped !== undefined) return {kind: 'no', why: [`a rollback stops before it, at ${stopped}`]};
		if (!migration) {
			things.clear();
			return {kind: 'unknown', why: ['its file could not be read']};
		}
		const {stops, ...revert} = revertOf(migration, things);
		if (stops) stopped = migration.name;
		return revert;
	});
	return backwards.toReversed();
};

/** What `down()` makes of what `up()` did, and of what is there when it runs. */
const revertOf = ({up, down}: Migration, things: Things): Revert & {readonly stops: boolean} => {
	switch (down.kind) {
		case 'missing':
			return {
				kind: 'no',
				why: ['it has no down(): a rollback forgets that it ran and changes nothing'],
				stops: false,
			};
		case 'empty':
			return {
				kind: 'no',
				why: ['its down() is empty: a rollback forgets that it ran and changes nothing'],
				stops: false,
			};
		case 'throws':
			return {kind: 'no', why: ['its down() throws: a rollback stops there'], stops: true};
		case 'changes': {
			const refusal = wentBack(down.changes, things);
			const found = [
				...up.map(change => undone(change, up, down.changes)),
				...up.flatMap(change => {
					// What up() takes and makes by one name was there before, in another form.
					const isAnew = up.some(other => isSame(change, other));
					const left = refusal === undefined && !isAnew ? remains(things, change) : undefined;
					return left === undefined ? [] : [no(left)];
				}),
			];
			const unreadDown = down.changes.map(unread).filter(({kind}) => kind !== 'yes');
			// Where it is not all understood, what seems to stay may well go.
			const all = [
				...(unreadDown.length === 0 ? found : found.filter(({kind}) => kind !== 'no')),
				...unreadDown,
				...down.changes.map(change => beyond(change, up)),
				...(refusal === undefined ? [] : [no(`its down() fails: ${refusal}`)]),
			];
			return {
				kind: worstRevert(all.map(({kind}) => kind)),
				why: [...new Set(all.flatMap(({why}) => (why === undefined ? [] : [why])))],
				stops: refusal !== undefined,
			};
		}
	}
};

/** Whether one makes and the other takes what has one name. */
const isSame = (one: Change, other: Change): boolean => {
	if (one.table !== other.table) return false;
	if (one.kind === 'drop-column') return other.kind === 'add-column' && other.column.name === one.column;
	if (one.kind === 'drop-table') return other.kind === 'create-table';
	return (one.kind === 'add-column' || one.kind === 'create-table') &&
		(other.kind === 'drop-column' || other.kind === 'drop-table')
		? isSame(other, one)
		: false;
};

/** Does what `down()` does, up to what the database refuses; that is answered. */
const wentBack = (changes: readonly Change[], things: Things): string | undefined => {
	for (const change of changes) {
		const refusal = refused(things, change);
		if (refusal !== undefined) return refusal;
		happens(things, change);
	}
	return undefined;
};

/** What `down()` does that takes back nothing of `up()`. */
const beyond = (change: Change, up: readonly Change[]): Undone => {
	const {table} = change;
	const has = (wanted: (made: Change) => boolean): boolean => up.some(wanted);
	const isMade = (name: string): boolean =>
		has(
			made =>
				(made.kind === 'create-table' && made.table === name) ||
				(made.kind === 'rename-table' && made.to === name),
		);
	const did = (words: string): Undone => unknown(`down ${words}, which up() says nothing of: read both`);
	if (change.kind === 'drop-table') return isMade(table) ? yes : did(`drops ${table}`);
	if (change.kind === 'rows')
		return isMade(table) || has(made => made.kind === 'rows' && made.table === table)
			? yes
			: loses(`down changes rows of ${table} (${change.verb})`);
	if (isMade(table) || has(made => made.kind === 'drop-table' && made.table === table)) return yes;
	switch (change.kind) {
		case 'drop-column':
			return has(
				made =>
					made.table === table &&
					((made.kind === 'add-column' && made.column.name === change.column) ||
						(made.kind === 'rename-column' && made.to === change.column)),
			)
				? yes
				: did(`drops ${table}.${change.column}`);
		case 'change-column':
			return has(
				made =>
					made.kind === 'change-column' && made.table === table && made.column.name === change.column.name,
			)
				? yes
				: did(`changes ${table}.${change.column.name}`);
		case 'rename-table':
			return has(made => made.kind === 'rename-table' && made.to === table) ? yes : did(`renames ${table}`);
		case 'rename-column':
			return has(made => made.kind === 'rename-column' && made.table === table && made.to === change.column)
				? yes
				: did(`renames ${table}.${change.column}`);
		case 'create-table':
		case 'add-column':
		case 'add-index':
		case 'drop-index':
		case 'sql':
		case 'unknown':
			return yes;
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
			return indexUndone(change, down);
		case 'drop-index':
			return has(back => back.kind === 'add-index' && back.table === table && isOf(change, back))
				? yes
				: has(back => back.kind === 'add-index' && back.table === table)
					? unknown(`whether down makes ${droppedIndexText(change)} again is not clear: read both`)
					: no(`${droppedIndexText(change)} does not come back`);
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
	const keys = up.filter((change): change is Made => isKey(change));
	const isDropped = (key: Made): boolean =>
		down.some(back => back.kind === 'drop-index' && back.table === table && isOf(back, key));
	return keys.some(key => !isDropped(key))
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

const endings: Readonly<Record<IndexKind, readonly string[]>> = {
	index: ['index', 'fulltext', 'spatialindex'],
	unique: ['unique'],
	primary: ['primary'],
	'foreign key': ['foreign'],
};

type Dropped = Extract<Change, {kind: 'drop-index'}>;
type Made = Extract<Change, {kind: 'add-index'}>;

/** Whether they mean one index: by its columns, by its own name, or by the one that Laravel gives it. */
const isOf = (dropped: Dropped, made: Made): boolean => {
	if (dropped.index !== made.index && !dropped.isUnclear) return false;
	if (dropped.index === 'primary') return true;
	if (dropped.columns) return made.name === undefined && dropped.columns.join() === made.columns.join();
	const given = endings[made.index].map(ending =>
		`${made.table}_${made.columns.join('_')}_${ending}`.toLowerCase().replaceAll(/[-.]/g, '_'),
	);
	const names = made.name === undefined ? given : [made.name.toLowerCase()];
	// Tables may have a prefix.
	return names.some(name => dropped.name.toLowerCase().endsWith(name));
};

/** Without all of its columns no index stays; MySQL keeps one of several on what is left of them. */
const indexUndone = (made: Made, down: readonly Change[]): Undone => {
	const {table, index, columns} = made;
	const dropped = down.filter((back): back is Dropped => back.kind === 'drop-index' && back.table === table);
	if (dropped.some(back => isOf(back, made)) || columns.every(column => dropsColumn(down, table, column))) return yes;
	const where = `the ${index} on ${table}.${columns.join(', ')}`;
	return dropped.some(back => back.index === index || back.isUnclear)
		? unknown(`whether down drops ${where} is not clear: read both`)
		: no(`${where} stays`);
};

/** As every place says it, behind `reverted by migrate:rollback:`. */
export const revertText: Readonly<Record<Revert['kind'], string>> = {
	yes: 'yes',
	loses: 'yes, and loses data',
	no: 'no',
	unknown: 'not known',
};

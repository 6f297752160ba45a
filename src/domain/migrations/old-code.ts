import {comparedWith, typeText} from './columns.ts';
import type {Change, Column, Migration} from './migration.ts';

/** `unknown` is no `fine`: somebody has to read it. */
export type Severity = 'fine' | 'watch' | 'breaks' | 'unknown';

/** What code that does not know a migration meets once it has run. */
export type MigrationFinding = {readonly severity: Severity; readonly text: string};

/** What the migrations before, and this one so far, have made: old code knows none of it. */
export type NewThings = {readonly tables: Set<string>; readonly columns: Set<string>};

export const nothingNew = (): NewThings => ({tables: new Set(), columns: new Set()});

const fine = (text: string): MigrationFinding => ({severity: 'fine', text});
const watch = (text: string): MigrationFinding => ({severity: 'watch', text});
const breaks = (text: string): MigrationFinding => ({severity: 'breaks', text});

/** What the column was before, as `down()` has it. */
const columnBefore = ({down}: Migration, table: string, name: string): Column | undefined =>
	down.kind === 'changes'
		? down.changes.flatMap(change =>
				change.kind === 'change-column' && change.table === table && change.column.name === name
					? [change.column]
					: [],
			)[0]
		: undefined;

/** What old code meets, change by change; adds to `known` what is new. */
export const oldCodeMeets = (migration: Migration, known: NewThings): readonly MigrationFinding[] => {
	// Within a migration that a person has to read anyway, what it may make is taken as made.
	const within: NewThings = {tables: new Set(known.tables), columns: new Set(known.columns)};
	return migration.up.flatMap(change => {
		const isRead = change.kind !== 'unknown' && change.kind !== 'sql';
		const finding =
			isRead && within.tables.has(change.table) ? onNewTable(change) : meets(change, migration, within);
		remember(change, within);
		if (change.isConditional === undefined) remember(change, known);
		return finding ? [finding] : [];
	});
};

const remember = (change: Change, {tables, columns}: NewThings): void => {
	const {table} = change;
	if (change.kind === 'create-table') tables.add(table);
	else if (change.kind === 'rename-table' && tables.has(table)) tables.add(change.to);
	else if (change.kind === 'add-column') columns.add(`${table}.${change.column.name}`);
	else if (change.kind === 'rename-column' && columns.has(`${table}.${change.column}`))
		columns.add(`${table}.${change.to}`);
};

/** A table that old code does not know may be made and filled as it likes; what is not read may touch any other. */
const onNewTable = (change: Change): MigrationFinding | undefined =>
	change.kind === 'add-index' && change.index === 'foreign key'
		? watch(
				`${change.table}.${change.columns.join(', ')} points to another table: what is deleted there may be refused`,
			)
		: undefined;

const meets = (change: Change, migration: Migration, known: NewThings): MigrationFinding | undefined => {
	const {table} = change;
	const isNew = (column: string): boolean => known.columns.has(`${table}.${column}`);
	switch (change.kind) {
		case 'create-table':
			return fine(`${table} is new to it`);
		case 'drop-table':
			return breaks(`${table} is gone: whatever reads or writes it fails`);
		case 'rename-table':
			return breaks(`${table} is called ${change.to}: whatever reads or writes it fails`);
		case 'add-column':
			return addedColumn(table, change.column);
		case 'change-column':
			return isNew(change.column.name)
				? undefined
				: changedColumn(table, change.column, columnBefore(migration, table, change.column.name));
		case 'drop-column':
			return isNew(change.column)
				? undefined
				: breaks(`${table}.${change.column} is gone: whatever reads or writes it fails`);
		case 'rename-column':
			return isNew(change.column)
				? undefined
				: breaks(`${table}.${change.column} is called ${change.to}: whatever reads or writes it fails`);
		case 'add-index':
			return addedIndex(change, isNew);
		case 'drop-index':
			return droppedIndex(change);
		case 'rows':
			return watch(`rows of ${table} are changed (${change.verb})`);
		case 'sql':
			return {severity: 'unknown', text: `raw SQL, read it: ${change.text ?? 'put together while it runs'}`};
		case 'unknown':
			return {severity: 'unknown', text: `not understood, read it: line ${change.line}, ${change.why}`};
	}
};

const addedColumn = (table: string, {name, isNullable, fillsItself, type}: Column): MigrationFinding => {
	if (!isNullable && !fillsItself)
		return breaks(`${table}.${name} must have a value: inserts that do not name it fail`);
	return type.startsWith('softDeletes')
		? watch(`${table}.${name} marks rows as deleted: old code shows them still`)
		: fine(`${table}.${name} is left empty or filled by the database`);
};

const changedColumn = (table: string, after: Column, before: Column | undefined): MigrationFinding => {
	const where = `${table}.${after.name}`;
	if (!before)
		return watch(
			`${where} becomes ${typeText(after)}${after.isNullable ? '' : ', not null'}: what it was is not known`,
		);
	const how = comparedWith(before, after);
	if (how === 'narrower')
		return breaks(`${where} shrinks from ${typeText(before)} to ${typeText(after)}: longer values are refused`);
	if (before.isNullable && !after.isNullable && !after.fillsItself)
		return breaks(`${where} must have a value: writes that leave it empty fail`);
	if (!before.isNullable && after.isNullable) return watch(`${where} may be empty: old code may not expect that`);
	if (before.fillsItself && !after.fillsItself && !after.isNullable)
		return breaks(`${where} has no default any more: inserts that do not name it fail`);
	return how === 'other'
		? watch(`${where} changes from ${typeText(before)} to ${typeText(after)}`)
		: fine(`${where} holds what it held`);
};

const addedIndex = (
	{table, index, columns}: Extract<Change, {kind: 'add-index'}>,
	isNew: (column: string) => boolean,
): MigrationFinding | undefined => {
	const where = `${table}.${columns.join(', ')}`;
	if (index === 'index') return fine(`an index on ${where}`);
	// On a new column only rows that name it can break the rule, and old code names none.
	if (columns.every(isNew) && index !== 'primary') return undefined;
	return index === 'foreign key'
		? watch(`${where} must name a row that is there: writes and deletes that do not fit are refused`)
		: watch(`${where} must be unique: writes that repeat a value are refused`);
};

const droppedIndex = (change: Extract<Change, {kind: 'drop-index'}>): MigrationFinding => {
	const what = droppedIndexText(change);
	if (change.index === 'unique' || change.index === 'primary')
		return watch(`${what} is gone: upserts that lean on it insert twice`);
	return change.isUnclear
		? watch(`${what} is gone: if it kept values unique, they may repeat now`)
		: fine(`${what} is gone`);
};

/** `the unique key users_email_unique of users` */
export const droppedIndexText = ({table, index, name}: Extract<Change, {kind: 'drop-index'}>): string =>
	['the', index, ...(index === 'unique' || index === 'primary' ? ['key'] : []), name, 'of', table]
		.filter(word => word !== '')
		.join(' ');

const order: readonly Severity[] = ['breaks', 'unknown', 'watch', 'fine'];

/** The one that counts of several. */
export const worst = (findings: readonly MigrationFinding[]): Severity =>
	order.find(severity => findings.some(finding => finding.severity === severity)) ?? 'fine';

/** As every place says it. */
export const severityText: Readonly<Record<Severity, string>> = {
	fine: 'fine',
	watch: 'watch out',
	breaks: 'breaks',
	unknown: 'not known',
};

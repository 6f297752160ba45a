import type {Change, Column, IndexKind} from './migration.ts';
import type {Call, Value} from './php/statements.ts';

/** Methods that make one column, and its name where none is given. */
const columnNames: Readonly<Record<string, string>> = {
	id: 'id',
	rememberToken: 'remember_token',
	softDeletes: 'deleted_at',
	softDeletesTz: 'deleted_at',
	softDeletesDatetime: 'deleted_at',
};

const columnTypes = new Set([
	...Object.keys(columnNames),
	...'increments integerIncrements tinyIncrements smallIncrements mediumIncrements bigIncrements'.split(' '),
	...'char string tinyText text mediumText longText integer tinyInteger smallInteger mediumInteger bigInteger'.split(
		' ',
	),
	...'unsignedInteger unsignedTinyInteger unsignedSmallInteger unsignedMediumInteger unsignedBigInteger'.split(' '),
	...'float double decimal unsignedFloat unsignedDouble unsignedDecimal boolean enum set json jsonb date'.split(' '),
	...'dateTime dateTimeTz time timeTz timestamp timestampTz year binary uuid ulid ipAddress macAddress'.split(' '),
	...'foreignId foreignUuid foreignUlid geometry geography point lineString polygon vector tsvector'.split(' '),
	...'multiPoint multiLineString multiPolygon geometryCollection computed rawColumn'.split(' '),
]);

/** Methods that make several columns, all of which may be null. */
const nullablePairs: Readonly<Record<string, readonly [string, string]>> = {
	timestamps: ['created_at', 'updated_at'],
	timestampsTz: ['created_at', 'updated_at'],
	nullableTimestamps: ['created_at', 'updated_at'],
	nullableTimestampsTz: ['created_at', 'updated_at'],
	datetimes: ['created_at', 'updated_at'],
};

const morphs = /^(nullable)?(numericMorphs|uuidMorphs|ulidMorphs|morphs)$/i;

/** What may stand behind a column and says nothing that is asked here. */
const quiet = new Set(
	'after first comment charset collation constrained references on onDelete onUpdate cascadeOnDelete cascadeOnUpdate restrictOnDelete restrictOnUpdate nullOnDelete nullOnUpdate noActionOnDelete noActionOnUpdate invisible useCurrentOnUpdate always persisted from startingValue isGeometry srid length total places change nullable default unsigned unique index primary fulltext fullText spatialIndex autoIncrement useCurrent storedAs virtualAs generatedAs storedAsJson virtualAsJson instant lock'.split(
		' ',
	),
);

const indexes: Readonly<Record<string, IndexKind>> = {
	index: 'index',
	rawIndex: 'index',
	fullText: 'index',
	fulltext: 'index',
	spatialIndex: 'index',
	vectorIndex: 'index',
	unique: 'unique',
	primary: 'primary',
	foreign: 'foreign key',
};

const droppedIndexes: Readonly<Record<string, IndexKind>> = {
	dropIndex: 'index',
	dropFullText: 'index',
	dropSpatialIndex: 'index',
	dropUnique: 'unique',
	dropPrimary: 'primary',
	dropForeign: 'foreign key',
};

/** Settings of the table itself. */
const tableSettings = new Set('engine charset collation comment temporary innoDb'.split(' '));

/** Names in an argument: `'a'`, `['a', 'b']`. Undefined where one of them is computed. */
export const namesIn = (value: Value | undefined): readonly string[] | undefined => {
	if (value?.kind === 'text') return [value.text];
	if (value?.kind !== 'list') return undefined;
	return value.items.every(item => item.kind === 'text') ? value.items.map(({text}) => text) : undefined;
};

const textOf = (value: Value | undefined): string | undefined => (value?.kind === 'text' ? value.text : undefined);

const isNull = (value: Value | undefined): boolean => value?.kind === 'constant' && value.name === 'null';

/** `nullable()`, `nullable(false)`; undefined where it is computed. */
const saysYes = ([value]: readonly Value[]): boolean | undefined =>
	value === undefined || (value.kind === 'constant' && value.name === 'true')
		? true
		: value.kind === 'constant' && value.name === 'false'
			? false
			: undefined;

/** Changes of one statement on the table; undefined where it can't be read. `isNew`: of a table the migration makes. */
export const blueprintChanges = (table: string, [first, ...more]: readonly Call[]): readonly Change[] | undefined => {
	if (!first || first.isProperty) return undefined;
	const {name, args} = first;
	const isAlone = more.every(call => ['instant', 'lock', 'algorithm', 'online'].includes(call.name));
	if (tableSettings.has(name)) return isAlone ? [] : undefined;
	if (name === 'rename' && isAlone) {
		const to = textOf(args[0]);
		return to === undefined ? undefined : [{kind: 'rename-table', table, to}];
	}
	if (indexes[name] !== undefined) return addedIndex(table, indexes[name], name, args, more);
	return (isAlone ? dropped(table, first) : undefined) ?? columns(table, first, more);
};

const addedIndex = (
	table: string,
	index: IndexKind,
	method: string,
	args: readonly Value[],
	more: readonly Call[],
): readonly Change[] | undefined => {
	const columns = method === 'rawIndex' ? [textOf(args[0]) ?? 'an expression'] : namesIn(args[0]);
	const own = args[1];
	const name = textOf(own);
	return columns &&
		(own === undefined || name !== undefined || isNull(own)) &&
		more.every(
			({name}) =>
				quiet.has(name) ||
				['algorithm', 'language', 'deferrable', 'initiallyImmediate', 'nullsNotDistinct', 'online'].includes(
					name,
				),
		)
		? [{kind: 'add-index', table, index, columns, ...(name === undefined ? {} : {name})}]
		: undefined;
};

/** Names of the columns that a `drop...` without a name of its own means. */
const impliedDrops: Readonly<Record<string, readonly string[]>> = {
	dropTimestamps: ['created_at', 'updated_at'],
	dropTimestampsTz: ['created_at', 'updated_at'],
	dropDatetimes: ['created_at', 'updated_at'],
	dropSoftDeletes: ['deleted_at'],
	dropSoftDeletesTz: ['deleted_at'],
	dropSoftDeletesDatetime: ['deleted_at'],
	dropRememberToken: ['remember_token'],
};

const dropped = (table: string, {name, args}: Call): readonly Change[] | undefined => {
	const drop = (columns: readonly string[] | undefined): readonly Change[] | undefined =>
		columns?.map(column => ({kind: 'drop-column', table, column}));
	const [first, second] = args;
	if (name === 'renameColumn') {
		const column = textOf(first);
		const to = textOf(second);
		return column === undefined || to === undefined ? undefined : [{kind: 'rename-column', table, column, to}];
	}
	if (name === 'dropColumn' || name === 'removeColumn')
		return drop(second === undefined ? namesIn(first) : namesIn({kind: 'list', items: args}));
	if (impliedDrops[name]) return drop(first === undefined ? impliedDrops[name] : namesIn(first));
	if (name === 'dropMorphs') {
		const base = textOf(first);
		return drop(base === undefined ? undefined : [`${base}_type`, `${base}_id`]);
	}
	if (name === 'dropForeignIdFor') return drop(modelColumn(args));
	if (/^dropConstrainedForeignId(For)?$/.test(name)) {
		const column = name.endsWith('For') ? modelColumn(args) : namesIn(first);
		const key =
			column &&
			({kind: 'drop-index', table, index: 'foreign key', name: column.join(', '), columns: column} as const);
		return key && [key, ...(drop(column) ?? [])];
	}
	const index = droppedIndexes[name];
	return index === undefined ? undefined : droppedIndex(table, index, first);
};

const droppedIndex = (table: string, index: IndexKind, value: Value | undefined): readonly Change[] | undefined => {
	if (value === undefined || isNull(value))
		return index === 'primary' ? [{kind: 'drop-index', table, index, name: ''}] : undefined;
	const columns = value.kind === 'list' ? namesIn(value) : undefined;
	if (columns) return [{kind: 'drop-index', table, index, name: columns.join(', '), columns}];
	const name = textOf(value);
	if (name === undefined) return undefined;
	if (index !== 'index') return [{kind: 'drop-index', table, index, name}];
	// A name is dropped whatever it is the name of: Laravel's own names end with what they are.
	if (/_unique$/i.test(name)) return [{kind: 'drop-index', table, index: 'unique', name}];
	if (/^primary$|_primary$/i.test(name)) return [{kind: 'drop-index', table, index: 'primary', name}];
	const isTold = /_(?:index|fulltext|spatialindex)$/i.test(name);
	return [{kind: 'drop-index', table, index, name, ...(isTold ? {} : {isUnclear: true})}];
};

/** `User::class` is `user_id`, unless its column is named. */
const modelColumn = ([model, column]: readonly Value[]): readonly string[] | undefined => {
	const named = textOf(column);
	if (named !== undefined) return [named];
	if (model?.kind !== 'class' || column !== undefined) return undefined;
	return [`${model.name.replaceAll(/(?<!^)[A-Z]/g, '_$&').toLowerCase()}_id`];
};

const columns = (table: string, {name, args}: Call, more: readonly Call[]): readonly Change[] | undefined => {
	const pair = nullablePairs[name];
	if (pair)
		return more.length > 0 ? undefined : pair.map(column => added(table, plainColumn(column, 'timestamp', true)));
	const [, isNullable] = morphs.exec(name) ?? [undefined, undefined];
	const base = textOf(args[0]);
	if (morphs.test(name))
		return base === undefined || more.length > 0
			? undefined
			: [`${base}_type`, `${base}_id`].map(column =>
					added(table, plainColumn(column, 'string', isNullable !== undefined)),
				);
	const names =
		name === 'foreignIdFor'
			? modelColumn(args)
			: [textOf(args[0]) ?? (args.length === 0 ? columnNames[name] : undefined)];
	const [column] = names ?? [];
	if (column === undefined || !(columnTypes.has(name) || name === 'foreignIdFor')) return undefined;
	return column === '' ? undefined : modified(table, column, name, args, more);
};

const added = (table: string, column: Column): Change => ({kind: 'add-column', table, column});

const plainColumn = (name: string, type: string, isNullable: boolean): Column => ({
	name,
	type,
	isUnsigned: false,
	isNullable,
	fillsItself: false,
});

const fills = new Set('useCurrent storedAs virtualAs generatedAs storedAsJson virtualAsJson autoIncrement'.split(' '));

const sizeOf = (type: string, [, size]: readonly Value[]): number | undefined =>
	size?.kind === 'number' && !type.startsWith('foreign') ? size.number : undefined;

/** Of types whose length is not all there is to say. */
const detailsOf = (type: string, [, ...more]: readonly Value[]): string | undefined =>
	more.length > 0 && /^(?:unsigned)?(?:decimal|float|double|enum|set)$/i.test(type)
		? JSON.stringify(more)
		: undefined;

/** Whether an insert finds a value in `default(...)`; undefined where that is computed. */
const hasValue = (value: Value | undefined): boolean | undefined => {
	if (value === undefined) return undefined;
	switch (value.kind) {
		case 'text':
		case 'number':
		case 'class':
			return true;
		case 'raw':
			return !/^\s*\(?\s*null\s*\)?\s*$/i.test(value.text);
		case 'constant':
			return value.name === 'null' ? false : ['true', 'false'].includes(value.name) ? true : undefined;
		case 'list':
		case 'closure':
		case 'other':
			return undefined;
	}
};

/** A column with what stands behind it, and the indexes made with it. */
const modified = (
	table: string,
	name: string,
	type: string,
	args: readonly Value[],
	more: readonly Call[],
): readonly Change[] | undefined => {
	if (!more.every(call => quiet.has(call.name) && call.isProperty === undefined)) return undefined;
	const call = (wanted: string): Call | undefined => more.findLast(({name: called}) => called === wanted);
	const given = call('nullable');
	const nullable = given ? saysYes(given.args) : /^(softDeletes|rememberToken)/.test(type);
	if (nullable === undefined) return undefined;
	const filled = call('default');
	const fillsItself =
		more.some(({name: called}) => fills.has(called)) ||
		/ncrements$|^(id|computed)$/.test(type) ||
		(filled ? hasValue(filled.args[0]) : false);
	const length = call('length')?.args[0];
	const size = length?.kind === 'number' ? length.number : sizeOf(type, args);
	const isChange = call('change') !== undefined;
	const details = detailsOf(type, args);
	// What it can't be told decides: whether an insert may leave it out, whether old values fit.
	if (fillsItself === undefined && !nullable) return undefined;
	if (isChange && [...(length ? [length] : []), ...args].some(({kind}) => kind === 'other')) return undefined;
	const column: Column = {
		name,
		type,
		...(size === undefined ? {} : {size}),
		isUnsigned: /^unsigned|ncrements$|^(id|foreignId|foreignIdFor)$/.test(type) || call('unsigned') !== undefined,
		isNullable: nullable,
		fillsItself: fillsItself ?? false,
		...(details === undefined ? {} : {details}),
	};
	return [
		{kind: isChange ? 'change-column' : 'add-column', table, column},
		...(['unique', 'index', 'primary'] as const).flatMap((index): Change[] => {
			const made = call(index);
			return made && saysYes(made.args) !== false ? [{kind: 'add-index', table, index, columns: [name]}] : [];
		}),
		...(call('constrained') || call('references')
			? [{kind: 'add-index', table, index: 'foreign key', columns: [name]} as const]
			: []),
	];
};

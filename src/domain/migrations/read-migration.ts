import {blueprintChanges, namesIn} from './blueprint.ts';
import type {Change, Down, Migration} from './migration.ts';
import {phpCode, type Group} from './php/code.ts';
import {migrationClass, type Beside} from './php/php-file.ts';
import {statementsOf, type Call, type Statement, type Value} from './php/statements.ts';

const unknown = (line: number, why: string): Change => ({kind: 'unknown', table: '', line, why});

/**
 * Reads the file of a migration without running it. What can't be read is an `unknown` of its own, never left out: loops,
 * conditions, names that are computed, code that runs beside `up()` and `down()`, and whatever is not the schema builder's,
 * the query builder's or the DB facade's.
 */
export const readMigration = (name: string, text: string): Migration => {
	const code = phpCode(text);
	if (!code) return unread(name, 'its brackets do not match');
	const found = migrationClass(code, name);
	if (!found) return unread(name, 'which class is the migration is not clear');
	const {methods, beside} = found;
	const up = methods.get('up');
	if (!up) return unread(name, 'it has no up()');
	const asked = methods.get('shouldrun');
	const runsToo = beside.map(({line, why}: Beside) => unknown(line, why));
	return {
		name,
		up: [
			...runsToo,
			...(asked ? [unknown(asked.line, 'shouldRun() decides whether it runs')] : []),
			...changesOf(up),
		],
		down: downOf(methods.get('down'), runsToo),
	};
};

const unread = (name: string, why: string): Migration => {
	const change = unknown(1, why);
	return {name, up: [change], down: {kind: 'changes', changes: [change]}};
};

/** `runsToo`: even a `down()` that is not there is asked of a class that has to be made. */
const downOf = (body: Group | undefined, runsToo: readonly Change[]): Down => {
	const statements = body ? statementsOf(body.nodes) : [];
	if (statements.find(({kind}) => kind === 'throw' || kind === 'return')?.kind === 'throw') return {kind: 'throws'};
	const changes = [...runsToo, ...(body ? changesOf(body) : [])];
	if (changes.length > 0) return {kind: 'changes', changes};
	return {kind: body ? 'empty' : 'missing'};
};

/** What a reader knows while it goes down a body: which variables are a schema builder. */
type Known = {readonly schemas: Set<string>};

const changesOf = ({nodes}: Group): readonly Change[] => {
	const known = {schemas: new Set(['Schema'])};
	return inOrder(statementsOf(nodes), statement => schemaChanges(statement, known));
};

/** Behind a `return` or a `throw` nothing happens any more. */
const inOrder = (
	statements: readonly Statement[],
	read: (statement: Statement) => readonly Change[],
): readonly Change[] => {
	const end = statements.findIndex(({kind}) => kind === 'return' || kind === 'throw');
	const last = statements[end];
	return [
		...statements.slice(0, end < 0 ? undefined : end).flatMap(read),
		...(last?.kind === 'throw' ? [unknown(last.line, 'it throws')] : []),
		...(last?.kind === 'return' && last.value ? inOrder([last.value], read) : []),
	];
};

/** What is inside is read too: it may happen, so nothing that it makes is sure to be there. */
const controlled = (
	{line, word, inside}: Extract<Statement, {kind: 'control'}>,
	read: (statement: Statement) => readonly Change[],
): readonly Change[] => [
	unknown(line, `${word}: what happens is decided on the host`),
	...inOrder(inside, read).map((change): Change => ({...change, isConditional: true})),
];

/** Why a statement can't be followed whose arguments call something. */
const unfollowed = (calls: readonly Call[], line: number): Change | undefined => {
	const found = calls.find(({runsCode}) => runsCode);
	return found && unknown(line, `an argument of ${found.name}() calls something`);
};

const schemaChanges = (statement: Statement, known: Known): readonly Change[] => {
	if (statement.kind === 'control') return controlled(statement, inside => schemaChanges(inside, known));
	if (statement.kind === 'assignment') return [];
	if (statement.kind !== 'chain') return [unknown(statement.line, 'not the schema builder')];
	const {root, calls, into, line} = statement;
	const [first, ...more] = calls;
	const isConnected = first?.name === 'connection' && !first.runsCode;
	if (known.schemas.has(root) && isConnected && more.length === 0 && into !== undefined) {
		known.schemas.add(into);
		return [];
	}
	const rest = isConnected ? more : calls;
	const argument = unfollowed(calls, line);
	if (argument) return [argument];
	if (known.schemas.has(root))
		return ofSchema(rest, line) ?? [unknown(line, `Schema::${rest[0]?.name ?? ''} can't be read`)];
	if (root === 'DB') return ofDatabase(rest, line, known);
	return [unknown(line, `${root} is not the schema builder`)];
};

/** Settings of the builder that change nothing. */
const quietSchema = new Set([
	'disableForeignKeyConstraints',
	'enableForeignKeyConstraints',
	'defaultStringLength',
	'morphUsingUuids',
]);

const textOf = (value: Value | undefined): string | undefined => (value?.kind === 'text' ? value.text : undefined);

const ofSchema = ([call, ...more]: readonly Call[], line: number): readonly Change[] | undefined => {
	if (!call || more.length > 0) return undefined;
	const {name, args} = call;
	if (quietSchema.has(name)) return [];
	if (name === 'withoutForeignKeyConstraints')
		return withinClosure(args[0], inside => schemaChanges(inside, {schemas: new Set(['Schema'])}));
	const table = textOf(args[0]);
	if (table === undefined || table === '') return undefined;
	switch (name) {
		case 'create':
			return ofBlueprint(table, args[1], [{kind: 'create-table', table}]);
		case 'table':
			return ofBlueprint(table, args[1], []);
		case 'drop':
			return [{kind: 'drop-table', table, mustBeThere: true}];
		case 'dropIfExists':
			return [{kind: 'drop-table', table}];
		case 'rename': {
			const to = textOf(args[1]);
			return to === undefined ? undefined : [{kind: 'rename-table', table, to}];
		}
		case 'dropColumns':
			return namesIn(args[1])?.map(column => ({kind: 'drop-column', table, column}));
		default:
			return [unknown(line, `Schema::${name} can't be read`)];
	}
};

const withinClosure = (
	value: Value | undefined,
	read: (statement: Statement) => readonly Change[],
): readonly Change[] | undefined => (value?.kind === 'closure' ? inOrder(value.statements, read) : undefined);

const ofBlueprint = (
	table: string,
	closure: Value | undefined,
	before: readonly Change[],
): readonly Change[] | undefined => {
	if (closure?.kind !== 'closure') return undefined;
	const read = (statement: Statement): readonly Change[] => {
		if (statement.kind === 'control') return controlled(statement, read);
		if (statement.kind === 'assignment') return [];
		const {line} = statement;
		if (statement.kind !== 'chain') return [unknown(line, `not a call on ${table}`)];
		const {root, calls} = statement;
		const argument = unfollowed(calls, line);
		if (argument) return [argument];
		// What somebody runs inside of the closure is no part of the table.
		if (root !== closure.parameter)
			return root === 'DB'
				? ofDatabase(calls, line, {schemas: new Set()})
				: [unknown(line, `${root} is not the table ${table}`)];
		return blueprintChanges(table, calls) ?? [unknown(line, `${table}: ->${calls[0]?.name ?? ''}() can't be read`)];
	};
	return [...before, ...inOrder(closure.statements, read)];
};

const sqlMethods = new Set(['statement', 'unprepared', 'insert', 'update', 'delete', 'affectingStatement']);
const rowVerbs = new Set([
	'insert',
	'insertOrIgnore',
	'insertGetId',
	'insertUsing',
	'update',
	'updateOrInsert',
	'upsert',
	'increment',
	'decrement',
	'delete',
	'truncate',
]);

const ofDatabase = (calls: readonly Call[], line: number, known: Known): readonly Change[] => {
	const [first, ...more] = calls;
	if (first && sqlMethods.has(first.name) && more.length === 0)
		return [{kind: 'sql', table: '', text: textOf(first.args[0])}];
	if (first?.name === 'transaction' && more.length === 0) {
		const inside = withinClosure(first.args[0], statement => schemaChanges(statement, known));
		if (inside) return inside;
	}
	const last = more.at(-1);
	const table = first?.name === 'table' ? textOf(first.args[0]) : undefined;
	const runsMore = calls.some(({args}) => args.some(value => value.kind === 'closure' && value.runsCode));
	if (table !== undefined && table !== '' && !runsMore && last && rowVerbs.has(last.name))
		return [{kind: 'rows', table, verb: last.name}];
	return [unknown(line, `DB::${first?.name ?? ''} can't be read`)];
};

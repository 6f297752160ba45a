import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Change, Column} from '../../../src/domain/migrations/migration.ts';
import {phpTokens} from '../../../src/domain/migrations/php/tokens.ts';
import {readMigration} from '../../../src/domain/migrations/read-migration.ts';
import {reportMigrations} from '../../../src/domain/migrations/report.ts';

const names = fc.constantFrom('users', 'reports', 'order_items', 'x1', 'schema', 'class', 'up', 'down', 'function');
const columnNames = fc.constantFrom('name', 'email', 'team_id', 'return', 'if', 'nullable', 'default');

const columns = fc
	.record({
		name: columnNames,
		type: fc.constantFrom('string', 'text', 'integer', 'unsignedBigInteger', 'boolean', 'timestamp'),
		isNullable: fc.boolean(),
		fillsItself: fc.boolean(),
	})
	.map(({type, ...column}): Column => ({...column, type, isUnsigned: type.startsWith('unsigned')}));

const changes: fc.Arbitrary<Change> = fc.oneof(
	fc.record({kind: fc.constant('drop-table' as const), table: names}),
	fc.record({kind: fc.constant('rename-table' as const), table: names, to: names}),
	fc.record({kind: fc.constantFrom('add-column' as const, 'change-column' as const), table: names, column: columns}),
	fc.record({kind: fc.constant('drop-column' as const), table: names, column: columnNames}),
	fc.record({kind: fc.constant('rename-column' as const), table: names, column: columnNames, to: columnNames}),
	fc.record({
		kind: fc.constant('add-index' as const),
		table: names,
		index: fc.constantFrom('index' as const, 'unique' as const),
		columns: fc.uniqueArray(columnNames, {minLength: 1, maxLength: 3}),
	}),
	fc.record({kind: fc.constant('rows' as const), table: names, verb: fc.constantFrom('insert', 'delete')}),
	fc.record({
		kind: fc.constant('sql' as const),
		table: fc.constant(''),
		text: fc.constantFrom(
			'select 1',
			"it's",
			'{ } ( ] ;',
			"Schema::drop('users')",
			'-- // # /* */',
			'<?php ?>',
			'$a',
		),
	}),
);

/** What may stand between any two statements and means nothing. */
const noise = fc.constantFrom(
	'',
	'\n\n',
	"// Schema::drop('users'); }\n",
	"# it's } {\n",
	"/* Schema::table('a', function ($table) { $table->dropColumn('b'); }); \" ' */",
	'#[SomeAttribute(")")]\n',
	'/** @see down() { */\n',
);

type Spelling = {readonly quote: (text: string) => string; readonly schema: string; readonly variable: string};

const doubleQuoted = (text: string): string => `"${text.replaceAll(/["\\$]/g, String.raw`\$&`)}"`;
const singleQuoted = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
const nowdoc = (text: string): string => `<<<'SQL_TEXT'\n\t${text}\n\tSQL_TEXT`;

const spellings: fc.Arbitrary<Spelling> = fc.record({
	quote: fc.constantFrom(doubleQuoted, singleQuoted),
	schema: fc.constantFrom(
		'Schema',
		'\\Schema',
		'\\Illuminate\\Support\\Facades\\Schema',
		"Schema::connection('other')",
	),
	variable: fc.constantFrom('$table', '$t', '$blueprint'),
});

const phpColumn = ({name, type, isNullable, fillsItself}: Column, {quote}: Spelling): string =>
	`->${type}(${quote(name)})${isNullable ? '\n\t\t->nullable()' : ''}${fillsItself ? '->default(1)' : ''}->comment(${quote("; } it's")})`;

const onTable = (table: string, {schema, variable, quote}: Spelling, call: string): string =>
	`${schema}${schema.includes('(') ? '->' : '::'}table(${quote(table)}, function (Blueprint ${variable}) use ($x): void { ${variable}${call}; });`;

const php = (change: Change, spelling: Spelling): string => {
	const {quote, schema} = spelling;
	const call = (name: string, ...args: readonly string[]): string =>
		`${schema}${schema.includes('(') ? '->' : '::'}${name}(${args.map(quote).join(' , ')});`;
	switch (change.kind) {
		case 'drop-table':
			return call('dropIfExists', change.table);
		case 'rename-table':
			return call('rename', change.table, change.to);
		case 'add-column':
			return onTable(change.table, spelling, phpColumn(change.column, spelling));
		case 'change-column':
			return onTable(change.table, spelling, `${phpColumn(change.column, spelling)}->change()`);
		case 'drop-column':
			return onTable(change.table, spelling, `->dropColumn([${quote(change.column)},])`);
		case 'rename-column':
			return onTable(change.table, spelling, `->renameColumn(${quote(change.column)}, ${quote(change.to)})`);
		case 'add-index':
			return onTable(change.table, spelling, `->${change.index}(array(${change.columns.map(quote).join(',')}))`);
		case 'rows':
			return `DB::table(${quote(change.table)})->where(fn ($q) => $q->whereNull(${quote('a')}))->${change.verb}([${quote('a')} => 1]);`;
		case 'sql':
			return `DB::statement(${spelling.variable === '$t' ? nowdoc(change.text ?? '') : quote(change.text ?? '')});`;
		case 'create-table':
		case 'drop-index':
		case 'unknown':
			throw new TypeError(`nothing writes ${change.kind}`);
	}
};

const bodies = fc.array(fc.record({change: changes, spelling: spellings, noise}), {minLength: 1, maxLength: 6});
const written = (body: readonly {change: Change; spelling: Spelling; noise: string}[]): string =>
	body.map(({change, spelling, noise: before}) => `${before}${php(change, spelling)}`).join('\n');

describe('generated migrations', () => {
	test('what was meant is what is read, however it is written', () => {
		fc.assert(
			fc.property(bodies, bodies, noise, fc.boolean(), (up, down, between, isNamed) => {
				const text = `<?php\n${between}\n${isNamed ? 'final class ChangeUsers' : 'return new class'} extends Migration {\n${between}
	public $withinTransaction = false;
	public function down(): void {${written(down)}}
	${between} public function up() : void {${written(up)}${between}}
	private function helper() { Schema::drop('helper'); }
}${isNamed ? '' : ';'}`;
				expect(readMigration('m', text)).toEqual({
					name: 'm',
					up: up.map(({change}) => change),
					down: {kind: 'changes', changes: down.map(({change}) => change)},
				});
			}),
		);
	});

	test('whatever stands in a loop or a condition, there is a finding that is not fine', () => {
		const controls = fc.constantFrom(
			(body: string) => `if ($a) { ${body} }`,
			(body: string) => `if ($a) { return; } else { ${body} }`,
			(body: string) => `foreach (['a' => ['b']] as $a => $b) { ${body} }`,
			(body: string) => `try { ${body} } catch (\\Throwable) {}`,
			(body: string) => `switch ($a) { case 1: ${body} break; }`,
			(body: string) => `$this->each(function () { ${body} });`,
			(body: string) => `DB::listen(fn () => 1); ${body}`,
		);
		fc.assert(
			fc.property(bodies, controls, (up, control) => {
				const text = `<?php return new class extends Migration { public function up() { ${control(written(up))} } };`;
				const [report] = reportMigrations(['m'], new Map([['m', text]]));
				expect(report?.findings.map(({severity}) => severity)).toContain('unknown');
			}),
		);
	});

	test('any text has an answer, in which nothing that is not understood is fine', () => {
		const pieces = fc.constantFrom(
			'<?php ',
			'?>',
			'class',
			' up',
			'{',
			'}',
			'(',
			')',
			'[',
			']',
			';',
			'"',
			"'",
			'<<<A\n',
			'#[',
			'/*',
			'//',
			'\n',
			'$t',
			'->',
			'::',
			'Schema',
			'function',
			'{$',
			'\\',
			'é',
			'`',
		);
		fc.assert(
			fc.property(fc.array(pieces, {maxLength: 40}), found => {
				const text = `<?php ${found.join('')}`;
				expect(phpTokens(text).every(token => text.includes(token.text) && token.text !== '')).toBe(true);
				const [report] = reportMigrations(['m'], new Map([['m', text]]));
				const isEmpty = report?.does.length === 0;
				expect(isEmpty || report?.findings.some(({severity}) => severity !== 'fine')).toBe(true);
			}),
		);
	});
});

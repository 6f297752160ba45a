import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {reportMigrations, summedUp, type MigrationReport} from '../../../src/domain/migrations/report.ts';

const report = (up: string, down?: string): MigrationReport => {
	const text = `<?php
use Illuminate\\Support\\Facades\\{Schema, DB};
return new class extends Migration {
	public function up(): void { ${up} }
	${down === undefined ? '' : `public function down(): void { ${down} }`}
};`;
	const [found] = reportMigrations(['m'], new Map([['m', text]]));
	if (!found) throw new TypeError('no report');
	return found;
};
const inTable = (body: string, table = 'users'): string =>
	`Schema::table('${table}', function (Blueprint $table) { ${body} });`;
const said = ({findings}: MigrationReport): readonly string[] =>
	findings.map(({severity, text}) => `${severity}: ${text}`);

const fixture = (name: string): MigrationReport => {
	const path = name.includes('/') ? name : `__tests__/fixtures/migrations/${name}.php`;
	const text = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
	return reportMigrations([name], new Map([[name, text]]))[0] as MigrationReport;
};

describe('what old code meets', () => {
	test.each([
		["$table->string('note')->nullable();", 'fine: users.note is left empty or filled by the database'],
		["$table->string('note')->default('');", 'fine: users.note is left empty or filled by the database'],
		[
			"$table->string('note')->default(null);",
			'breaks: users.note must have a value: inserts that do not name it fail',
		],
		[
			"$table->string('note')->nullable(false);",
			'breaks: users.note must have a value: inserts that do not name it fail',
		],
		["$table->foreignId('team_id');", 'breaks: users.team_id must have a value: inserts that do not name it fail'],
		[
			'$table->foreignIdFor(TeamMember::class)->nullable();',
			'fine: users.team_member_id is left empty or filled by the database',
		],
		["$table->timestamp('seen_at')->useCurrent();", 'fine: users.seen_at is left empty or filled by the database'],
		['$table->softDeletes();', 'watch: users.deleted_at marks rows as deleted: old code shows them still'],
		["$table->dropColumn('legacy');", 'breaks: users.legacy is gone: whatever reads or writes it fails'],
		["$table->renameColumn('a', 'b');", 'breaks: users.a is called b: whatever reads or writes it fails'],
		["$table->unique('email');", 'watch: users.email must be unique: writes that repeat a value are refused'],
		["$table->index(['a', 'b']);", 'fine: an index on users.a, b'],
		[
			"$table->string('name', 50)->change();",
			'watch: users.name becomes string(50), not null: what it was is not known',
		],
		['$table->tenant();', "unknown: not understood, read it: line 4, users: ->tenant() can't be read"],
		['$table->string($name);', "unknown: not understood, read it: line 4, users: ->string() can't be read"],
		[
			"$table->string('a')->nullable($maybe);",
			"unknown: not understood, read it: line 4, users: ->string() can't be read",
		],
		['$this->audit($table);', 'unknown: not understood, read it: line 4, $this is not the table users'],
		[
			"foreach (['a'] as $c) { $table->string($c); }",
			'unknown: not understood, read it: line 4, foreach: what happens is decided on the host',
		],
	])('%s', (body, expected) => {
		expect(said(report(inTable(body)))[0]).toBe(expected);
	});

	test.each([
		["Schema::create('a', fn (Blueprint $t) => $t->id());", 'fine: a is new to it'],
		["Schema::dropIfExists('users');", 'breaks: users is gone: whatever reads or writes it fails'],
		["Schema::rename('users', 'people');", 'breaks: users is called people: whatever reads or writes it fails'],
		["Schema::connection('other')->drop('users');", 'breaks: users is gone: whatever reads or writes it fails'],
		[
			"$s = Schema::connection('other'); $s->drop('users');",
			'breaks: users is gone: whatever reads or writes it fails',
		],
		[
			"\\Illuminate\\Support\\Facades\\Schema::drop('users');",
			'breaks: users is gone: whatever reads or writes it fails',
		],
		["DB::statement('ALTER TABLE users ADD x INT');", 'unknown: raw SQL, read it: ALTER TABLE users ADD x INT'],
		[
			'DB::unprepared("ALTER TABLE {$table["x"]} ADD x INT");',
			'unknown: raw SQL, read it: put together while it runs',
		],
		["DB::table('users')->where('a', 1)->update(['b' => 2]);", 'watch: rows of users are changed (update)'],
		["Artisan::call('db:seed');", 'unknown: not understood, read it: line 4, Artisan is not the schema builder'],
		["dd('x');", 'unknown: not understood, read it: line 4, not the schema builder'],
		[
			"if (!Schema::hasTable('a')) { Schema::drop('a'); }",
			'unknown: not understood, read it: line 4, if: what happens is decided on the host',
		],
	])('%s', (up, expected) => {
		expect(said(report(up))[0]).toBe(expected);
	});

	test('what stands in a condition is read beside the warning about it', () => {
		const found = report(
			"if (Schema::hasColumn('users', 'a')) { Schema::table('users', function ($t) { $t->dropColumn('a'); }); }",
		);
		expect(said(found)).toEqual([
			expect.stringMatching(/^unknown: .*if/),
			'breaks: users.a is gone: whatever reads or writes it fails',
		]);
	});

	test.each([
		[
			"$t->string('n', 50)->change();",
			"$t->string('n', 100)->change();",
			'breaks: users.n shrinks from string(100) to string(50): longer values are refused',
		],
		["$t->text('n')->change();", "$t->string('n')->change();", 'fine: users.n holds what it held'],
		[
			"$t->smallInteger('n')->change();",
			"$t->integer('n')->change();",
			'breaks: users.n shrinks from integer to smallInteger: longer values are refused',
		],
		[
			"$t->string('n')->change();",
			"$t->string('n')->nullable()->change();",
			'breaks: users.n must have a value: writes that leave it empty fail',
		],
		[
			"$t->string('n')->nullable()->change();",
			"$t->string('n')->change();",
			'watch: users.n may be empty: old code may not expect that',
		],
		["$t->json('n')->change();", "$t->string('n')->change();", 'watch: users.n changes from string to json'],
	])('%s after %s', (up, down, expected) => {
		const body = (text: string): string => `Schema::table('users', function (Blueprint $t) { ${text} });`;
		expect(said(report(body(up), body(down)))).toEqual([expected]);
	});

	test('a table made by the migration before is new, whatever happens to it', () => {
		const file = (up: string): string => `<?php class A extends Migration { public function up() { ${up} } }`;
		const found = reportMigrations(
			['1', '2', '3'],
			new Map([
				['1', file("Schema::create('a', function ($t) { $t->id(); $t->string('x'); });")],
				['2', file("Schema::table('a', function ($t) { $t->dropColumn('x'); $t->string('y'); });")],
			]),
		);
		expect(found.map(said)).toEqual([['fine: a is new to it'], [], ['unknown: its file could not be read']]);
		expect(summedUp(found)).toEqual({severity: 'unknown', revert: 'no'});
	});
});

describe('what is no code', () => {
	test.each([
		['a line comment', "// Schema::drop('users');\n# Schema::drop('users');\n"],
		['a block comment', "/* Schema::drop('users'); } */"],
		['an attribute', "#[Pure(')')]\n"],
	])('%s fools nobody', (_, text) => {
		expect(report(`${text} Schema::create('a', function ($t) { $t->id(); });`).does).toEqual([
			'creates a, 1 column',
		]);
	});

	test('strings, heredocs and nowdocs are values, whatever brackets they hold', () => {
		const found = report(`DB::statement(<<<'SQL'
			DROP TABLE users; }}} ' " Schema::drop('x')
			SQL);
			DB::statement("it's } \\" \\$a");
			DB::statement(<<<EOT
			select {$a['}']} -- "
			EOT
			);
			Schema::drop('a');`);
		expect(found.does).toEqual([
			`runs raw SQL: DROP TABLE users; }}} ' " Schema::drop('x')`,
			`runs raw SQL: it's } " $a`,
			'runs raw SQL: put together while it runs',
			'drops a',
		]);
	});

	test('a method of a class inside, and a closure in up(), are not down()', () => {
		const found = report(`$x = new class { public function down() { Schema::drop('a'); } };
			Schema::create('a', function ($t) { $t->id(); });`);
		expect(found.revert).toEqual({
			kind: 'no',
			why: ['it has no down(): a rollback forgets that it ran and changes nothing'],
		});
		expect(found.findings.map(({severity}) => severity)).toEqual(['unknown', 'fine']);
	});

	test.each([
		'',
		'<?php',
		'<?php class A {',
		'no PHP at all',
		'<?php return new class { function up() { Schema::drop(',
		'<?php "',
		'<?php <<<A\n',
	])('%j is not known, and never fine', text => {
		const [found] = reportMigrations(['m'], new Map([['m', text]]));
		expect(found?.findings.map(({severity}) => severity)).toEqual(['unknown']);
	});
});

describe('what a rollback takes back', () => {
	test.each([
		[
			"Schema::create('a', function ($t) { $t->id(); });",
			"Schema::dropIfExists('a');",
			'loses',
			'down drops a and what is in it',
		],
		[
			"Schema::table('a', function ($t) { $t->string('b')->nullable(); });",
			"Schema::table('a', function ($t) { $t->dropColumn(['b']); });",
			'loses',
			'down drops a.b and what is in it',
		],
		[
			"Schema::table('a', function ($t) { $t->string('b'); });",
			"Schema::table('a', function ($t) { $t->string('c'); });",
			'no',
			'a.b stays',
		],
		[
			"Schema::table('a', function ($t) { $t->renameColumn('b', 'c'); });",
			"Schema::table('a', function ($t) { $t->renameColumn('c', 'b'); });",
			'yes',
			undefined,
		],
		[
			"Schema::table('a', function ($t) { $t->dropColumn('b'); });",
			"Schema::table('a', function ($t) { $t->string('b'); });",
			'loses',
			'down makes a.b again, empty',
		],
		[
			"Schema::table('a', function ($t) { $t->index('b'); });",
			"Schema::table('a', function ($t) { $t->dropIndex(['b']); });",
			'yes',
			undefined,
		],
		["Schema::rename('a', 'b');", "Schema::rename('b', 'a');", 'yes', undefined],
		["Schema::drop('a');", '', 'no', 'its down() is empty: a rollback forgets that it ran and changes nothing'],
		[
			"Schema::drop('a');",
			'/* nothing */ // nor here\n',
			'no',
			'its down() is empty: a rollback forgets that it ran and changes nothing',
		],
		[
			"Schema::drop('a');",
			"throw new Exception('no way back');",
			'no',
			'its down() throws: a rollback stops there',
		],
		["DB::statement('x');", "DB::statement('y');", 'unknown', 'raw SQL in up() and down(): read both'],
		[
			"Schema::table('a', function ($t) { $t->foreignId('b_id')->constrained(); });",
			"Schema::table('a', function ($t) { $t->dropColumn('b_id'); });",
			'unknown',
			'down drops a.b_id and not its foreign key: MySQL refuses that',
		],
		[
			"Schema::table('a', function ($t) { $t->foreignId('b_id')->constrained(); });",
			"Schema::table('a', function ($t) { $t->dropConstrainedForeignId('b_id'); });",
			'loses',
			'down drops a.b_id and what is in it',
		],
	])('%s then %s: %s', (up, down, kind, why) => {
		const {revert} = report(up, down);
		expect(revert.kind).toBe(kind);
		expect(revert.why[0]).toBe(why);
	});
});

describe('migrations as they are', () => {
	test.each([
		[
			'0001_01_01_000000_create_users_table',
			['creates users, 8 columns', 'creates password_reset_tokens, 3 columns', 'creates sessions, 6 columns'],
		],
		['0001_01_01_000001_create_cache_table', ['creates cache, 3 columns', 'creates cache_locks, 3 columns']],
		[
			'0001_01_01_000002_create_jobs_table',
			['creates jobs, 7 columns', 'creates job_batches, 10 columns', 'creates failed_jobs, 7 columns'],
		],
		['2019_12_14_000001_create_personal_access_tokens_table', ['creates personal_access_tokens, 9 columns']],
		[
			'__tests__/fixtures/laravel-app/v3-overlay/database/migrations/2026_02_01_090000_create_reports_table.php',
			['creates reports, 5 columns'],
		],
	])('%s: known to the last statement, and dropped by its down()', (name, does) => {
		const found = fixture(name);
		expect(found.does).toEqual(does);
		expect(found.findings.map(({severity}) => severity)).toEqual(does.map(() => 'fine'));
		expect(found.revert.kind).toBe('loses');
		expect(found.isDownRead).toBe(true);
	});

	test('the sample of the sandbox: one column that may be empty', () => {
		const found = fixture(
			'src/sandbox/project/sample/2.5.1/backend/database/migrations/2026_02_05_093000_add_decimals_to_reports_table.php',
		);
		expect(said(found)).toEqual(['fine: reports.decimals is left empty or filled by the database']);
		expect(found.revert).toEqual({kind: 'loses', why: ['down drops reports.decimals and what is in it']});
	});

	test.each([
		'2014_10_12_200000_add_two_factor_columns_to_users_table',
		'2024_03_01_000000_create_permission_tables',
	])('%s decides on the host: not known, and its down() is asked of nobody', name => {
		const found = fixture(name);
		expect(found.findings.map(({severity}) => severity)).toContain('unknown');
		expect(found.revert.kind).toBe('unknown');
		expect(found.isDownRead).toBe(false);
	});
});

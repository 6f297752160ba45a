import {describe, expect, test} from 'vitest';
import {reportMigrations, summedUp, type MigrationReport} from '../../../src/domain/migrations/report.ts';

const reported = (text: string, name = '2026_02_01_090000_add_title'): MigrationReport => {
	const [found] = reportMigrations([name], new Map([[name, `<?php\n${text}`]]));
	if (!found) throw new TypeError('no report');
	return found;
};

const up = "public function up() { Schema::table('a', function ($t) { $t->index('b'); }); }";
const down = "public function down() { Schema::table('a', function ($t) { $t->dropIndex(['b']); }); }";
const drops = "Schema::drop('users');";
const body = `${up} ${down}`;
const file = (members: string): string => `return new class extends Migration { ${members} };`;
const inUp = (statements: string): string => file(`public function up() { ${statements} } ${down}`);

describe('what runs and is not followed', () => {
	test('the file that the others are made of is fine, and is taken back', () => {
		const {findings, revert, isDownRead} = reported(file(body));
		expect([findings.map(({severity}) => severity), revert.kind, isDownRead]).toEqual([['fine'], 'yes', true]);
	});

	test.each([
		['code before the class', `${drops} ${file(body)}`, 'code outside of the class'],
		['code in a condition beside it', `if (true) { ${drops} } ${file(body)}`, 'code outside of the class'],
		['a file that is included', `require __DIR__.'/x.php'; ${file(body)}`, 'code outside of the class'],
		['code in a tag of its own', `use A ?><?= ${drops} ?><?php ${file(body)}`, 'code outside of the class'],
		['a constructor', file(`public function __construct() { ${drops} } ${body}`), '__construct() runs too'],
		['a destructor', file(`${body} public function __destruct() { ${drops} }`), '__destruct() runs too'],
		['__call', file(`${body} public function __call($a, $b) { ${drops} }`), '__call() runs too'],
		['getConnection', file(`${body} public function getConnection() { ${drops} }`), 'getconnection() runs too'],
		['a trait', file(`use Drops; ${body}`), 'uses a trait'],
		['a trait with rules', file(`use Drops { up as other; } ${body}`), 'uses a trait'],
		['a property made by a call', file(`public $a = new Dropper(); ${body}`), 'a property of its class'],
		['a property with a hook', file(`public $connection { get => drop(); } ${body}`), 'a property of its class'],
		['a parent of its own', `return new class extends Dropper { ${body} };`, 'extends Dropper'],
		['a parent of that name', `use App\\Migration; ${file(body)}`, 'Migration is App\\Migration'],
		['arguments of the class', `return new class(drop()) extends Migration { ${body} };`, 'made with arguments'],
		['another Schema', `use App\\Support\\Schema; ${file(body)}`, 'Schema is App\\Support\\Schema'],
		['another DB of a group', `use App\\{Post, Fake as DB}; ${file(body)}`, 'DB is App\\Fake'],
		['a namespace, whose Schema may be another', `namespace App; ${file(body)}`, 'those of its namespace'],
		['a function by a short name', `use function App\\now; ${file(body)}`, 'a function of another namespace'],
		['a class named Schema', `class Schema {} ${file(body)}`, 'Schema is a class of this file'],
	])('%s: not known, either way, and its down() is asked of nobody', (_, text, why) => {
		const {findings, revert, isDownRead, does} = reported(text);
		expect(findings.filter(({severity}) => severity === 'unknown').map(found => found.text)).toEqual([
			expect.stringContaining(why),
		]);
		expect(does.join()).toContain('not understood');
		expect(revert.kind).toBe('unknown');
		expect(isDownRead).toBe(false);
	});

	test.each([
		['a computed default', "$t->string('b')->default(config('x.y'));"],
		['a constant default', "$t->string('b')->default(SOMETHING);"],
		['a default from a method', "$t->string('b')->default($this->drop());"],
		['a comment from a method', "$t->string('b')->nullable()->comment($this->drop());"],
		['a table setting from a function', "$t->comment(drop('users'));"],
		['a shell between backquotes', '$t->comment(`rm -rf /`);'],
		['a method within a string', '$t->string("b{$this->drop()}")->nullable();'],
		['a string that calls a method', '$t->string("b")->nullable()->comment("{$this->drop()}");'],
		['arguments by name, in any order', "$t->renameColumn(to: 'a', from: 'b');"],
		['an index by a computed name', '$t->dropIndex($name);'],
		['a key by a computed name', "$t->dropUnique(config('x'));"],
		['a length that is computed', "$t->string('b', $length)->change();"],
		['something behind timestamps', '$t->timestamps()->tap($x);'],
	])('%s in a table', (_, statement) => {
		const {findings} = reported(inUp(`Schema::table('users', function ($t) { ${statement} });`));
		expect(findings.map(({severity}) => severity)).toEqual(['unknown']);
	});

	test.each([
		['an argument', "Schema::dropIfExists('tmp', Schema::drop('users'));"],
		['an array', "$x = ['a' => Schema::drop('users')];"],
		['an assignment by a method', '$this->drop()->name = 1;'],
		['a return of a shell', 'return `rm -rf /`;'],
		['what a closure of a query calls', "DB::table('a')->where(fn () => Schema::drop('users'))->delete();"],
		['what a query is told', "DB::table('a')->tap(new Dropper)->update(['b' => drop()]);"],
		['another Schema', "\\App\\Schema::table('a', function ($t) { $t->index('b'); });"],
		['a table without a name', "Schema::create('', function ($t) {}); DB::statement('drop table users');"],
		['a standard value of a closure', "Schema::table('a', function ($t, $x = new Dropper()) { $t->index('b'); });"],
	])('%s of up()', (_, statement) => {
		expect(reported(inUp(statement)).findings.map(({severity}) => severity)).toContain('unknown');
	});

	test.each([
		["$t->timestamp('b')->default(DB::raw('CURRENT_TIMESTAMP'));", 'fine'],
		["$t->timestamp('b')->default(new Expression('now()'));", 'fine'],
		["$t->timestamp('b')->default(DB::raw('NULL'));", 'breaks'],
		["$t->string('b')->nullable()->default(config('x'));", 'fine'],
		["$t->enum('b', ['x', 'y'])->default('x');", 'fine'],
	])('%s is %s', (statement, severity) => {
		const {findings} = reported(inUp(`Schema::table('users', function ($t) { ${statement} });`));
		expect(findings.map(found => found.severity)).toEqual([severity]);
	});

	test('rows filled with the time of day, found by a condition of their own, are rows and no more', () => {
		const {findings} = reported(
			inUp(
				"DB::table('a')->where(fn ($q) => $q->whereNull('b')->orWhere('b', ''))->update(['b' => now()->subDay()]);",
			),
		);
		expect(findings.map(({text}) => text)).toEqual(['rows of a are changed (update)']);
	});
});

describe('which class is the migration', () => {
	const helper = `class Helper { public function up(): void {} public function down() { ${drops} } }`;
	const dropsTitle = "public function up() { Schema::table('a', function ($t) { $t->dropColumn('title'); }); }";

	test.each([
		['the one that is returned', `${helper} return new class extends Migration { ${dropsTitle} };`],
		[
			'the one that is returned by its name',
			`${helper} class Real extends Migration { ${dropsTitle} } return new Real;`,
		],
		['the one that is named as the file', `${helper} class AddTitle extends Migration { ${dropsTitle} }`],
		['the only one', `class Whatever extends Migration { ${dropsTitle} }`],
		[
			'the one behind an interface and a function',
			`interface A {} function up() {} final class B { ${dropsTitle} }`,
		],
	])('%s', (_, text) => {
		expect(reported(text).does).toEqual(['drops a.title']);
	});

	test.each([
		['one of two', `${helper} class Other extends Migration { ${body} }`],
		['what a function returns', `return make();${helper}`],
		['a class that is made and asked', `return (new class { ${body} })->other();`],
	])('%s: not known', (_, text) => {
		const {findings, revert} = reported(text);
		expect(findings.map(found => found.text)).toEqual([
			'not understood, read it: line 1, which class is the migration is not clear',
		]);
		expect(revert.kind).toBe('unknown');
	});
});

test('names are what PHP makes of them', () => {
	const said = (name: string): readonly string[] => reported(inUp(`Schema::drop(${name});`)).does;
	expect([
		said(String.raw`"\x74itle"`),
		said(String.raw`"\164itle"`),
		said(String.raw`"\u{74}itle"`),
		said(String.raw`'\x74itle'`),
		said('<<<A\n\\x74itle\nA'),
	]).toEqual([['drops title'], ['drops title'], ['drops title'], [String.raw`drops \x74itle`], ['drops title']]);
});

describe('indexes that are dropped', () => {
	test.each([
		["dropIndex('users_email_unique')", 'watch', 'the unique key users_email_unique of users is gone'],
		["dropIndex('PRIMARY')", 'watch', 'the primary key PRIMARY of users is gone'],
		['dropPrimary()', 'watch', 'the primary key of users is gone'],
		["dropIndex('by_email')", 'watch', 'the index by_email of users is gone: if it kept values unique'],
		["dropIndex('users_email_index')", 'fine', 'the index users_email_index of users is gone'],
		["dropIndex(['email'])", 'fine', 'the index email of users is gone'],
		["dropUnique(['email'])", 'watch', 'the unique key email of users is gone'],
	])('%s: %s', (call, severity, text) => {
		const {findings, does} = reported(inUp(`Schema::table('users', function ($t) { $t->${call}; });`));
		expect(findings).toEqual([{severity, text: expect.stringContaining(text)}]);
		expect(does.join()).not.toContain('  ');
	});
});

const of = (ups: string, downs?: string): string =>
	`<?php ${file(`function up() { ${ups} } ${downs === undefined ? '' : `function down() { ${downs} }`}`)}`;
const table = (statements: string, name = 'reports'): string =>
	`Schema::table('${name}', function ($t) { ${statements} });`;
const addsNote = of(table("$t->string('note')->nullable();"), table("$t->dropColumn('note');"));

const taken = (...texts: readonly string[]): readonly (readonly [string, string | undefined])[] => {
	const names = texts.map((_, at) => `m${at + 1}`);
	const reports = reportMigrations(names, new Map(texts.map((text, at) => [`m${at + 1}`, text])));
	return reports.map(({revert: {kind, why}}) => [kind, why.at(-1)]);
};

describe('several are taken back one after the other, the last one first', () => {
	test('a column that a later one drops for good can not be dropped again', () => {
		expect(taken(addsNote, of(table("$t->dropColumn('note');"), ''))).toEqual([
			['no', 'its down() fails: reports.note is not there then'],
			['no', 'its down() is empty: a rollback forgets that it ran and changes nothing'],
		]);
	});

	test('one that a later one drops and brings back is dropped', () => {
		const later = of(table("$t->dropColumn('note');"), table("$t->string('note')->nullable();"));
		expect(taken(addsNote, later).map(([kind]) => kind)).toEqual(['loses', 'loses']);
	});

	test.each([
		['renamed', of(table("$t->renameColumn('note', 'memo');")), 'reports.note is not there then'],
		['its table dropped', of("Schema::drop('reports');"), 'reports is not there then'],
		['its table renamed', of("Schema::rename('reports', 'old');"), 'reports is not there then'],
	])('%s without a way back', (_, later, why) => {
		expect(taken(addsNote, later)[0]).toEqual(['no', `its down() fails: ${why}`]);
	});

	test('a column that came anew is not made twice', () => {
		const dropsNote = of(table("$t->dropColumn('note');"), table("$t->string('note')->nullable();"));
		expect(taken(dropsNote, of(table("$t->text('note')->nullable();"), ''))[0]).toEqual([
			'no',
			'its down() fails: reports.note is there already',
		]);
	});

	test('none is reached before one that stops', () => {
		const found = taken(addsNote, of("Schema::create('a', fn ($t) => $t->id());", "throw new Exception('no');"));
		expect(found).toEqual([
			['no', 'a rollback stops before it, at m2'],
			['no', 'its down() throws: a rollback stops there'],
		]);
	});

	test('what a later one may have made is nothing that others lean on', () => {
		const perhaps = of("if (!Schema::hasTable('users')) { Schema::create('users', function ($t) { $t->id(); }); }");
		const names = ['m1', 'm2'];
		const reports = reportMigrations(
			names,
			new Map([
				['m1', perhaps],
				['m2', of(table("$t->dropColumn('email');", 'users'))],
			]),
		);
		expect(reports[1]?.findings.map(({severity}) => severity)).toEqual(['breaks']);
		expect(summedUp(reports).severity).toBe('breaks');
	});
});

describe('what down() does beside taking back', () => {
	const adds = table("$t->index('b');");
	const dropsIt = table("$t->dropIndex(['b']);");

	test.each([
		[`${dropsIt} ${drops}`, 'unknown', 'down drops users, which up() says nothing of: read both'],
		[
			`${dropsIt} ${table("$t->dropColumn('c');")}`,
			'unknown',
			'down drops reports.c, which up() says nothing of: read both',
		],
		[`${dropsIt} DB::table('users')->delete();`, 'loses', 'down changes rows of users (delete)'],
		[`return Schema::hasTable('x'); ${dropsIt}`, 'unknown', undefined],
		[`return ${dropsIt} ${drops}`, 'yes', undefined],
		[`{ return; } ${dropsIt}`, 'no', undefined],
		[
			table("$t->dropIndex(['c']);"),
			'unknown',
			'whether down drops the index on reports.b is not clear: read both',
		],
		[table("$t->dropIndex('reports_b_index');"), 'yes', undefined],
		[table("$t->dropIndex('x_reports_b_index');"), 'yes', undefined],
	])('%s: %s', (downs, kind, why) => {
		const [[found, last] = []] = taken(of(adds, downs));
		expect(found).toBe(kind);
		if (why !== undefined) expect(last).toBe(why);
	});

	test('a column that up() and down() each make anew is taken back, without what was in it', () => {
		const anew = (type: string): string => table(`$t->dropColumn('note'); $t->${type}('note')->nullable();`);
		expect(taken(of(anew('text'), anew('string'))).map(([kind]) => kind)).toEqual(['loses']);
	});

	test('a column that down() drops and makes again stays', () => {
		const again = `${table("$t->dropColumn('note');")} ${table("$t->string('note')->nullable();")}`;
		expect(taken(of(table("$t->string('note')->nullable();"), again))[0]?.[0]).toBe('no');
	});
});

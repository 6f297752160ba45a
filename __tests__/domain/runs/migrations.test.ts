import {describe, expect, test} from 'vitest';
import {
	migrationsPrompt,
	migrationsRan,
	pendingMigrations,
	pretendedSql,
	ranLastFirst,
} from '../../../src/domain/runs/migrations.ts';
import {isDestructive} from '../../../src/domain/runs/prompt.ts';

const laravel8 = `+------+------------------------------------------------+-------+
| Ran? | Migration                                      | Batch |
+------+------------------------------------------------+-------+
| Yes  | 2014_10_12_000000_create_users_table           | 1     |
| No   | 2026_02_05_101500_add_department_to_users      |       |
+------+------------------------------------------------+-------+`;

const laravel10 = `
  Migration name ........................................ Batch / Status
  2014_10_12_000000_create_users_table ......................... [1] Ran
  2026_02_05_101500_add_department_to_users .................... Pending
`;

describe('migrations', () => {
	test.each([
		['Laravel 8', laravel8],
		['Laravel 10', laravel10],
	])('status of %s: only what ran counts', (_, status) => {
		expect(migrationsRan(status)).toEqual(['2014_10_12_000000_create_users_table']);
	});

	test.each([
		[
			'Laravel 8',
			'| Yes  | 2026_01_01_000000_a | 1     |\n| Yes  | 2026_01_03_000000_c | 10    |\n| Yes  | 2026_01_02_000000_b | 10    |\n| No   | 2026_01_04_000000_d |       |',
		],
		[
			'Laravel 10',
			'2026_01_01_000000_a ..... [1] Ran\n2026_01_03_000000_c .... [10] Ran\n2026_01_02_000000_b .... [10] Ran\n2026_01_04_000000_d ..... Pending',
		],
	])('status of %s: what a rollback takes first', (_, status) => {
		expect(ranLastFirst(status)).toEqual([
			{name: '2026_01_03_000000_c', batch: 10},
			{name: '2026_01_02_000000_b', batch: 10},
			{name: '2026_01_01_000000_a', batch: 1},
		]);
	});

	test('pending: what the sources bring and the database has not seen, in order', () => {
		const paths = [
			'database/migrations/2026_02_06_000000_index.php',
			'database/migrations/2014_10_12_000000_create_users_table.php',
			'database/migrations/2026_02_05_101500_add_department_to_users.php',
			'app/Models/User.php',
			// Artisan does not look there.
			'database/migrations/old/2026_02_01_000000_never.php',
		];
		expect(pendingMigrations(paths, laravel8)).toEqual([
			'2026_02_05_101500_add_department_to_users',
			'2026_02_06_000000_index',
		]);
	});

	test('preview of Laravel 8: one statement a line, named by its class', () => {
		expect(
			pretendedSql(
				'AddDepartment: alter table `users` add `department` varchar(255)\nDropOld: drop table `old_reports`\n',
			),
		).toEqual([
			{
				migration: 'AddDepartment',
				text: 'alter table `users` add `department` varchar(255)',
				isDestructive: false,
			},
			{migration: 'DropOld', text: 'drop table `old_reports`', isDestructive: true},
		]);
	});

	test('preview of a migration without a class name: the file names it', () => {
		expect(pretendedSql('2026_02_05_093000_add_x: alter table `a` add `x` int\n')).toEqual([
			{migration: '2026_02_05_093000_add_x', text: 'alter table `a` add `x` int', isDestructive: false},
		]);
	});

	test('preview of Laravel 10: statements stand below the name', () => {
		expect(
			pretendedSql(
				'\n  2026_02_05_101500_add_department ........\n  ⇂ alter table `users` drop column `legacy`  \n',
			),
		).toEqual([
			{
				migration: '2026_02_05_101500_add_department',
				text: 'alter table `users` drop column `legacy`  ',
				isDestructive: true,
			},
		]);
	});

	test.each([
		['create table `a` (`id` bigint)', false],
		['alter table `a` add index `b`(`c`)', false],
		['insert into `a` (`name`) values (?)', false],
		['alter table `a` drop foreign key `b`', true],
		['alter table `a` drop `b`', true],
		['alter table `a` rename to `b`', true],
		['alter table `a` modify `b` int', true],
		['truncate table `a`', true],
		['delete from `a` where `b` = 1', true],
	])('%s is destructive: %s', (sql, expected) => {
		expect(isDestructive(sql)).toBe(expected);
	});

	test('question: the safe answer stands first, and the number of destructive statements is told', () => {
		const prompt = migrationsPrompt({
			id: 'migrations',
			pending: ['a', 'b'],
			sql: [
				{migration: 'A', text: 'drop table `x`', isDestructive: true},
				{migration: 'B', text: 'create table `y`', isDestructive: false},
			],
			settled: undefined,
		});
		expect(prompt.choices.map(({id}) => id)).toEqual(['abort', 'run', 'skip']);
		expect(prompt.facts).toContain('1 of 2 statements take something away');
		expect(prompt).not.toHaveProperty('settled');
	});
});

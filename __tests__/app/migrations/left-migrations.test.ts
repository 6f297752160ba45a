import {describe, expect, test} from 'vitest';
import {leftMigrations, stepsBack} from '../../../src/app/migrations/left-migrations.ts';
import type {Between} from '../../../src/commands/rollback/between-releases.ts';
import {DeployError} from '../../../src/domain/errors.ts';
import type {ExecResult} from '../../../src/domain/ports.ts';
import {planRollback} from '../../../src/recipes/rollback/plan.ts';
import {laravelPlan} from '../../recipes/laravel-plan.ts';

const {environment, record, target: backend} = laravelPlan();

const ran = (...names: readonly string[]): Between['ran'] =>
	names.map((name, at) => ({name, batch: names.length - at}));

describe('steps back', () => {
	test.each([
		['the last ones', ['b', 'c'], ran('c', 'b', 'a'), {step: 2, paths: []}],
		['one below another that stays', ['b'], ran('c', 'b', 'a'), {step: 2, paths: ['database/migrations/b.php']}],
		['none of them ran', ['x'], ran('c'), undefined],
		['a batch that could not be read', ['c'], [{name: 'c', batch: Number.NaN}], undefined],
	])('%s', (_, since, all, expected) => {
		expect(stepsBack(since, all)).toEqual(expected);
	});
});

const file = (down: string): string =>
	`<?php return new class extends Migration { public function up() { Schema::table('a', function ($t) { $t->string('b')->nullable(); }); } public function down() { ${down} } };`;
const dropsIt = file("Schema::table('a', function ($t) { $t->dropColumn('b'); });");

const asked = async (answer: () => Partial<ExecResult>, text = dropsIt, since: readonly string[] = ['m1']) => {
	const lines: string[] = [];
	const exec = async (line: string): Promise<ExecResult> => {
		lines.push(line);
		return {code: 0, stdout: '', stderr: '', durationMs: 1, ...answer()};
	};
	const session = {exec} as never;
	const between: Between = {
		live: {},
		target: {},
		migrationsSince: since,
		ran: ran('m1', 'm0'),
		files: new Map([['m1', text]]),
	};
	const plan = planRollback({
		record: {...record, kind: 'rollback', target: {kind: 'snapshot', release: 'previous'}},
		environment,
	});
	const left = await leftMigrations({sessions: {session: () => session, close: async () => undefined}}, plan, {
		between,
		target: backend,
		live: 'r2',
	});
	return {left, lines};
};

describe('what a rollback leaves in the database', () => {
	test('the line to paste is whole, of the release that has the files, and its SQL was only shown', async () => {
		const stdout = 'Rolling back: m1\nAddB: alter table `a` drop `b`\n';
		const {left, lines} = await asked(() => ({stdout}));

		expect(left?.command).toEqual({
			value: `ssh ubuntu@127.0.0.1 'sudo -n -u www-data -- php /var/www/qsights/.backend/releases/r2/artisan migrate:rollback --step=1 --force'`,
		});
		expect(left?.sql).toEqual({
			value: [{migration: 'AddB', text: 'alter table `a` drop `b`', isDestructive: true}],
		});
		expect(left?.reports[0]?.revert.why).toEqual(['down drops a.b and what is in it']);
		expect(lines).toEqual([
			expect.stringMatching(/artisan migrate:rollback '--step=1' --force --pretend --no-interaction/),
		]);
	});

	test('a down() that is not understood is not even pretended: it may do more than SQL', async () => {
		const {left, lines} = await asked(() => ({}), file("Storage::delete('x');"));

		expect(left?.sql).toEqual({unknown: 'the down() of m1 is not understood: it was not tried'});
		expect(lines).toEqual([]);
	});

	test('artisan fails, or the host does: said, with the line to paste all the same', async () => {
		const failed = await asked(() => ({code: 1, stdout: 'could not find driver\n\u001b[2J'}));
		expect(failed.left).toMatchObject({
			sql: {unknown: 'could not find driver'},
			command: {value: expect.any(String)},
		});

		const lost = await asked(() => {
			throw new DeployError({code: 'timeout', what: '', why: 'no answer in 20 s', now: '', next: ''});
		});
		expect(lost.left).toMatchObject({sql: {unknown: 'no answer in 20 s'}, command: {value: expect.any(String)}});
	});

	test.each([
		['an empty down()', file(''), 'm1'],
		['none', '<?php return new class extends Migration { public function up() {} };', 'm1'],
		[
			'one that leaves something',
			file("Schema::table('a', function ($t) { $t->string('c')->nullable(); });"),
			'm1',
		],
	])('%s: no line, since none takes it back, and nothing is tried', async (_, text, name) => {
		const {left, lines} = await asked(() => ({}), text);
		const why = {unknown: `migrate:rollback does not take back ${name}`};

		expect(left).toMatchObject({command: why, sql: why});
		expect(lines).toEqual([]);
	});

	test('which ones ran last is not known: no line', async () => {
		const {left} = await asked(() => ({}), dropsIt, ['elsewhere']);
		expect(left?.command).toEqual({unknown: 'which of them ran last is not known'});
	});

	test('nothing ran since: nothing is asked', async () => {
		expect(await asked(() => ({}), dropsIt, [])).toEqual({left: undefined, lines: []});
	});
});

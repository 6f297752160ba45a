import {describe, expect, test} from 'vitest';
import {reportMigrations} from '../../../../src/domain/migrations/report.ts';
import type {CockpitStore} from '../../../../src/store/create-store.ts';
import {selectRow} from '../../../../src/store/backups/backups.ts';
import {glyphsFor} from '../../../../src/tui/kit/glyphs.ts';
import {leftRows} from '../../../../src/tui/kit/migrations/migration-rows.ts';
import {activeScopes} from '../../../../src/tui/keys/scopes.ts';
import {drawFrame} from '../../../support/tui/draw-frame.ts';
import {press} from '../../../support/tui/press.ts';
import {stageNamed} from '../../../support/tui/stage-named.ts';
import {backupStages, review} from './fixtures.ts';

const make = stageNamed(backupStages);

const text = (store: CockpitStore, columns = 120, rows = 40): string => drawFrame(store, columns, rows).join('\n');

const sizes = [
	{columns: 120, rows: 40},
	{columns: 80, rows: 24},
] as const;

test.each(sizes)(
	'backups at $columns: the snapshot first, then newest first, each with age, size and state',
	({columns, rows}) => {
		const shown = text(make('backups, one selected'), columns, rows);

		for (const part of [
			/snapshot beside live .*4e81d0c/,
			/backend_20260210_112341 +10 min +211 MB +4e81d0c +before 7f3a9c2 +✓ verified/,
			/▌ backend_20260203_113512 +7 d +210 MB +1d20b7e +before 4e81d0c +✓ verified/,
			/backend_20260128_112030 .*pinned/,
			/backend_20251230_111512 .*0 B .*✗ empty/,
			/not restorable: name/,
			/96 differ/,
			/2,409 files/,
			/ production .*backend/,
			/ frontend .*21 backups {2}4.1 GB/,
		])
			expect(shown, String(part)).toMatch(part);
		expect(shown.indexOf('snapshot beside live')).toBeLessThan(shown.indexOf('backend_20260210_112341'));
	},
);

test('backups: a hostile name is drawn escaped, and says why it can not be restored', () => {
	const store = make('backups, a hostile name');
	const shown = text(store);

	expect(shown).toContain(String.raw`\n\u001b[2J`);
	expect(press(store, 'enter').refusal).toBe('not restorable: name');
	expect(press(store, 'v').refusal).toContain('no backup of an app');
});

test('backups: a list being read, one that could not be read, an empty one and a filter without a match each say so', () => {
	expect(text(make('backups, loading'), 80, 24)).toContain('Asks production for its backups.');
	const failed = text(make('backups, no answer'), 80, 24);
	expect(failed).toMatch(/Why +connect ECONNREFUSED/);
	expect(failed).toMatch(/Next +Look at the host, then ask again with r/);
	expect(text(make('backups, no answer any more'), 80, 24)).toContain('What is below may be old');
	expect(text(make('backups, empty'), 80, 24)).toContain('No backup of the backend is in');
	expect(text(make('backups, filtered to nothing'), 80, 24)).toContain('holds "zzz"');
	expect(text(make('backups, no host'), 80, 24)).toContain('No environment here has a host');
});

test('backups: an old list says how old it is', () => {
	const store = make('backups');
	store.getState().tick(store.getState().now + 120_000);

	expect(text(store, 80, 24)).toContain('read 2 min ago');
});

test('backups keys: each asks about the backup under the cursor', () => {
	const store = make('backups, one selected');
	const name = 'backend_20260203_113512';

	expect(press(store, 'enter').asked).toEqual([
		['rollback.open', {app: 'backend', environment: 'production', to: name}],
	]);
	expect(press(store, 'R').asked).toEqual([
		['rollback.open', {app: 'backend', environment: 'production', to: 'previous'}],
	]);
	expect(press(store, 'v').asked).toEqual([['backups.verify', name]]);
	expect(press(store, 'd').asked).toEqual([['backups.compare', name]]);
	expect(press(store, 'p').asked).toEqual([['backups.pin', name]]);
	press(store, 'k');
	press(store, 'up');
	expect(press(store, 'enter').asked).toEqual([
		['rollback.open', {app: 'backend', environment: 'production', to: '20260203T055341Z-4e81d0c'}],
	]);
	expect(press(store, 'v').refusal).toContain('not an archive');
});

test('backups keys: what can not be restored says why; during a run nothing can', () => {
	expect(press(make('backups, a bad one'), 'enter').refusal).toBe('not restorable: empty');
	const store = make('backups, one selected');
	store.getState().beginDriving();
	expect(press(store, 'enter').refusal).toBe('a run is under way');
	expect(press(store, 'R').refusal).toBe('a run is under way');
	expect(press(make('backups, verifying'), 'd').refusal).toContain('still being looked at');
	expect(press(make('backups, loading'), 'enter').refusal).toContain('still being asked');
});

test('backups keys: another app, another environment, a filter that Esc takes away first', () => {
	const store = make('backups, one selected');
	press(store, 'a');
	expect(store.getState()).toMatchObject({app: 'frontend', lists: {backups: {cursor: undefined}}});
	expect(press(store, 'R').refusal).toContain('no snapshot of the frontend');
	expect(press(store, ']').asked).toEqual([['backups.reload']]);
	expect(store.getState().backupEnvironment).toBe('preprod');
	press(store, '[');
	expect(store.getState().backupEnvironment).toBe('production');
	press(store, 'a');
	press(store, '/');
	expect(activeScopes(store.getState())).toEqual(['backups.filter', 'typing']);
	store.getState().filterList('backups', 'f81e2a0');
	press(store, 'enter');
	expect(selectRow(store.getState())?.id).toBe('backend_20260128_112030.tar.gz');
	press(store, 'esc');
	expect(store.getState()).toMatchObject({lists: {backups: {filter: ''}}, screen: 'backups'});
	press(store, 'esc');
	expect(store.getState().screen).toBe('overview');
});

test.each(sizes)('rollback at $columns: what, where, how long and what stays, above the word', ({columns, rows}) => {
	const shown = text(make('rollback, half typed'), columns, rows);

	for (const part of [
		/Roll back backend on Production ─+ {2}PRODUCTION/,
		/from {2}7f3a9c2 {2}live since 11:28 IST, 6 min, by Ravi/,
		/to {4}1d20b7e {2}backend_20260203_113512.tar.gz, 211 MB/,
		/on {4}ubuntu@production/,
		/8 Restart services/,
		/about 4 min 0 s, downtime about 3.0 s/,
		/3 migrations ran since. They stay in the database./,
		/Type ROLLBACK to start/,
		/▸ ROLL /,
		/4 of 8 letters/,
		/Nothing has been changed/,
	])
		expect(shown, String(part)).toMatch(part);
	expect(shown).not.toMatch(/▸ ROLLBACK/);
});

test('rollback: how long live has been live goes by the clock of its host', () => {
	const shown = text(make('rollback, host on another day'));

	expect(shown).toMatch(/from {2}7f3a9c2 {2}live since 09:3\d IST, 2 h, by Ravi/);
});

test('rollback: at the least size what must be read and the word are there', () => {
	const shown = text(make('rollback, half typed'), 60, 16);

	for (const part of ['backend_20260203_113512', 'ubuntu@production', 'about 4 min', '3 migrations ran', '4 of 8'])
		expect(shown, part).toContain(part);
});

test('rollback: what is not known is said, and a release that failed once is called so', () => {
	const shown = text(make('rollback, snapshot'), 80, 24);

	expect(shown).toContain('Not known which migrations ran since');
	expect(shown).toContain('gone back from once');
	expect(shown).not.toContain('undefined');
});

test.each([
	[80, 24],
	[60, 16],
])('rollback at %ix%i: the run that it ends is named above the word', (width, height) => {
	const shown = text(make('rollback, dead run'), width, height).replaceAll(/[│┃\s]+/g, ' ');

	expect(shown).toContain('Takes over run 20260210T055341Z-backend-9b1d of Asha on asha-mac, since ');
	expect(shown).toContain('11:23 IST: nothing of it is alive, and it is ended first.');
	expect(shown).toContain('ROLLBACK');
});

test('rollback: without a way to go on there is no word, only the reason', () => {
	const blocked = text(make('rollback, blocked'), 80, 24);
	expect(blocked).toContain('ROLLBACK BLOCKED');
	expect(blocked).toContain('Asha on asha-mac holds the lock');
	expect(blocked).not.toContain('Type ROLLBACK');
	expect(text(make('rollback, failed'), 80, 24)).toContain('ECONNREFUSED');
	expect(text(make('rollback, loading'), 80, 24)).toContain('what going back would do');
});

test('rollback keys: Tab shows every command and goes back to the word; Esc closes one thing at a time', () => {
	const store = make('rollback');
	press(store, 'tab');
	expect(store.getState().rollback?.page).toBe('commands');
	expect(press(store, 'enter').refusal).toContain('Tab goes back');
	press(store, 'esc');
	expect(store.getState().rollback?.page).toBe('summary');
	press(store, 'esc');
	expect(store.getState().rollback).toBeUndefined();
});

test('rollback keys: Enter starts only on the exact word', () => {
	const store = make('rollback');
	for (const [typed, refusal] of [
		['', 'nothing was changed'],
		['ROLL', 'exactly'],
	] as const) {
		store.getState().typeRollback(typed);
		expect(press(store, 'enter').refusal).toContain(refusal);
	}
	store.getState().typeRollback('ROLLBACK');
	expect(press(store, 'enter').asked).toEqual([['rollback.confirm']]);
	expect(press(make('rollback, blocked'), 'enter').refusal).toContain('Asha');
});

test('rollback: names the snapshot of the database and how it is restored, before the word, also in little room', () => {
	const store = make('rollback');
	const databaseSnapshot = {name: 'pre-20260210', restore: 'aws rds restore pre-20260210', run: 'run-7'};
	store.getState().rollbackReviewed({state: 'ready', review: {...review, databaseSnapshots: [databaseSnapshot]}});

	for (const [columns, rows] of [
		[80, 24],
		[120, 40],
	] as const) {
		const shown = text(store, columns, rows).replaceAll(/\s+/g, ' ');
		expect(shown).toContain('Database snapshot pre-20260210, taken before the migrations of run-7');
		expect(shown).toContain('Restored by hand: aws rds restore pre-20260210');
	}
});

test('rollback: says that no migration ran since when that is known', () => {
	const store = make('rollback');
	store.getState().rollbackReviewed({state: 'ready', review: {...review, migrationsSince: []}});

	expect(text(store, 80, 24)).toContain('no migration ran since');
});

describe('rollback: what stays in the database', () => {
	const names = review.migrationsSince ?? [];
	const file = (up: string, down: string): string =>
		`<?php class A extends Migration { public function up() { Schema::table('users', function ($t) { ${up} }); } public function down() { Schema::table('users', function ($t) { ${down} }); } }`;
	const reports = reportMigrations(
		names,
		new Map(names.map((name, at) => [name, file(`$t->string('c${at}');`, `$t->dropColumn('c${at}');`)])),
	);
	const command = {
		value: `ssh ubuntu@production 'sudo -n -u www-data -- php /var/www/api/artisan migrate:rollback --step=3 --force'`,
	};
	const sql = {value: [{migration: 'A', text: 'alter table `users` drop `c2`', isDestructive: true}]};
	const shown = (migrations: NonNullable<typeof review.migrations>, page: 'summary' | 'commands'): string => {
		const store = make('rollback');
		store.getState().rollbackReviewed({state: 'ready', review: {...review, migrations}});
		store.getState().turnRollback(page);
		return text(store, 80, 24);
	};

	test('above the word: how bad it is, whether it can be taken back, and where the rest stands', () => {
		const summary = shown({reports, command, sql}, 'summary');
		expect(summary).toContain('3 migrations ran since');
		expect(summary).toContain('old code: ✗ breaks; taken back: yes, and loses data');
		expect(shown({reports, command: {unknown: 'x'}, sql}, 'summary')).not.toContain(
			'the line that takes them back',
		);
	});

	test('on the second page: each of them, the whole line to paste, its SQL, and what is not known', () => {
		const page = (migrations: Parameters<typeof shown>[0]): string =>
			leftRows(migrations, 76, {glyphs: glyphsFor(true), hasColour: false})
				.map(row =>
					row
						.map(part => part.text)
						.join('')
						.trim(),
				)
				.join(' ');
		const all = page({reports, command, sql});
		expect(all).toContain('✗ breaks: users.c0 must have a value: inserts that do not name it fail');
		expect(all).toContain(
			'The cockpit does not take them back. Whoever must, pastes this; data that came since goes with it:',
		);
		expect(all.replaceAll(/\s+/g, ' ')).toContain(command.value);
		expect(all).toContain('▲ alter table `users` drop `c2`');
		expect(page({reports, command, sql: {unknown: 'exit 1'}})).toContain('Its SQL is not known: exit 1');
		const stays = {unknown: 'migrate:rollback does not take back m1'};
		const none = page({reports, command: stays, sql: stays});
		expect(none).toContain('There is no line that takes them back: migrate:rollback does not take back m1.');
		expect(none).not.toMatch(/pastes this|SQL/);
		expect(shown({reports, command, sql}, 'commands')).toContain('Left in the database');
	});
});

import type {LeftMigrations} from '../app/migrations/left-migrations.ts';
import type {Known} from '../domain/gates/gates.ts';
import {migrationLines, migrationsInShort} from '../domain/migrations/lines.ts';
import type {Severity} from '../domain/migrations/old-code.ts';
import type {MigrationReport} from '../domain/migrations/report.ts';
import {printJson} from './print-json.ts';
import {paint, type Terminal} from './terminal.ts';

const meanings: Readonly<Record<Severity, Parameters<typeof paint>[1]>> = {
	fine: 'success',
	watch: 'attention',
	breaks: 'danger',
	unknown: 'attention',
};
const glyphs: Readonly<Record<Severity, string>> = {fine: '✓', watch: '▲', breaks: '✗', unknown: '?'};

const printReports = (terminal: Terminal, reports: readonly MigrationReport[]): void => {
	for (const {kind, severity, text} of migrationLines(reports)) {
		const indent = kind === 'name' ? '  ' : '      ';
		terminal.out(
			`${indent}${severity ? paint(terminal, meanings[severity], `${glyphs[severity]} ${text}`) : text}\n`,
		);
	}
};

/** What of a build a database has not seen, before its deploy begins; as one object with `json`. */
export const printPending = (
	terminal: Terminal,
	pending: Known<readonly MigrationReport[]>,
	{environment, json}: {readonly environment: string; readonly json: boolean},
): void => {
	if (json) {
		printJson(terminal, {
			type: 'migrations.pending',
			environment,
			...('unknown' in pending ? pending : {migrations: pending.value.map(reportObject)}),
		});
		return;
	}
	if ('unknown' in pending) {
		terminal.out(
			`  ${paint(terminal, 'attention', `? which migrations are pending is not known: ${pending.unknown}`)}\n`,
		);
		return;
	}
	if (pending.value.length === 0) return;
	terminal.out(`  ${migrationsInShort(pending.value, 'pending')}\n`);
	printReports(terminal, pending.value);
};

const reportObject = ({name, does, findings, revert}: MigrationReport) => ({
	name,
	does,
	oldCode: findings,
	revert: revert.kind,
	why: revert.why,
});

/** What a rollback leaves in the database, and how a person takes it back; as one object with `json`. */
export const printLeft = (terminal: Terminal, {reports, command, sql}: LeftMigrations, json: boolean): void => {
	if (json) {
		printJson(terminal, {
			type: 'migrations.left',
			migrations: reports.map(reportObject),
			...('unknown' in command ? {} : {command: command.value}),
			...('unknown' in sql ? sql : {sql: sql.value.map(({text}) => text)}),
		});
		return;
	}
	terminal.out(
		`  ${migrationsInShort(reports, reports.length === 1 ? 'stays in the database' : 'stay in the database')}\n`,
	);
	printReports(terminal, reports);
	if ('unknown' in command) {
		terminal.out(
			`  ${paint(terminal, 'attention', `There is no line that takes them back: ${command.unknown}.`)}\n`,
		);
		return;
	}
	const warning =
		'The cockpit does not take them back. Whoever must, pastes this; data that came since goes with it:';
	terminal.out(`  ${paint(terminal, 'attention', warning)}\n  ${command.value}\n`);
	if ('unknown' in sql) terminal.out(`  ${paint(terminal, 'attention', `Its SQL is not known: ${sql.unknown}`)}\n`);
	else
		for (const {text, isDestructive} of sql.value)
			terminal.out(`      ${isDestructive ? paint(terminal, 'danger', `▲ ${text}`) : text}\n`);
};

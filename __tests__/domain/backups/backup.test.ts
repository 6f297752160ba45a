import {expect, test} from 'vitest';
import {backupTime, escapeName, newestFirst, parseBackupName} from '../../../src/domain/backups/backup.ts';
import {aBackup} from './a-backup.ts';

test.each([
	['backend_20260210_112341', {app: 'backend', stamp: '20260210_112341', name: 'backend_20260210_112341'}],
	['frontend_20240229_000000.tar.gz', {app: 'frontend', stamp: '20240229_000000', name: 'frontend_20240229_000000'}],
])('backup name: %j is one', (text, name) => {
	expect(parseBackupName(text)).toEqual(name);
});

test.each([
	'',
	'backend_20260210_112341.tar',
	'backend_20260210_112341.tar.gz.part',
	'backend_20260210_112341.tar.gz\n',
	'backend_20260210_112341\n',
	'\nbackend_20260210_112341',
	'../backend_20260210_112341',
	'backend_20260210_112341/../x',
	'pre_rollback_backend_20260210_112341.tar.gz',
	'-backend_20260210_112341',
	'backend_20260210_112341;touch pwned',
	'backend_2026021٠_112341',
	'backend_20260230_112341',
	'backend_20250229_112341',
	'backend_20260210_242341',
	'backend_20260210_116041',
	'Backend_20260210_112341',
	'api_20260210_112341',
])('backup name: %j is none', text => {
	expect(parseBackupName(text)).toBeUndefined();
});

test('backup name: its time is that of the environment, of an hour that occurs twice the first', () => {
	const at = (text: string, zone: string): string => {
		const name = parseBackupName(text);
		return name ? new Date(backupTime(name, zone)).toISOString() : '';
	};

	expect(at('backend_20260210_112341', 'Asia/Kolkata')).toBe('2026-02-10T05:53:41.000Z');
	expect(at('backend_20261025_023000', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
});

test('a name for the screen: everything a terminal obeys is there, escaped', () => {
	expect(escapeName('a\n\u001B[31m\u009B1m\u202Eb\\n \u200Bü"$(x)')).toBe(
		String.raw`a\n\u001b[31m\u009b1m\u202eb\\n \u200bü"$(x)`,
	);
});

test('newest first: by time, not by name', () => {
	const backups = [
		aBackup({name: 'backend_20260201_110000', takenAt: 5}),
		aBackup({name: 'backend_20260209_110000', takenAt: 3}),
	];

	expect(newestFirst(backups)).toEqual(backups);
});

import fc from 'fast-check';
import {expect, test} from 'vitest';
import {
	backupTime,
	escapeName,
	mayPrune,
	newestFirst,
	parseBackupName,
	type Backup,
} from '../../../src/domain/backups/backup.ts';

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

const backup = (more: Partial<Backup> & Pick<Backup, 'name'>): Backup => ({
	file: `${more.name}.tar.gz`,
	shown: more.name,
	app: parseBackupName(more.name)?.app,
	takenAt: 0,
	sizeBytes: 1,
	modified: 0,
	state: 'verified',
	origin: 'cockpit',
	pinned: false,
	isRestorable: true,
	...more,
});

const day = (number: number, app = 'backend'): string => `${app}_202602${String(number).padStart(2, '0')}_110000`;

test('newest first: by time, not by name', () => {
	const backups = [backup({name: day(1), takenAt: 5}), backup({name: day(9), takenAt: 3})];

	expect(newestFirst(backups).map(({name}) => name)).toEqual([day(1), day(9)]);
});

test('retention: keeps the newest verified, by app; the bad among them do not count', () => {
	const backups = [
		backup({name: day(9), state: 'bad'}),
		backup({name: day(8)}),
		backup({name: day(7), state: 'bad'}),
		backup({name: day(6)}),
		backup({name: day(5), state: 'bad'}),
		backup({name: day(4)}),
		backup({name: day(3), state: 'unchecked'}),
		backup({name: day(2), state: 'pending'}),
		backup({name: day(1, 'frontend')}),
	];

	expect(mayPrune(backups, {keep: 2, inUse: []}).map(({name}) => name)).toEqual([day(5), day(4)]);
});

test('retention: never a pinned one, one of a release in use, or one of the old scripts unless asked', () => {
	const backups = [
		backup({name: day(9)}),
		backup({name: day(8), pinned: true}),
		backup({name: day(7), release: 'r1'}),
		backup({name: day(6), release: 'r2'}),
		backup({name: day(5), release: 'r3'}),
		backup({name: day(4), origin: 'old script', state: 'unchecked'}),
	];

	expect(mayPrune(backups, {keep: 1, inUse: ['r1', 'r2']}).map(({name}) => name)).toEqual([day(5)]);
	expect(mayPrune(backups, {keep: 1, inUse: [], oldScripts: true}).map(({name}) => name)).toEqual(
		[7, 6, 5, 4].map(number => day(number)),
	);
});

const anyBackup = fc
	.record({
		number: fc.integer({min: 1, max: 28}),
		app: fc.constantFrom('backend', 'frontend'),
		state: fc.constantFrom('verified' as const, 'unchecked' as const, 'pending' as const, 'bad' as const),
		origin: fc.constantFrom('cockpit' as const, 'old script' as const, 'unknown' as const),
		pinned: fc.boolean(),
		release: fc.option(fc.constantFrom('r1', 'r2', 'r3'), {nil: undefined}),
	})
	.map(({number, app, release, ...rest}) =>
		backup({name: day(number, app), ...rest, ...(release === undefined ? {} : {release})}),
	);

const anyBackups = fc.uniqueArray(anyBackup, {selector: ({name}) => name, maxLength: 30});

test('retention: whatever there is, what must stay stays', () => {
	fc.assert(
		fc.property(anyBackups, fc.integer({min: 1, max: 6}), fc.boolean(), (backups, keep, oldScripts) => {
			const removed = mayPrune(backups, {keep, inUse: ['r1', 'r2'], oldScripts});

			for (const one of removed) {
				expect(one.pinned).toBe(false);
				expect(one.state).not.toBe('pending');
				expect(['r1', 'r2']).not.toContain(one.release);
				if (!oldScripts) expect(one.origin).toBe('cockpit');
				expect(one.origin).not.toBe('unknown');
				if (one.origin === 'cockpit') expect(one.state).not.toBe('unchecked');
			}
			for (const app of ['backend', 'frontend'] as const) {
				const good = backups.filter(one => one.app === app && one.state === 'verified');
				const left = good.filter(one => !removed.includes(one));
				expect(left.length).toBeGreaterThanOrEqual(Math.min(keep, good.length));
				const newestLeft = good.toSorted((a, b) => (a.name < b.name ? 1 : -1))[0];
				if (newestLeft) expect(removed).not.toContain(newestLeft);
			}
		}),
	);
});

test('retention: what it leaves, it leaves again; a longer keep removes no more', () => {
	fc.assert(
		fc.property(anyBackups, fc.integer({min: 1, max: 6}), (backups, keep) => {
			const removed = mayPrune(backups, {keep, inUse: ['r1']});
			const left = backups.filter(one => !removed.includes(one));

			expect(mayPrune(left, {keep, inUse: ['r1']})).toEqual([]);
			for (const one of mayPrune(backups, {keep: keep + 1, inUse: ['r1']})) expect(removed).toContain(one);
		}),
	);
});

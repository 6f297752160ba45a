import fc from 'fast-check';
import {expect, test} from 'vitest';
import {mayPrune} from '../../../src/domain/backups/prune-backups.ts';
import {aBackup} from './a-backup.ts';

const day = (number: number, app = 'backend'): string => `${app}_202602${String(number).padStart(2, '0')}_110000`;

test('prune: keeps the newest verified, by app; the bad among them do not count', () => {
	const backups = [
		aBackup({name: day(9), state: 'bad'}),
		aBackup({name: day(8)}),
		aBackup({name: day(7), state: 'bad'}),
		aBackup({name: day(6)}),
		aBackup({name: day(5), state: 'bad'}),
		aBackup({name: day(4)}),
		aBackup({name: day(3), state: 'unchecked'}),
		aBackup({name: day(2), state: 'pending'}),
		aBackup({name: day(1, 'frontend')}),
	];

	expect(mayPrune(backups, {keep: 2, inUse: []}).map(({name}) => name)).toEqual([day(5), day(4)]);
});

test('prune: never a pinned one, one of a release in use, or one of the old scripts unless asked', () => {
	const backups = [
		aBackup({name: day(9)}),
		aBackup({name: day(8), pinned: true}),
		aBackup({name: day(7), release: 'r1'}),
		aBackup({name: day(6), release: 'r2'}),
		aBackup({name: day(5), release: 'r3'}),
		aBackup({name: day(4), origin: 'old script', state: 'unchecked'}),
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
		aBackup({name: day(number, app), ...rest, ...(release === undefined ? {} : {release})}),
	);

const anyBackups = fc.uniqueArray(anyBackup, {selector: ({name}) => name, maxLength: 30});

test('prune: whatever there is, what must stay stays', () => {
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

test('prune: what it leaves, it leaves again; a longer keep removes no more', () => {
	fc.assert(
		fc.property(anyBackups, fc.integer({min: 1, max: 6}), (backups, keep) => {
			const removed = mayPrune(backups, {keep, inUse: ['r1']});
			const left = backups.filter(one => !removed.includes(one));

			expect(mayPrune(left, {keep, inUse: ['r1']})).toEqual([]);
			for (const one of mayPrune(backups, {keep: keep + 1, inUse: ['r1']})) expect(removed).toContain(one);
		}),
	);
});

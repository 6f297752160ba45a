import {describe, expect, test} from 'vitest';
import {migrationActions, migrationsSummary} from '../../src/recipes/laravel/run-migrations.ts';
import {laravelPlan} from './laravel-plan.ts';

const plain = laravelPlan();
const entry = (path: string) => ({path, mode: '100644' as const, sha256: 'a'.repeat(64), sizeBytes: 1});
const withMaintenance = {
	...laravelPlan({
		source: {...plain.source, entries: [entry('database/migrations/2026_02_01_090000_b.php')]},
	}),
	target: {...plain.target, maintenance: 'migrations' as const},
};

const migrate = (plan: typeof plain) => {
	const action = migrationActions(plan).find(({id}) => id === 'migrate');
	return action?.kind === 'job' ? action.commands.at(-1) : undefined;
};

describe('maintenance while migrations run', () => {
	test('only where the environment asks for it, and around artisan migrate alone', () => {
		expect(migrate(plain)?.argv.join(' ')).not.toContain('artisan" down');
		const command = migrate(withMaintenance);
		expect(command?.argv.join(' ')).toContain('artisan" down --retry=60');
		expect(command?.argv.slice(-4).join(' ')).toContain('migrate --force --no-interaction');
		expect(command?.argv).toContain(plain.layout.live);
		// As a plan tells it, and the error of a run: `artisan down` may be what fails.
		expect(command?.label).toBe('artisan down, artisan migrate --force --no-interaction, artisan up');
		expect(command?.sudo).toEqual(expect.arrayContaining(['www-data: php', 'www-data: sh']));
	});

	test('the step says for how long visitors were kept out', () => {
		const ran = '| Yes  | 2026_02_01_090000_b | 1 |';
		const log = 'maintenance from 2026-02-10T05:58:00Z\nMigrated: b\nmaintenance until 2026-02-10T05:58:03Z\n';
		const results = {migrations: 'run', 'migrations-before': '', 'migrations-after': ran};

		expect(migrationsSummary(withMaintenance, {...results, migrate: log})).toBe(
			'1 migration ran, maintenance 3.0 s',
		);
		expect(migrationsSummary(withMaintenance, {...results, migrate: 'Migrated: b\n'})).toBe('1 migration ran');
	});
});

import {databaseSnapshotIn} from '../../domain/backups/database-snapshot.ts';
import {keptFrom} from '../../domain/environments/hooks.ts';
import {migrationsDone, migrationsRan} from '../../domain/runs/migrations.ts';
import type {Results} from '../../domain/runs/pipeline.ts';
import {hookActionId, hooksAt} from '../hooks/hook-actions.ts';
import type {LaravelPlan} from './plan.ts';

const mostNamed = 5;

/**
 * What a run that did not end well leaves in the database, from what it knows itself: nothing takes migrations back with
 * the release. `log`: what a job has said so far.
 */
export const leftInDatabase = (plan: LaravelPlan, results: Results, log: (job: string) => string): string => {
	if (results['migrations'] !== 'run') return '';
	const before = new Set(migrationsRan(results['migrations-before'] ?? ''));
	const after = migrationsRan(results['migrations-after'] ?? '').filter(name => !before.has(name));
	const ran = [...new Set([...migrationsDone(results['migrate'] ?? log('migrate')), ...after])].toSorted();
	if (ran.length === 0) return '';
	const shown = ran.slice(0, mostNamed);
	const more = ran.length > mostNamed ? ` and ${ran.length - mostNamed} more` : '';
	const snapshot = snapshotOf(plan, results);
	return [
		`${ran.length === 1 ? 'A migration' : `${ran.length} migrations`} of it ran and ${ran.length === 1 ? 'stays' : 'stay'} in the database: ${shown.join(', ')}${more}.`,
		...(snapshot === undefined ? [] : [`Database snapshot from before: ${snapshot}.`]),
	].join(' ');
};

const snapshotOf = (plan: LaravelPlan, results: Results): string | undefined => {
	const said = hooksAt(plan, 'beforeMigrate').map(hook => results[hookActionId('beforeMigrate', hook)] ?? '');
	return databaseSnapshotIn(keptFrom(said.flatMap(text => text.split('\n'))), undefined)?.name;
};

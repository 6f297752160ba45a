import {artisan, migrateStatus, pretendMigrations} from '../../commands/laravel/laravel.ts';
import {whileDown} from '../../commands/maintenance/maintenance.ts';
import type {Command} from '../../domain/command.ts';
import {duration} from '../../domain/format.ts';
import {migrationsPrompt, migrationsRan, pendingMigrations, pretendedSql} from '../../domain/runs/migrations.ts';
import type {Action, Refusal, Results, Step} from '../../domain/runs/pipeline.ts';
import {hookActions} from '../hooks/hook-actions.ts';
import type {LaravelPlan} from './plan.ts';

const paths = ({source}: LaravelPlan): readonly string[] => source.entries.map(({path}) => path);

const pendingIn = (plan: LaravelPlan, results: Results): readonly string[] =>
	pendingMigrations(paths(plan), results['migrations-before'] ?? '');

/** What is live is kept from visitors meanwhile, where the environment says so. */
const inMaintenance = ({target, state, layout}: LaravelPlan, migrate: Command): Command =>
	target.maintenance === 'migrations'
		? whileDown(migrate, state, {job: 'migrate', live: layout.live, target})
		: migrate;

/**
 * Asks, previews and runs what the database has not seen, before the swap: what is live then must work with it.
 * Verified by the status before and after. Source: workflow, "deploy_backend_prod.sh", step 6.
 */
export const migrationActions = (plan: LaravelPlan): readonly Action[] => {
	const app = {directory: plan.candidate, target: plan.target};
	const hasPending = (results: Results): boolean => pendingIn(plan, results).length > 0;
	const whenPending = {text: 'migrations are pending', holds: hasPending};
	const whenRun = {text: 'the answer is to run them', holds: (results: Results) => results['migrations'] === 'run'};
	const hooks = hookActions(plan, 'beforeMigrate', {when: whenRun});
	return [
		{kind: 'read', id: 'migrations-before', command: migrateStatus(app)},
		{kind: 'read', id: 'migrations-preview', command: pretendMigrations(app), when: whenPending},
		{
			kind: 'prompt',
			id: 'migrations',
			job: 'migrate',
			before: hooks.flatMap(({kind, id}) => (kind === 'job' ? [id] : [])),
			prompt: results =>
				hasPending(results)
					? migrationsPrompt({
							id: 'migrations',
							pending: pendingIn(plan, results),
							sql: pretendedSql(results['migrations-preview'] ?? ''),
							settled: plan.record.migrate,
						})
					: undefined,
		},
		...hooks,
		{
			kind: 'job',
			id: 'migrate',
			when: whenRun,
			...(plan.target.maintenance === 'migrations' ? {isMaintenance: true} : {}),
			commands: [inMaintenance(plan, artisan(app, 'migrate', '--force', '--no-interaction'))],
		},
		{
			kind: 'read',
			id: 'migrations-after',
			command: migrateStatus(app),
			when: {text: 'migrations were run', holds: results => results['migrations'] === 'run'},
			check: results => verifyMigrations(plan, results),
		},
	];
};

/** `migrate` may find nothing and exit 0: only the status afterwards tells. */
const verifyMigrations = (plan: LaravelPlan, results: Results): Refusal | undefined => {
	const left = pendingMigrations(paths(plan), results['migrations-after'] ?? '');
	return left.length === 0
		? undefined
		: {
				why: `artisan migrate ended well, but these are still pending: ${left.join(', ')}`,
				next: 'Look at the connection in .env: it may have migrated another database.',
			};
};

/** `, maintenance 3 s`, from the log of the job: what users met meanwhile was no failure. */
const maintenanceTold = (log = ''): string => {
	const at = (word: string): number =>
		Date.parse(new RegExp(`^maintenance ${word} (\\S+)$`, 'm').exec(log)?.[1] ?? '');
	const ms = at('until') - at('from');
	return Number.isNaN(ms) ? '' : `, maintenance ${duration(ms)}`;
};

/** What became of the migrations, in a few words. */
export const migrationsSummary = (plan: LaravelPlan, results: Results): string => {
	const pending = pendingIn(plan, results).length;
	if (pending === 0) return 'no migrations pending';
	if (results['migrations'] !== 'run') return `${pending} pending, skipped`;
	const ran = (status: string): number => migrationsRan(results[status] ?? '').length;
	const count = ran('migrations-after') - ran('migrations-before');
	return `${count === 1 ? '1 migration' : `${count} migrations`} ran${maintenanceTold(results['migrate'])}`;
};

/** The step of production; on pre-prod the same stands before the caches. */
export const runMigrations = (plan: LaravelPlan): Step => ({
	id: 'run-migrations',
	title: 'Run migrations',
	touches: 'candidate',
	// The database must be in a backup's company before it is changed.
	after: ['install-dependencies', 'back-up'],
	actions: migrationActions(plan),
	summary: results => migrationsSummary(plan, results),
});

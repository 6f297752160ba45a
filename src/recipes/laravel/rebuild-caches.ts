import {artisan} from '../../commands/laravel/laravel.ts';
import {keepMade} from '../../commands/candidate/made.ts';
import type {Command} from '../../domain/command.ts';
import type {Step} from '../../domain/runs/pipeline.ts';
import {isProduction, listsOf} from '../deploy/plan.ts';
import {job} from '../run/job.ts';
import type {LaravelPlan} from './plan.ts';
import {migrationActions, migrationsSummary} from './run-migrations.ts';

/** Each `*:cache` begins by clearing its own. They bake the directory's own path. */
export const cacheCommands = (app: Parameters<typeof artisan>[0]): readonly Command[] =>
	['config:cache', 'route:cache', 'view:cache'].map(name => artisan(app, name));

/**
 * Clears and rebuilds the config, route and view caches; each `*:cache` begins by clearing its own. They bake the
 * candidate's own path. `cache:clear` is left alone: on redis it would end sessions and locks of live. `keepMade` closes
 * the list of the release: what a later step writes to it refuses the swap.
 */
export const rebuildCaches = (plan: LaravelPlan): Step => ({
	id: 'rebuild-caches',
	title: isProduction(plan) ? 'Clear and optimize caches' : 'Clear and build caches',
	touches: 'candidate',
	after: isProduction(plan) ? ['run-migrations'] : ['install-dependencies', 'back-up'],
	actions: [
		...(isProduction(plan) ? [] : migrationActions(plan)),
		job('caches', [
			...cacheCommands({directory: plan.candidate, target: plan.target}),
			keepMade(plan, listsOf(plan)),
		]),
	],
	summary: results => ['3 caches', ...(isProduction(plan) ? [] : [migrationsSummary(plan, results)])].join(', '),
});

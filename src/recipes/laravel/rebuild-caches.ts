import {artisan} from '../../commands/laravel.ts';
import type {Step} from '../../domain/pipeline.ts';
import type {LaravelPlan} from './plan.ts';

/**
 * Clears and rebuilds the config, route and view caches; each `*:cache` begins by clearing its own. They bake the
 * candidate's own path. `cache:clear` is left alone: on redis it would end sessions and locks of live.
 */
export const rebuildCaches = ({candidate, target}: LaravelPlan): Step => ({
	id: 'rebuild-caches',
	title: 'Clear and build caches',
	touches: 'candidate',
	after: ['install-dependencies'],
	actions: [
		{
			kind: 'job',
			id: 'caches',
			commands: [
				artisan({directory: candidate, target}, 'config:cache'),
				artisan({directory: candidate, target}, 'route:cache'),
				artisan({directory: candidate, target}, 'view:cache'),
			],
		},
	],
	summary: () => '3 caches',
});

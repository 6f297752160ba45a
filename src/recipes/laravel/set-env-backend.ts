import {artisan, rebuildConfig} from '../../commands/laravel/laravel.ts';
import type {LaravelTarget} from '../../domain/environments/environment.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import type {EnvPlan} from '../set-env/plan.ts';
import {setEnv} from '../set-env/set-env.ts';

/**
 * Laravel reads the file only where its configuration is not cached, php-fpm keeps the cache until it is reloaded, and
 * queue workers what they began with.
 */
export const setEnvBackend = (plan: EnvPlan<LaravelTarget>): Pipeline => {
	const {state, layout, target} = plan;
	return setEnv(plan, {
		caches: [rebuildConfig(state, layout, target)],
		tell: target.restartQueue ? [artisan({directory: layout.live, target}, 'queue:restart')] : [],
	});
};

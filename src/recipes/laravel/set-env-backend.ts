import {artisan, rebuildConfig} from '../../commands/laravel/laravel.ts';
import {tolerate} from '../../commands/tolerate.ts';
import type {LaravelTarget} from '../../domain/environments/environment.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {job} from '../run/job.ts';
import type {EnvPlan} from '../set-env/plan.ts';
import {setEnv} from '../set-env/set-env.ts';

/**
 * Laravel reads the file only where its configuration is not cached, php-fpm keeps the cache until it is reloaded, and
 * queue workers what they began with. What can be gone back to must not bring the old
 * values back: a password of yesterday would make a rollback fail.
 */
export const setEnvBackend = (plan: EnvPlan<LaravelTarget>): Pipeline => {
	const {state, layout, target} = plan;
	return setEnv(plan, {
		caches: [rebuildConfig('live', state, plan)],
		healthy: [job('other-releases', [tolerate(rebuildConfig('others', state, plan))])],
		tell: target.restartQueue ? [artisan({directory: layout.live, target}, 'queue:restart')] : [],
	});
};

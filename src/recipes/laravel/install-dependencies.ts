import {composerInstall} from '../../commands/laravel/laravel.ts';
import {installKept} from '../../commands/candidate/made.ts';
import type {Step} from '../../domain/runs/pipeline.ts';
import {job} from '../run/job.ts';
import type {LaravelPlan} from './plan.ts';

/** `composer install --no-dev --optimize-autoloader` in the candidate. Source: workflow, "deploy_backend_preprod.sh". */
export const installDependencies = (plan: LaravelPlan): Step => ({
	id: 'install-dependencies',
	title: 'Install dependencies',
	touches: 'candidate',
	after: ['extract-files'],
	actions: [
		job('composer', [
			installKept(
				{state: plan.state, target: plan.target},
				plan.candidate,
				composerInstall({
					directory: plan.candidate,
					target: plan.target,
					home: `${plan.layout.base}/composer`,
				}),
			),
		]),
	],
});

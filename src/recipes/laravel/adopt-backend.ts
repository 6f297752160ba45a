import {rebuildBakedCaches} from '../../commands/laravel/laravel.ts';
import type {LaravelTarget} from '../../domain/environments/environment.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {adopt} from '../adopt/adopt.ts';
import type {AdoptPlan} from '../adopt/plan.ts';

/** A deploy has baked the path of its release into the caches, and an undoing takes the releases away. */
export const adoptBackend = (plan: AdoptPlan<LaravelTarget>): Pipeline => {
	const {record, layout, target} = plan;
	return adopt(
		plan,
		record.kind === 'adopt-undo'
			? {exchange: command => [command, rebuildBakedCaches({directory: layout.live, target}, layout)]}
			: {},
	);
};

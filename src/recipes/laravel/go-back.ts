import {artisan} from '../../commands/laravel/laravel.ts';
import {closeRun} from '../../commands/lock/lock.ts';
import {keepFailedRelease} from '../../commands/releases/failed-release.ts';
import {refreshService, serviceStates, swapBack} from '../../commands/releases/swap.ts';
import type {GoBack} from '../../domain/runs/pipeline.ts';
import {failedName} from '../../domain/runs/run-names.ts';
import {claimOf} from '../lock-terms.ts';
import {runEntry} from '../run-entry.ts';
import type {LaravelPlan} from './plan.ts';

/** The way back a failed deploy takes by itself: the release it replaced is complete beside it. */
export const goBack = (plan: LaravelPlan): GoBack => {
	const {layout, target, release, record, state, environment} = plan;
	return {
		job: {
			kind: 'job',
			id: 'go-back',
			commands: [
				swapBack(claimOf(plan), record.run),
				...target.services.flatMap(refreshService),
				...(target.restartQueue ? [artisan({directory: layout.live, target}, 'queue:restart')] : []),
				serviceStates(target.services),
			],
		},
		health: target.health,
		close: {
			kind: 'job',
			id: 'close-as-gone-back',
			commands: [
				keepFailedRelease(state, {
					layout,
					release,
					name: failedName({app: 'backend', startedAt: record.startedAt, timeZone: environment.timeZone}),
					part: '',
					why: `failed in ${record.run}`,
				}),
				closeRun(state, 'failed', runEntry('deploy.failed', record, {release, wentBack: true})),
			],
		},
	};
};

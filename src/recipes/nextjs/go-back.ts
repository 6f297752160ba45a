import {keepFailedRelease} from '../../commands/releases/failed-release.ts';
import {closeRun} from '../../commands/lock/lock.ts';
import {startPm2, stopPm2, whileStopped} from '../../commands/nextjs/pm2.ts';
import {refreshService, swapBack} from '../../commands/releases/swap.ts';
import type {GoBack} from '../../domain/runs/pipeline.ts';
import {failedName} from '../../domain/runs/run-names.ts';
import {claimOf} from '../lock-terms.ts';
import {runEntry} from '../run-entry.ts';
import type {FrontendPlan} from './plan.ts';

/** The way back a failed deploy takes by itself: the release it replaced is complete beside it. */
export const goBack = (plan: FrontendPlan): GoBack => {
	const {layout, target, release, record, state, environment, pm2} = plan;
	return {
		job: {
			kind: 'job',
			id: 'go-back',
			commands: [
				stopPm2(pm2),
				whileStopped(pm2, swapBack(claimOf(plan), record.run)),
				startPm2(pm2, target.health.withinMs),
				...target.services.flatMap(refreshService),
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
					name: failedName({app: 'frontend', startedAt: record.startedAt, timeZone: environment.timeZone}),
					part: '/.next',
					why: `failed in ${record.run}`,
				}),
				closeRun(state, 'failed', runEntry('deploy.failed', record, {release, wentBack: true})),
			],
		},
	};
};

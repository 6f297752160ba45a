import {startPm2, stopPm2, whileStopped} from '../../commands/nextjs/pm2.ts';
import {refreshService, swapBack} from '../../commands/releases/swap.ts';
import type {GoBack} from '../../domain/runs/pipeline.ts';
import {goBackBy} from '../deploy/go-back.ts';
import type {FrontendPlan} from './plan.ts';

export const goBack = (plan: FrontendPlan): GoBack => {
	const {target, record, pm2} = plan;
	return goBackBy(plan, {
		commands: [
			stopPm2(pm2),
			whileStopped(pm2, swapBack(plan.claim, record.run)),
			startPm2(pm2, target.health.withinMs),
			...target.services.flatMap(refreshService),
		],
		part: '/.next',
	});
};

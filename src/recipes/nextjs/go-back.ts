import {startPm2, stopPm2, whileStopped} from '../../commands/nextjs/pm2.ts';
import {refreshService, swapBack} from '../../commands/releases/swap.ts';
import type {GoBack} from '../../domain/runs/pipeline.ts';
import {goBackBy} from '../deploy/go-back.ts';
import type {FrontendPlan} from './plan.ts';

export const goBack = (plan: FrontendPlan): GoBack => {
	const {target, record} = plan;
	return goBackBy(plan, {
		commands: [
			stopPm2(plan),
			whileStopped(plan, swapBack(plan.claim, record.run)),
			startPm2(plan, target.health.withinMs),
			...target.services.flatMap(refreshService),
		],
		part: '/.next',
	});
};

import {swapBack} from '../../commands/releases/swap.ts';
import type {GoBack} from '../../domain/runs/pipeline.ts';
import {goBackBy} from '../deploy/go-back.ts';
import {claimOf} from '../run/lock.ts';
import type {LaravelPlan} from './plan.ts';
import {refreshServices} from './restart-services.ts';

export const goBack = (plan: LaravelPlan): GoBack =>
	goBackBy(plan, {commands: [swapBack(claimOf(plan), plan.record.run), ...refreshServices(plan)], part: ''});

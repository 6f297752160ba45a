import {swapBack} from '../../commands/releases/swap.ts';
import type {GoBack} from '../../domain/runs/pipeline.ts';
import {goBackBy} from '../deploy/go-back.ts';
import type {LaravelPlan} from './plan.ts';
import {refreshServices} from './restart-services.ts';

export const goBack = (plan: LaravelPlan): GoBack =>
	goBackBy(plan, {commands: [swapBack(plan.claim, plan.record.run), ...refreshServices(plan)], part: ''});

import type {Step} from '../../domain/runs/pipeline.ts';
import {closeDeploy} from '../deploy/close-deploy.ts';
import {closesBehind} from '../hooks/closing-steps.ts';
import {isProduction} from '../deploy/plan.ts';
import type {LaravelPlan} from './plan.ts';

/** Healthy means several good answers in a row; only then is the release recorded and the lock given back. */
export const verify = (plan: LaravelPlan): Step => ({
	id: 'verify',
	title: isProduction(plan) ? 'Health check' : 'Verify',
	touches: 'live',
	after: ['restart-services'],
	actions: [
		{kind: 'probe', id: 'health', policy: plan.target.health},
		...(closesBehind(plan, 'afterDeploy') ? [] : [closeDeploy(plan)]),
	],
	summary: results => results['health'],
});

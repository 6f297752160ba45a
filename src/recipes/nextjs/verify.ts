import {provePm2, savePm2} from '../../commands/nextjs/pm2.ts';
import type {Step} from '../../domain/runs/pipeline.ts';
import {closeDeploy} from '../deploy/close-deploy.ts';
import {closesBehind} from '../hooks/closing-steps.ts';
import {isProduction} from '../deploy/plan.ts';
import {job} from '../run/job.ts';
import type {FrontendPlan} from './plan.ts';
import {switchedTo} from './switch-release.ts';

/**
 * The new build is what the site serves, it stays healthy, and PM2 did not restart it meanwhile; only then PM2's list is
 * saved, the release recorded and the lock given back. Source: workflow, "deploy_frontend_prod.sh", step 10.
 */
export const verify = (plan: FrontendPlan): Step => ({
	id: 'verify',
	title: isProduction(plan) ? 'Health checks' : 'Verify',
	touches: 'live',
	after: ['start-pm2'],
	actions: [
		{
			kind: 'served',
			id: 'served',
			site: plan.environment.urls.site.replace(/\/+$/, ''),
			expect: switchedTo,
			timing: plan.target.health,
		},
		{kind: 'probe', id: 'health', policy: plan.target.health},
		job('prove-pm2', [provePm2(plan), savePm2(plan)]),
		...(closesBehind(plan, 'afterDeploy') ? [] : [closeDeploy(plan)]),
	],
	summary: results => {
		const isSaved = (results['prove-pm2'] ?? '').includes('PM2 list saved');
		return [results['health'], results['served'], isSaved ? undefined : 'PM2 could not save its list']
			.filter(Boolean)
			.join('; ');
	},
});

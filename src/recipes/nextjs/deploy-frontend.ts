import {aroundPm2} from '../../commands/nextjs/pm2.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {backUp} from '../deploy/back-up.ts';
import {closeDeploy} from '../deploy/close-deploy.ts';
import {afterDeploy} from '../hooks/closing-steps.ts';
import {deployFrame} from '../deploy/frame.ts';
import {isProduction} from '../deploy/plan.ts';
import {build, deploymentPackage, verifyBuildId} from './build.ts';
import type {FrontendPlan} from './plan.ts';
import {frontendPreFlight} from './pre-flight-checks.ts';
import {frontendGoBack, switchRelease} from './switch-release.ts';
import {upload} from './upload.ts';
import {verify} from './verify.ts';

/**
 * Frontend to Pre-Prod in nine steps, to production in ten. Until "Stop PM2" live is untouched: everything slow is done
 * beside it. Source: workflow, "deploy_frontend_preprod.sh", "deploy_frontend_prod.sh"; design, "Pipelines".
 */
export const deployFrontend = (plan: FrontendPlan): Pipeline => ({
	...deployFrame(plan, aroundPm2(plan)),
	steps: [
		frontendPreFlight(plan),
		build(plan),
		verifyBuildId(plan),
		backUp(plan),
		...(isProduction(plan) ? [deploymentPackage] : []),
		upload(plan),
		...switchRelease(plan),
		verify(plan),
		...afterDeploy(plan, closeDeploy(plan)),
	],
	swapStep: 'extract',
	goBack: frontendGoBack(plan),
});

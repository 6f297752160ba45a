import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {backUp} from '../deploy/back-up.ts';
import {closeDeploy} from '../deploy/close-deploy.ts';
import {afterDeploy} from '../hooks/closing-steps.ts';
import {deployFrame} from '../deploy/frame.ts';
import {isProduction} from '../deploy/plan.ts';
import {leftInDatabase} from './left-in-database.ts';
import type {LaravelPlan} from './plan.ts';
import {backendPreFlight} from './pre-flight-checks.ts';
import {rebuildCaches} from './rebuild-caches.ts';
import {backendGoBack, restartServices} from './restart-services.ts';
import {runMigrations} from './run-migrations.ts';
import {extractFiles, installDependencies, uploadFiles} from './upload.ts';
import {verify} from './verify.ts';

/**
 * Backend to Pre-Prod in eight steps, to production in nine: there migrations are a step of their own. Until "Restart
 * services" live is untouched: everything is prepared in a release directory of its own. Source: workflow,
 * "deploy_backend_preprod.sh", "deploy_backend_prod.sh"; design, "Pipelines".
 */
export const deployBackend = (plan: LaravelPlan): Pipeline => ({
	...deployFrame(plan),
	steps: [
		backendPreFlight(plan),
		backUp(plan),
		uploadFiles(plan),
		extractFiles(plan),
		installDependencies(plan),
		...(isProduction(plan) ? [runMigrations(plan)] : []),
		rebuildCaches(plan),
		restartServices(plan),
		verify(plan),
		...afterDeploy(plan, closeDeploy(plan)),
	],
	swapStep: 'restart-services',
	goBack: backendGoBack(plan),
	leftBehind: leftInDatabase(plan),
});

import {parseFrontendFacts} from '../../commands/nextjs/frontend-facts.ts';
import {sourceVerdict} from '../deploy/check-source.ts';
import type {AppRecipe} from '../recipes.ts';
import type {FrontendRollbackPlan} from '../rollback/plan.ts';
import {judgeFrontendHost} from './check-host.ts';
import {deployFrontend} from './deploy-frontend.ts';
import {planFrontendDeploy} from './plan.ts';
import {checkFrontendSource} from './pre-flight-checks.ts';
import {rollbackFrontend} from './rollback-frontend.ts';

export const nextjs: AppRecipe = {
	deploy: settled => {
		const plan = planFrontendDeploy(settled);
		return {
			plan,
			pipeline: deployFrontend(plan),
			verdicts: answer => [
				sourceVerdict(plan, checkFrontendSource(plan)),
				...judgeFrontendHost(plan, parseFrontendFacts(answer)),
			],
			lockFile: 'package-lock.json',
		};
	},
	rollback: plan => rollbackFrontend(plan as FrontendRollbackPlan),
};

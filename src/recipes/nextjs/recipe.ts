import {parseFrontendFacts} from '../../commands/nextjs/frontend-facts.ts';
import {sourceVerdict} from '../deploy/check-source.ts';
import type {NextTarget} from '../../domain/environments/environment.ts';
import type {AdoptPlan} from '../adopt/plan.ts';
import type {AppRecipe} from '../recipes.ts';
import type {FrontendRollbackPlan} from '../rollback/plan.ts';
import {adoptFrontend} from './adopt-frontend.ts';
import {judgeFrontendHost} from './check-host.ts';
import {deployFrontend} from './deploy-frontend.ts';
import {planFrontendDeploy} from './plan.ts';
import {checkFrontendSource} from './pre-flight-checks.ts';
import type {EnvPlan} from '../set-env/plan.ts';
import {rollbackFrontend} from './rollback-frontend.ts';
import {setEnvFrontend} from './set-env-frontend.ts';

export const nextjs: AppRecipe = {
	about: {
		lockFile: 'package-lock.json',
		packages: 'The build is made here, in a clean work tree of the commit.',
		hasMigrations: false,
		serves: 'site',
	},
	deploy: settled => {
		const plan = planFrontendDeploy(settled);
		return {
			plan,
			pipeline: deployFrontend(plan),
			verdicts: answer => [
				sourceVerdict(plan, checkFrontendSource(plan)),
				...judgeFrontendHost(plan, parseFrontendFacts(answer)),
			],
		};
	},
	adopt: plan => adoptFrontend(plan as AdoptPlan<NextTarget>),
	rollback: plan => rollbackFrontend(plan as FrontendRollbackPlan),
	setEnv: plan => setEnvFrontend(plan as EnvPlan<NextTarget>),
};

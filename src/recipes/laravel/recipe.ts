import {parseHostFacts} from '../../commands/host/host-facts.ts';
import {sourceVerdict} from '../deploy/check-source.ts';
import type {AppRecipe} from '../recipes.ts';
import type {BackendRollbackPlan} from '../rollback/plan.ts';
import {judgeHost} from './check-host.ts';
import {deployBackend} from './deploy-backend.ts';
import {planBackendDeploy} from './plan.ts';
import {checkBackendSource} from './pre-flight-checks.ts';
import {rollbackBackend} from './rollback-backend.ts';

export const laravel: AppRecipe = {
	deploy: settled => {
		const plan = planBackendDeploy(settled);
		return {
			plan,
			pipeline: deployBackend(plan),
			verdicts: answer => [
				sourceVerdict(plan, checkBackendSource(plan)),
				...judgeHost(plan, parseHostFacts(answer)),
			],
			lockFile: 'composer.lock',
		};
	},
	rollback: plan => rollbackBackend(plan as BackendRollbackPlan),
};

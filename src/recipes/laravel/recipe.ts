import {parseHostFacts} from '../../commands/host/host-facts.ts';
import {sourceVerdict} from '../deploy/check-source.ts';
import type {LaravelTarget} from '../../domain/environments/environment.ts';
import type {AdoptPlan} from '../adopt/plan.ts';
import type {AppRecipe} from '../recipes.ts';
import type {BackendRollbackPlan} from '../rollback/plan.ts';
import {adoptBackend} from './adopt-backend.ts';
import {judgeHost} from './check-host.ts';
import {deployBackend} from './deploy-backend.ts';
import {planBackendDeploy} from './plan.ts';
import {checkBackendSource} from './pre-flight-checks.ts';
import type {EnvPlan} from '../set-env/plan.ts';
import {rollbackBackend} from './rollback-backend.ts';
import {setEnvBackend} from './set-env-backend.ts';

export const laravel: AppRecipe = {
	about: {
		lockFile: 'composer.lock',
		packages: 'composer install runs in the new release either way.',
		hasMigrations: true,
		serves: 'api',
	},
	deploy: settled => {
		const plan = planBackendDeploy(settled);
		return {
			plan,
			pipeline: deployBackend(plan),
			verdicts: answer => [
				sourceVerdict(plan, checkBackendSource(plan)),
				...judgeHost(plan, parseHostFacts(answer)),
			],
		};
	},
	adopt: plan => adoptBackend(plan as AdoptPlan<LaravelTarget>),
	rollback: plan => rollbackBackend(plan as BackendRollbackPlan),
	setEnv: plan => setEnvBackend(plan as EnvPlan<LaravelTarget>),
};

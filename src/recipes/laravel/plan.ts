import type {LaravelTarget} from '../../domain/environments/environment.ts';
import {planDeployTo, type DeployValues} from '../deploy/plan.ts';

/** Every value a backend deploy needs, settled before anything is touched. */
export type LaravelPlan = DeployValues<LaravelTarget> & {
	/** Whether a person watches the run who can answer its questions. */
	readonly canAsk: boolean;
};

/** Throws TypeError when the environment has no backend or no host; the front ends check both first. */
export const planBackendDeploy = ({
	canAsk,
	...options
}: Pick<LaravelPlan, 'record' | 'environment' | 'source' | 'uncommitted' | 'expected' | 'canAsk'>): LaravelPlan => ({
	...planDeployTo(options.environment.apps.backend, options),
	canAsk,
});

import type {AppName, Environment} from '../domain/environment.ts';
import {primaryHost} from '../domain/environment.ts';
import {DeployError} from '../domain/errors.ts';
import type {Pipeline, RunRecord} from '../domain/pipeline.ts';
import {runId} from '../domain/run-names.ts';
import {deployBackend} from '../recipes/laravel/deploy-backend.ts';
import {notFromSource, planBackendDeploy, type LaravelPlan} from '../recipes/laravel/plan.ts';
import type {AppServices} from './app-services.ts';
import {backendOf} from './backend-of.ts';

const notYet = (what: string, next: string): DeployError =>
	new DeployError({code: 'blocked', what: 'DEPLOYMENT BLOCKED', why: what, now: 'Nothing was changed.', next});

/** Throws DeployError `blocked` for what this version can't deploy yet. */
export const refuseUnbuilt = ({tier}: Environment, app: AppName): void => {
	if (app === 'frontend') throw notYet('the frontend pipelines are not part of this version', 'Deploy the backend.');
	if (tier === 'production') {
		throw notYet('production needs the evidence gates, which are not part of this version', 'Deploy to Pre-Prod.');
	}
};

type DeployOptions = {readonly environment: Environment; readonly app: AppName; readonly ready?: Promise<void>};

/**
 * Reads the sources of an app and settles every value of its deploy. Connects to nothing by itself; `ready` is a
 * connection being made meanwhile, whose key names the actor. Throws DeployError `blocked`, `configuration`, and what
 * `ready` rejects with.
 */
export const planDeploy = async (
	services: AppServices,
	{environment, app, ready}: DeployOptions,
): Promise<LaravelPlan> => {
	refuseUnbuilt(environment, app);
	const target = backendOf(environment);
	const [source, uncommitted] = await Promise.all([
		services.source.read({directory: target.source, excludes: notFromSource(target)}),
		services.source.uncommitted(target.source),
		ready,
	]);
	const startedAt = new Date(services.clock.now()).toISOString();
	const record: RunRecord = {
		version: 1,
		run: runId({startedAt, app, nonce: services.nonce()}),
		kind: 'deploy',
		app,
		environment: environment.name,
		startedAt,
		commit: source.commit,
		digest: source.digest,
		actor: await services.actorFor(primaryHost(environment)),
	};
	return planBackendDeploy({record, environment, source, uncommitted});
};

/** The pipeline of a deploy. Throws as `planDeploy`. */
export const prepareDeploy = async (services: AppServices, options: DeployOptions): Promise<Pipeline> =>
	deployBackend(await planDeploy(services, options));

import {rollbackFrom} from '../../src/app/rollback/rollback.ts';
import type {AppName, Environment} from '../../src/domain/environments/environment.ts';
import type {Pipeline, RollbackTarget, RunRecord} from '../../src/domain/runs/pipeline.ts';
import {planAdoption, type AdoptPlan} from '../../src/recipes/adopt/plan.ts';
import {recipeOf} from '../../src/recipes/recipes.ts';
import {planEnvChange} from '../../src/recipes/set-env/plan.ts';
import {deployBackend} from '../../src/recipes/laravel/deploy-backend.ts';
import {deployFrontend} from '../../src/recipes/nextjs/deploy-frontend.ts';
import {frontendEnvironment, frontendPlan} from './frontend-plan.ts';
import {laravelPlan} from './laravel-plan.ts';

/** Pre-prod with both apps. */
export const preprod: Environment = {
	...laravelPlan().environment,
	apps: {...laravelPlan().environment.apps, ...frontendEnvironment().apps},
};
export const production: Environment = {...preprod, name: 'production', title: 'Production', tier: 'production'};

const {target: _target, ...ofDeploy} = laravelPlan().record;

export const recordOf = (app: AppName, more: Partial<RunRecord> = {}): RunRecord => ({
	...ofDeploy,
	app,
	run: `20260210T055341Z-${app}-9b1d`,
	...more,
});

type Changes = {readonly environment?: Environment; readonly record?: Partial<RunRecord>};

export const deployPipeline = (
	app: AppName,
	{environment = preprod, record: more, ...rest}: Changes & {readonly canAsk?: boolean} = {},
): Pipeline => {
	const record = recordOf(app, {environment: environment.name, ...more});
	return app === 'backend'
		? deployBackend(laravelPlan({record, environment, ...rest}))
		: deployFrontend(frontendPlan({record, environment}));
};

export const rollbackPipeline = (
	app: AppName,
	kind: RollbackTarget['kind'],
	{environment = preprod, record}: Changes = {},
): Pipeline => {
	const target: RollbackTarget =
		kind === 'snapshot' ? {kind, release: 'previous'} : {kind, name: `${app}_20260203_113512`};
	return rollbackFrom(
		recordOf(app, {kind: 'rollback', environment: environment.name, commit: '', digest: '', target, ...record}),
		environment,
	);
};

export const adoptPipeline = (
	app: AppName,
	kind: 'adopt' | 'adopt-undo',
	{environment = preprod, record, isKnown = () => true}: Changes & Partial<Pick<AdoptPlan, 'isKnown'>> = {},
): Pipeline => {
	const about = recordOf(app, {kind, environment: environment.name, ...record});
	const plan = planAdoption({
		record: about,
		environment,
		isKnown,
		hash: text => text,
	});
	return recipeOf({record: about, environment}).adopt(plan);
};

/** `value`: what is set; undefined as for whoever drives it on. */
export const envPipeline = (
	app: AppName,
	{environment = preprod, record, value}: Changes & {readonly value?: string} = {},
): Pipeline => {
	const about = recordOf(app, {
		kind: 'set-env',
		environment: environment.name,
		commit: '',
		digest: '',
		env: {key: 'MAIL_HOST', verb: 'set'},
		...record,
	});
	const plan = planEnvChange({record: about, environment, value, hash: text => `sha256 of ${text.length}`});
	return recipeOf({record: about, environment}).setEnv(plan);
};

/** Every pipeline there is, by its name. */
export const allPipelines = (changes: Changes = {}): readonly {readonly name: string; readonly pipeline: Pipeline}[] =>
	(['backend', 'frontend'] as const).flatMap(app => [
		{name: `deploy of the ${app}`, pipeline: deployPipeline(app, changes)},
		{name: `rollback of the ${app} to a snapshot`, pipeline: rollbackPipeline(app, 'snapshot', changes)},
		{name: `rollback of the ${app} to a backup`, pipeline: rollbackPipeline(app, 'backup', changes)},
		{name: `adoption of the ${app}`, pipeline: adoptPipeline(app, 'adopt', changes)},
		{name: `undoing of the adoption of the ${app}`, pipeline: adoptPipeline(app, 'adopt-undo', changes)},
		{name: `change of a value of the ${app}`, pipeline: envPipeline(app, {...changes, value: 'smtp.example.com'})},
	]);

import {targetOf, type AppTarget, type Environment} from '../domain/environments/environment.ts';
import type {Pipeline} from '../domain/runs/pipeline.ts';
import {laravel} from './laravel/recipe.ts';
import {nextjs} from './nextjs/recipe.ts';
import type {AdoptPlan} from './adopt/plan.ts';
import type {CheckVerdict} from './deploy/host-checks.ts';
import type {DeployValues} from './deploy/plan.ts';
import type {RollbackPlan} from './rollback/plan.ts';
import type {RunPlan} from './run/plan.ts';
import type {EnvPlan} from './set-env/plan.ts';

/** The settled values of a deploy, what comes of them, and how they are checked. */
export type DeployPlan = {
	readonly plan: DeployValues;
	readonly pipeline: Pipeline;
	/** Every check, the ones on this machine first. The pre-flight step asks them again. `answer`: the host's. */
	readonly verdicts: (answer: string) => readonly CheckVerdict[];
};

/** What people are told of an app of one kind. */
export type AboutApp = {
	/** Names the packages of the app. */
	readonly lockFile: string;
	/** How the packages come to the new release. */
	readonly packages: string;
	/** Whether pending migrations are asked about before the swap. */
	readonly hasMigrations: boolean;
	/** What its health check asks. */
	readonly serves: 'api' | 'site';
};

/** What an app of one kind does. */
export type AppRecipe = {
	readonly about: AboutApp;
	readonly deploy: (
		settled: Pick<DeployValues, 'record' | 'environment' | 'source' | 'uncommitted' | 'expected'> & {
			/** All environments of the set: a build must not hold the address of another one. */
			readonly environments: readonly Environment[];
			/** Whether a person watches who can answer questions. */
			readonly canAsk: boolean;
		},
	) => DeployPlan;
	/** An adoption or its undoing, as the record of the run says. */
	readonly adopt: (plan: AdoptPlan) => Pipeline;
	readonly rollback: (plan: RollbackPlan) => Pipeline;
	/** Changes one value of the file the app reads its values from. */
	readonly setEnv: (plan: EnvPlan) => Pipeline;
};

const recipes: Readonly<Record<AppTarget['recipe'], AppRecipe>> = {laravel, nextjs};

/** Throws TypeError when the environment lacks the app; the front ends check it first. */
export const recipeOf = ({record, environment}: Pick<RunPlan, 'record' | 'environment'>): AppRecipe => {
	const target = targetOf(environment, record.app);
	if (!target) throw new TypeError(`environment ${environment.name} has no ${record.app}`);
	return recipes[target.recipe];
};

import {dirname} from 'node:path';
import {shortCommit} from '../../domain/build.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {hookLabel, type Hooks} from '../../domain/environments/hooks.ts';
import {blocked} from '../../domain/errors.ts';
import type {Pipeline, Refusal} from '../../domain/runs/pipeline.ts';
import type {PolicyMemory, PromotionRecord} from '../../domain/gates/policy.ts';
import type {SourceTree} from '../../domain/ports.ts';
import {notFromSource} from '../../domain/environments/excludes.ts';
import type {ExpectedValues} from '../../recipes/deploy/plan.ts';
import {recipeOf, type AppRecipe, type DeployPlan} from '../../recipes/recipes.ts';
import type {AppServices} from '../app-services.ts';
import {newRecord} from '../runs/run-record.ts';
import {readExpected} from '../env/expected-values.ts';
import {targetIn} from '../target-of.ts';

export type DeployOptions = {
	readonly environment: Environment;
	readonly app: AppName;
	/** All environments of the set: a build must not hold the address of another one. */
	readonly environments: readonly Environment[];
	/** A connection being made meanwhile, whose key names the actor. */
	readonly ready?: Promise<void> | undefined;
	/** Whether a person watches who can answer questions. */
	readonly canAsk: boolean;
	/** Only to be looked at, and never run: see `newRecord`. */
	readonly isDraft?: boolean;
	readonly migrate?: 'run' | 'skip' | undefined;
	/** Commit, or the beginning of one, that must be what is deployed. */
	readonly expect?: string | undefined;
	/** What the environment before gives the app; it has been asked. */
	readonly before?: ExpectedValues['before'];
	/** The policy the deploy goes by, and the evidence, settled before. */
	readonly policy?: PolicyMemory | undefined;
	readonly promotion?: PromotionRecord | undefined;
};

/**
 * Reads the sources of an app and settles every value of its deploy. Connects to nothing by itself. Throws DeployError
 * `blocked`, `configuration`, and what `ready` rejects with.
 */
export const planDeploy = async (services: AppServices, options: DeployOptions): Promise<DeployPlan> => {
	const {environment, app, environments, ready, canAsk, migrate, expect, policy, promotion, before} = options;
	const target = targetIn(environment, app);
	const [source, uncommitted] = await Promise.all([
		services.source.read({directory: target.source, excludes: notFromSource(target)}),
		services.source.uncommitted(target.source),
		ready,
	]);
	const refusal = policy && (await refuseHooks(services, environment, {hooks: target.hooks, commit: policy.commit}));
	if (refusal) throw blocked({what: 'DEPLOYMENT BLOCKED: a hook is not ready', ...refusal});
	if (expect !== undefined) requireCommit(source, expect, target.source);
	const record = await newRecord(services, options, {
		kind: 'deploy',
		commit: source.commit,
		digest: source.digest,
		...(migrate === undefined ? {} : {migrate}),
		...(policy === undefined ? {} : {policy}),
		...(promotion === undefined ? {} : {promotion}),
	});
	const expected = await readExpected(services, {environment, app, commit: source.commit, before});
	return deployFrom({record, environment, environments, source, uncommitted, expected, canAsk});
};

/**
 * Why a hook of a deploy can't be started from here: found out behind the swap, it would take the deploy back. `commit`: full id
 * of what the deploy goes by; null where none of it is committed.
 */
export const refuseHooks = async (
	services: Pick<AppServices, 'hooks'>,
	{file}: Environment,
	{hooks = {}, commit}: {readonly hooks: Hooks | undefined; readonly commit: string | null},
): Promise<Refusal | undefined> => {
	const directory = dirname(dirname(file));
	for (const hook of Object.values(hooks).flat()) {
		if (hook.where === 'host') continue;
		const why = await services.hooks.whyNot(hook, {directory, commit: commit ?? undefined});
		if (why !== undefined)
			return {
				code: 'blocked',
				why: `${hookLabel(hook)} can't be run: ${why}`,
				next: `Mend it, or take it out of hooks: in ${file}.`,
			};
	}
	return undefined;
};

/** The plan of a deploy from its record: also for whoever takes it over. */
export const deployFrom = (settled: Parameters<AppRecipe['deploy']>[0]): DeployPlan =>
	recipeOf(settled).deploy(settled);

/** The pipeline of a deploy. Throws as `planDeploy`. */
export const prepareDeploy = async (services: AppServices, options: DeployOptions): Promise<Pipeline> =>
	(await planDeploy(services, options)).pipeline;

const requireCommit = ({commit}: SourceTree, expected: string, directory: string): void => {
	if (/^[\da-f]{7,64}$/i.test(expected) && commit.startsWith(expected.toLowerCase())) return;
	throw blocked({
		what: `DEPLOYMENT BLOCKED: not the build that was expected`,
		why: `${directory} is at ${shortCommit(commit)}, --expect says ${JSON.stringify(expected.slice(0, 40))}`,
		next: 'Check out the commit you mean, or expect this one.',
	});
};

import {askWhose, notOwner, parseNotOwner} from '../../commands/lock/marker/marker.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {blocked} from '../../domain/errors.ts';
import type {Pipeline, RunRecord} from '../../domain/runs/pipeline.ts';
import {planAdoption} from '../../recipes/adopt/plan.ts';
import {recipeOf} from '../../recipes/recipes.ts';
import {noChecklists} from '../../domain/checklist/checklist.ts';
import type {AppServices} from '../app-services.ts';
import {claimsOn} from '../claim-of.ts';
import {cleanText} from '../clean-text.ts';
import {execOn} from '../exec-on.ts';
import {memoryOf, readPolicy} from '../gates/counted-policy.ts';
import {newRecord} from '../runs/run-record.ts';
import {sha256} from '../sha256.ts';
import {targetIn} from '../target-of.ts';

/**
 * Settles every value of an adoption or of its undoing. Connects to nothing. Throws DeployError `blocked`,
 * `configuration`.
 */
export const prepareAdoption = async (
	services: AppServices,
	{environment, app, undo}: {readonly environment: Environment; readonly app: AppName; readonly undo: boolean},
): Promise<Pipeline> => {
	const target = targetIn(environment, app);
	// Taking over a host is not gated; what it is taken over by is remembered there.
	const policy = memoryOf(
		await readPolicy(services, {environment, environments: [environment], checklists: noChecklists}),
	);
	const about = {kind: undo ? 'adopt-undo' : 'adopt', ...(policy ? {policy} : {})} as const;
	const record = await newRecord(services, {environment, app}, about);
	return adoptionFrom(services, environment, record, target.source);
};

/**
 * Refuses live paths that are somebody else's, before it is asked whether there is anything to do. Changes nothing. Throws
 * DeployError `blocked`, and as sessions do.
 */
export const requireOwnPaths = async (
	services: Pick<AppServices, 'sessions'>,
	environment: Environment,
	apps: readonly AppName[],
): Promise<void> => {
	const host = primaryHost(environment);
	for (const app of apps) {
		const command = askWhose(claimsOn(environment, [app]));
		const {code, stderr} = await execOn(services, environment, command, {timeoutMs: 60_000});
		const foreign = code === notOwner ? parseNotOwner(stderr) : undefined;
		if (foreign)
			throw blocked({
				what: `BLOCKED: the ${app} on ${host.name} is not known to be that of ${environment.name}`,
				why: cleanText(foreign.why),
				next: cleanText(foreign.next),
			});
	}
};

/** The pipeline of an adoption from its record: also for whoever takes it over. */
export const adoptionFrom = async (
	services: AppServices,
	environment: Environment,
	record: RunRecord,
	directory: string,
): Promise<Pipeline> => {
	const knownPaths = await services.source.knownPaths(directory);
	const isKnown = (path: string): boolean => knownPaths.has(path);
	return recipeOf({record, environment}).adopt(planAdoption({record, environment, isKnown, hash: sha256}));
};

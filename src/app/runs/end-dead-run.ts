import {isDead, parseLockHolder} from '../../commands/lock/lock.ts';
import {askRuns, parseRuns} from '../../commands/job/run-state.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {Pipeline, RunRecord} from '../../domain/runs/pipeline.ts';
import {planAdoption} from '../../recipes/adopt/plan.ts';
import {planRollback} from '../../recipes/rollback/plan.ts';
import {planEnvChange} from '../../recipes/set-env/plan.ts';
import {recipeOf} from '../../recipes/recipes.ts';
import {startRun} from '../../runner/run-pipeline.ts';
import type {AppServices} from '../app-services.ts';
import {execOn} from '../exec-on.ts';
import {sha256} from '../sha256.ts';

/**
 * Ends the run that holds the lock a rollback needs, where nothing of it is alive: what it was preparing is taken away,
 * what it made live is closed as failed, and the ledger names the rollback. Answers with what is to be told; undefined for
 * a run of which something lives, or of which nobody knows. The host decides under the lock, when it is taken over. `answer`:
 * what it said of the holder. Needs no sources, no ledger and nothing on this machine.
 */
export const endDeadRun = async (
	services: AppServices,
	{environment, host, record: {run: by, app, actor}}: Pipeline,
	{answer, signal}: {readonly answer: string; readonly signal: AbortSignal},
): Promise<string | undefined> => {
	const holder = parseLockHolder(answer.trimEnd());
	if (!holder || !isDead(holder) || holder.run === by) return undefined;
	const {stdout} = await execOn(services, environment, askRuns(environment.stateDirectory, []), {signal});
	const dead = parseRuns(stdout).open.find(open => open.app === app && open.holder.run === holder.run);
	if (!dead) return undefined;
	const pipeline = pipelineToEnd({...dead.record, actor, takenOverBy: by}, environment);
	if (!pipeline) return undefined;
	const journal = services.runs.open({project: environment.project, environment: environment.name, run: holder.run});
	try {
		const {error} = await startRun(
			pipeline,
			{...services, session: services.sessions.session(host), journal},
			{attempt: holder.attempt + 1, aim: 'clear-away', onEvent: () => undefined},
		).finished;
		return `took over run ${holder.run} of ${holder.name} on ${holder.machine}, of which nothing was alive. ${error?.now ?? ''}`.trim();
	} finally {
		journal.close();
	}
};

/** Undefined for a record that another version has written in a way that is not known here. */
const pipelineToEnd = (record: RunRecord, environment: Environment): Pipeline | undefined => {
	try {
		return pipelineOf(record, environment);
	} catch (error) {
		if (error instanceof TypeError || error instanceof RangeError) return undefined;
		throw error;
	}
};

/** What a run is ended by. Of its steps none is done, so that its sources are not asked for: there may be none here. */
const pipelineOf = (record: RunRecord, environment: Environment): Pipeline => {
	const recipe = recipeOf({record, environment});
	if (record.kind === 'rollback') return recipe.rollback(planRollback({record, environment}));
	if (record.kind === 'set-env')
		return recipe.setEnv(planEnvChange({record, environment, value: undefined, hash: sha256}));
	if (record.kind === 'deploy')
		return recipe.deploy({
			record,
			environment,
			environments: [environment],
			source: {commit: record.commit, subject: '', digest: record.digest, entries: []},
			uncommitted: [],
			expected: undefined,
			canAsk: false,
		}).pipeline;
	const isKnown = (): boolean => false;
	return recipe.adopt(planAdoption({record, environment, isKnown, hash: sha256}));
};

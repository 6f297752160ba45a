import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {rollbackWord} from '../../domain/runs/confirm.ts';
import type {Pipeline, RunRecord} from '../../domain/runs/pipeline.ts';
import {failedName, runId} from '../../domain/runs/run-names.ts';
import {recipeOf} from '../../recipes/recipes.ts';
import {planRollback} from '../../recipes/rollback/plan.ts';
import {shellLine} from './blocks.ts';
import {confirmWords} from './guide-facts.ts';

/** A run that never happens, of which the pipeline is read: its time stands in names, and is taken out of them again. */
const startedAt = '2000-01-01T00:00:00.000Z';
const anyStamp = 'YYYYMMDD_HHMMSS';

type Kind = 'deploy' | 'rollback';

const recordOf = (environment: Environment, app: AppName, kind: Kind): RunRecord => ({
	version: 1,
	run: runId({startedAt, app, nonce: '0000'}),
	kind,
	app,
	environment: environment.name,
	startedAt,
	commit: '0'.repeat(40),
	digest: '0'.repeat(64),
	actor: {name: '', machine: ''},
	...(kind === 'rollback' ? {target: {kind: 'backup', name: `${app}_${anyStamp}`}} : {}),
});

const pipelineOf = (
	environments: readonly Environment[],
	{environment, app, kind}: {readonly environment: Environment; readonly app: AppName; readonly kind: Kind},
): Pipeline => {
	const record = recordOf(environment, app, kind);
	const recipe = recipeOf({record, environment});
	if (kind === 'deploy') {
		const source = {commit: record.commit, subject: '', digest: record.digest, entries: []};
		return recipe.deploy({record, environment, source, uncommitted: [], environments, canAsk: true}).pipeline;
	}
	return recipe.rollback(planRollback({record, environment}));
};

/** The steps of a run as people see them, from the pipeline itself. */
export type GuideSteps = {
	readonly titles: readonly string[];
	/** Titles of the checks that close it. */
	readonly closing: readonly string[];
	/** Number of the step in which live changes, from 1. */
	readonly swap: number;
};

export const stepsOf = (...asked: Parameters<typeof pipelineOf>): GuideSteps => {
	const [, {environment, app}] = asked;
	const {steps, swapStep} = pipelineOf(...asked);
	const {timeZone} = environment;
	const stamp = failedName({part: '', app, startedAt, timeZone}).slice(`${app}_failed_`.length);
	const said = (title: string): string => title.replaceAll(stamp, anyStamp);
	const numbered = steps.filter(({isClosing}) => !isClosing);
	return {
		titles: numbered.map(({title}) => said(title)),
		closing: steps.filter(({isClosing}) => isClosing).map(({title}) => said(title)),
		swap: numbered.findIndex(({id}) => id === swapStep) + 1,
	};
};

export const deployLine = (app: AppName | 'release', environment: Pick<Environment, 'name' | 'tier'>): string =>
	`${shellLine`cockpit deploy ${app} --env ${environment.name}`} ${confirmWords(environment)}`;

export const rollbackLine = (app: AppName, {name}: Pick<Environment, 'name'>): string =>
	shellLine`cockpit rollback ${app} --env ${name} --to previous --confirm ${rollbackWord}`;

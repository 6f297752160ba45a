import {parseBackupName} from '../../domain/backups/backup.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {usage} from '../../domain/errors.ts';
import type {Pipeline, RollbackTarget, RunRecord} from '../../domain/runs/pipeline.ts';
import {isReleaseId} from '../../domain/runs/run-names.ts';
import {recipeOf} from '../../recipes/recipes.ts';
import {planRollback} from '../../recipes/rollback/plan.ts';
import {newRecord, type NamingServices} from '../runs/run-record.ts';
import {targetIn} from '../target-of.ts';

export type RollbackOptions = {
	readonly environment: Environment;
	readonly app: AppName;
	/** `previous`, the id of a release beside live, or the name of a backup with or without `.tar.gz`. */
	readonly to: string;
	/** Only to be looked at, and never run: see `newRecord`. */
	readonly isDraft?: boolean;
};

/**
 * Settles every value of a rollback. Connects to nothing by itself, reads no sources: it must work without a repository. Throws
 * DeployError `usage` for a name that no backup can have, `configuration`.
 */
export const prepareRollback = async (
	services: NamingServices,
	{environment, app, to, isDraft}: RollbackOptions,
): Promise<Pipeline> => {
	targetIn(environment, app);
	const about = {kind: 'rollback', target: rollbackTarget(app, to)} as const;
	return rollbackFrom(await newRecord(services, {environment, app, isDraft}, about), environment);
};

/** What `--to` names. Throws DeployError `usage`: nothing but a well-formed name ever becomes a path. */
export const rollbackTarget = (app: AppName, to: string): RollbackTarget => {
	if (to === 'previous') return {kind: 'snapshot', release: 'previous'};
	// A release by its own name is meant, whatever came of it.
	if (isReleaseId(to)) return {kind: 'snapshot', release: to};
	const parsed = parseBackupName(to);
	if (parsed?.app === app) return {kind: 'backup', name: parsed.name};
	throw usage({
		what: `${JSON.stringify(to)} is no backup of the ${app}`,
		why: parsed ? `it is one of the ${parsed.app}` : `a backup is called ${app}_YYYYMMDD_HHMMSS`,
		next: `See what there is: cockpit backups list --env ...; or go back to the release before: --to previous`,
		guide: 'rollback',
	});
};

/** The pipeline of a rollback from its record: also for whoever takes it over. */
export const rollbackFrom = (record: RunRecord, environment: Environment): Pipeline =>
	recipeOf({record, environment}).rollback(planRollback({record, environment}));

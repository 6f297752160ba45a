import {archiveRelease, backUpLiveRelease} from '../../commands/backups/archive/backup.ts';
import type {Command} from '../../domain/command.ts';
import type {JobAction} from '../../domain/runs/pipeline.ts';
import type {RunPlan} from './plan.ts';
import {job} from './job.ts';

const termsOf = ({layout, backupFile, target, state, record}: RunPlan, why: string) => ({
	layout,
	target,
	file: backupFile,
	stateDirectory: state.directory,
	about: {app: record.app, run: record.run, by: record.actor.name, why},
});

/** Archives what is live, with what belongs to the environment, behind the run: pending until it is whole. */
export const archiveBehind = (plan: RunPlan, why: string): Command => archiveRelease(termsOf(plan, why));

/**
 * The same by the policy of the environment: before anything live changes, or behind the run. `why` is kept beside the
 * archive.
 */
export const backUpAction = (plan: RunPlan, why: string): JobAction =>
	job('back-up', [
		plan.environment.backups.policy === 'after-deploy'
			? archiveBehind(plan, why)
			: backUpLiveRelease(termsOf(plan, why)),
	]);

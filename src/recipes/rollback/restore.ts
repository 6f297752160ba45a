import {restoreBackup} from '../../commands/backups/restore/restore.ts';
import type {Command} from '../../domain/command.ts';
import type {JobAction} from '../../domain/runs/pipeline.ts';
import {job} from '../run/job.ts';
import {isSnapshot, type RollbackPlan} from './plan.ts';

/** What has to be done to a release made from an archive; a snapshot is complete beside live already. */
export const ofArchive = (plan: RollbackPlan, id: string, commands: readonly Command[]): readonly JobAction[] =>
	isSnapshot(plan) ? [] : [job(id, commands)];

/** Extracts the archive beside live. `more`: whether a copy of live lies there. */
export const restore = (plan: RollbackPlan, more: Pick<Parameters<typeof restoreBackup>[1], 'over'> = {}): Command =>
	restoreBackup(plan, {file: plan.archive, app: plan.record.app, ...more});

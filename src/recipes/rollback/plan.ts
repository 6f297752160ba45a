import {targetOf, type AppTarget, type LaravelTarget, type NextTarget} from '../../domain/environments/environment.ts';
import type {RollbackTarget} from '../../domain/runs/pipeline.ts';
import {releaseId} from '../../domain/runs/run-names.ts';
import {planRun, type RunPlan} from '../run/plan.ts';

/** Every value a rollback needs, settled before anything is touched. It needs no sources, no repository, no registry. */
export type RollbackPlan<Target extends AppTarget = AppTarget> = RunPlan<Target> & {
	readonly goal: RollbackTarget;
	/** Id of the release made from an archive; for a snapshot `previous`, which the host resolves, or its id. */
	readonly release: string;
	/** Absolute directory of that release. */
	readonly candidate: string;
	/** Absolute path of the archive that is restored; empty for a snapshot. */
	readonly archive: string;
};

export type BackendRollbackPlan = RollbackPlan<LaravelTarget>;
export type FrontendRollbackPlan = RollbackPlan<NextTarget>;

/** Throws TypeError when the record names no target, or the environment lacks the app or a host. */
export const planRollback = ({record, environment}: Pick<RunPlan, 'record' | 'environment'>): RollbackPlan => {
	const {app, startedAt, target: goal} = record;
	if (!goal) throw new TypeError(`no rollback of ${app} in ${environment.name}`);
	const planned = planRun({record, environment}, targetOf(environment, app));
	const release = goal.kind === 'snapshot' ? goal.release : releaseId(startedAt, `from-${goal.name}`);
	return {
		...planned,
		goal,
		release,
		candidate: `${planned.layout.releases}/${release}`,
		archive: goal.kind === 'backup' ? `${environment.backups.directory}/${goal.name}.tar.gz` : '',
	};
};

/** How a run names what it goes back to. */
export const goalInWords = ({goal}: Pick<RollbackPlan, 'goal'>): string =>
	goal.kind === 'backup' ? goal.name : goal.release === 'previous' ? 'the release before' : `release ${goal.release}`;

/** The release the host settled on, from what the job that settles it printed. */
export const settledRelease = (log: string | undefined): string | undefined => /^target (\S+)$/m.exec(log ?? '')?.[1];

export const isSnapshot = ({goal}: Pick<RollbackPlan, 'goal'>): boolean => goal.kind === 'snapshot';

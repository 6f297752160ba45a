import type {HostState} from '../../commands/host-state.ts';
import {releaseLayout, type ReleaseLayout} from '../../commands/release-layout.ts';
import {
	primaryHost,
	targetOf,
	type AppTarget,
	type Environment,
	type Host,
	type LaravelTarget,
	type NextTarget,
} from '../../domain/environments/environment.ts';
import type {RollbackTarget, RunRecord} from '../../domain/runs/pipeline.ts';
import {backupName, failedName, releaseId} from '../../domain/runs/run-names.ts';

/** Every value a rollback needs, settled before anything is touched. It needs no sources, no repository, no registry. */
export type RollbackPlan<Target extends AppTarget = AppTarget> = {
	readonly record: RunRecord;
	readonly environment: Environment;
	readonly host: Host;
	readonly target: Target;
	readonly state: HostState;
	readonly layout: ReleaseLayout;
	readonly goal: RollbackTarget;
	/** Id of the release made from an archive; for a snapshot `previous`, which the host resolves, or its id. */
	readonly release: string;
	/** Absolute directory of that release. */
	readonly candidate: string;
	/** Absolute path of the archive that is restored; empty for a snapshot. */
	readonly archive: string;
	/** Absolute path of the archive made of what is live now. */
	readonly backupFile: string;
	/** `backend_failed_...`: the name under which what is live now is kept. */
	readonly failedName: string;
};

export type BackendRollbackPlan = RollbackPlan<LaravelTarget>;
export type FrontendRollbackPlan = RollbackPlan<NextTarget>;

/** Throws TypeError when the record names no target, or the environment lacks the app or a host. */
export const planRollback = ({
	record,
	environment,
}: {
	readonly record: RunRecord;
	readonly environment: Environment;
}): RollbackPlan => {
	const target = targetOf(environment, record.app);
	if (!target || !record.target) throw new TypeError(`no rollback of ${record.app} in ${environment.name}`);
	const layout = releaseLayout(target);
	const goal = record.target;
	const {app, startedAt} = record;
	const {timeZone, backups} = environment;
	const release = goal.kind === 'snapshot' ? goal.release : releaseId(startedAt, `from-${goal.name}`);
	return {
		record,
		environment,
		host: primaryHost(environment),
		target,
		state: {directory: environment.stateDirectory, app, run: record.run},
		layout,
		goal,
		release,
		candidate: `${layout.releases}/${release}`,
		archive: goal.kind === 'backup' ? `${backups.directory}/${goal.name}.tar.gz` : '',
		backupFile: `${backups.directory}/${backupName({app, startedAt, timeZone})}.tar.gz`,
		failedName: failedName({app, startedAt, timeZone}),
	};
};

/** How a run names what it goes back to. */
export const goalInWords = ({goal}: Pick<RollbackPlan, 'goal'>): string =>
	goal.kind === 'backup' ? goal.name : goal.release === 'previous' ? 'the release before' : `release ${goal.release}`;

/** The release the host settled on, from what the job that settles it printed. */
export const settledRelease = (log: string | undefined): string | undefined => /^target (\S+)$/m.exec(log ?? '')?.[1];

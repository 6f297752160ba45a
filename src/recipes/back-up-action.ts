import {posix} from 'node:path';
import {archiveRelease, backUpLiveRelease} from '../commands/backups/backup.ts';
import type {HostState} from '../commands/host-state.ts';
import type {ReleaseLayout} from '../commands/release-layout.ts';
import type {AppTarget, Environment} from '../domain/environments/environment.ts';
import type {JobAction, RunRecord} from '../domain/runs/pipeline.ts';

/**
 * Archives what is live, with what belongs to the environment; `why` is kept beside the archive. By the policy of the
 * environment before anything live changes, or behind the run: then it is pending until it is whole.
 */
export const backUpAction = (plan: {
	readonly record: RunRecord;
	readonly state: Pick<HostState, 'directory'>;
	readonly layout: ReleaseLayout;
	readonly target: Pick<AppTarget, 'owner' | 'excludes' | 'shared'>;
	readonly backupFile: string;
	readonly why: string;
	readonly environment: Pick<Environment, 'backups'>;
}): JobAction => ({
	kind: 'job',
	id: 'back-up',
	commands: [
		(plan.environment.backups.policy === 'after-deploy' ? archiveRelease : backUpLiveRelease)({
			live: plan.layout.live,
			base: plan.layout.base,
			file: plan.backupFile,
			owner: plan.target.owner,
			root: posix.basename(plan.layout.live),
			excludes: plan.target.excludes,
			shared: plan.target.shared,
			stateDirectory: plan.state.directory,
			about: {app: plan.record.app, run: plan.record.run, by: plan.record.actor.name, why: plan.why},
		}),
	],
});

import {pruneBackups} from '../commands/backups/prune-backups.ts';
import type {HostState} from '../commands/host-state.ts';
import {closeRun} from '../commands/lock/lock.ts';
import type {ReleaseLayout} from '../commands/release-layout.ts';
import {describeRelease, emptyTrash, pruneReleases, recordRelease} from '../commands/releases/release-record.ts';
import {tolerate} from '../commands/tolerate.ts';
import type {AppTarget, Environment} from '../domain/environments/environment.ts';
import type {JobAction, RunRecord} from '../domain/runs/pipeline.ts';
import type {SourceTree} from '../domain/ports.ts';
import {runEntry} from './run-entry.ts';

/** The last job of a deploy that is healthy: the release is recorded, old ones go, the lock is given back. */
export const closeDeploy = (plan: {
	readonly record: RunRecord;
	readonly environment: Environment;
	readonly target: AppTarget;
	readonly source: SourceTree;
	readonly state: HostState;
	readonly layout: ReleaseLayout;
	readonly release: string;
}): JobAction => ({
	kind: 'job',
	id: 'close',
	commands: [
		recordRelease(plan.state, plan.release),
		pruneReleases(plan.state, {keep: plan.target.keepReleases, target: plan.target}),
		tolerate(
			pruneBackups({
				directory: plan.environment.backups.directory,
				app: plan.record.app,
				keep: plan.environment.backups.keep,
				live: plan.layout.live,
				stateDirectory: plan.state.directory,
			}),
		),
		describeRelease(plan.state, plan.release, {
			run: plan.record.run,
			actor: plan.record.actor,
			build: {
				commit: plan.record.commit,
				digest: plan.record.digest,
				subject: plan.source.subject,
				...(plan.source.branch === undefined ? {} : {branch: plan.source.branch}),
			},
		}),
		closeRun(plan.state, 'done', runEntry('deploy.finished', plan.record, {release: plan.release})),
		emptyTrash(plan.layout, plan.target.owner),
	],
});

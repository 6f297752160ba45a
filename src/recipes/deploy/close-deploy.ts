import {pruneBackups} from '../../commands/backups/prune/prune-backups.ts';
import {requireLive} from '../../commands/live/live-moved.ts';
import {closeRun} from '../../commands/lock/lock.ts';
import {describeRelease, emptyTrash, pruneReleases, recordRelease} from '../../commands/releases/release-record.ts';
import {tolerate} from '../../commands/tolerate.ts';
import type {JobAction} from '../../domain/runs/pipeline.ts';
import {noteHealthy} from '../run/note-done.ts';
import {runEntry} from '../run/run-entry.ts';
import {closingJob} from '../run/job.ts';
import type {DeployValues} from './plan.ts';

/** The last job of a deploy that is healthy: the release is recorded, old ones go, the lock is given back. */
export const closeDeploy = ({record, environment, target, source, state, layout, release}: DeployValues): JobAction =>
	closingJob('close', [
		requireLive(layout, state, release),
		recordRelease(state, release),
		pruneReleases(state, {keep: target.keepReleases, target}),
		tolerate(
			pruneBackups({
				directory: environment.backups.directory,
				app: record.app,
				keep: environment.backups.keep,
				live: layout.live,
				stateDirectory: state.directory,
			}),
		),
		describeRelease(state, release, {
			run: record.run,
			actor: record.actor,
			build: {
				commit: record.commit,
				digest: record.digest,
				subject: source.subject,
				...(source.branch === undefined ? {} : {branch: source.branch}),
			},
		}),
		noteHealthy({state, layout, target}),
		closeRun(state, 'done', runEntry('deploy.finished', record, {release})),
		emptyTrash(layout, target.owner),
	]);

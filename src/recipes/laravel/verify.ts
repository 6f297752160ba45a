import {pruneBackups} from '../../commands/backups.ts';
import {tolerate} from '../../commands/tolerate.ts';
import {closeRun} from '../../commands/lock.ts';
import {describeRelease, emptyTrash, pruneReleases, recordRelease} from '../../commands/release-record.ts';
import type {Step} from '../../domain/pipeline.ts';
import {runEntry} from '../run-entry.ts';
import {isProduction, type LaravelPlan} from './plan.ts';

/** Healthy means several good answers in a row; only then is the release recorded and the lock given back. */
export const verify = (plan: LaravelPlan): Step => ({
	id: 'verify',
	title: isProduction(plan) ? 'Health check' : 'Verify',
	touches: 'live',
	after: ['restart-services'],
	actions: [
		{kind: 'probe', id: 'health', policy: plan.target.health},
		{
			kind: 'job',
			id: 'close',
			commands: [
				recordRelease(plan.state, plan.release),
				pruneReleases(plan.state, {
					layout: plan.layout,
					keep: plan.target.keepReleases,
					owner: plan.target.owner,
				}),
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
		},
	],
	summary: results => results['health'],
});

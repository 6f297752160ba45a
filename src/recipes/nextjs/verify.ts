import {pruneBackups} from '../../commands/backups.ts';
import {tolerate} from '../../commands/tolerate.ts';
import {closeRun} from '../../commands/lock.ts';
import {provePm2, savePm2} from '../../commands/pm2.ts';
import {describeRelease, emptyTrash, pruneReleases, recordRelease} from '../../commands/release-record.ts';
import type {Step} from '../../domain/pipeline.ts';
import {runEntry} from '../run-entry.ts';
import {isProduction, type FrontendPlan} from './plan.ts';
import {switchedTo} from './switch-release.ts';

/**
 * The new build is what the site serves, it stays healthy, and PM2 did not restart it meanwhile; only then PM2's list is
 * saved, the release recorded and the lock given back. Source: workflow, "deploy_frontend_prod.sh", step 10.
 */
export const verify = (plan: FrontendPlan): Step => ({
	id: 'verify',
	title: isProduction(plan) ? 'Health checks' : 'Verify',
	touches: 'live',
	after: ['start-pm2'],
	actions: [
		{
			kind: 'served',
			id: 'served',
			site: plan.environment.urls.site.replace(/\/+$/, ''),
			expect: switchedTo,
			withinMs: plan.target.health.withinMs,
			everyMs: plan.target.health.everyMs,
		},
		{kind: 'probe', id: 'health', policy: plan.target.health},
		{kind: 'job', id: 'prove-pm2', commands: [provePm2(plan.pm2), savePm2(plan.pm2)]},
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
	summary: results => {
		const isSaved = (results['prove-pm2'] ?? '').includes('PM2 list saved');
		return [results['health'], results['served'], isSaved ? undefined : 'PM2 could not save its list']
			.filter(Boolean)
			.join('; ');
	},
});

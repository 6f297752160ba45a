import {
	copyLiveFrontend,
	installPackages,
	parseBuildId,
	readBuildId,
	readBuildIdOf,
} from '../../commands/nextjs/nextjs.ts';
import {ensurePm2Runs, provePm2, savePm2, startPm2, stopPm2, whileStopped} from '../../commands/nextjs/pm2.ts';
import {addChunksOfLive, listRestoredFiles} from '../../commands/rollback/compared.ts';
import {reuseModules} from '../../commands/rollback/packages.ts';
import {tolerate} from '../../commands/tolerate.ts';
import {refreshService, swapLink} from '../../commands/releases/swap.ts';
import {parseVerification} from '../../commands/backups/verify/backup-verification.ts';
import type {Pipeline, Results, ServedBuild, Step} from '../../domain/runs/pipeline.ts';
import {afterRollback} from '../hooks/closing-steps.ts';
import {closeAtHealth, closeRollback, rollbackFrame} from '../rollback/frame.ts';
import {isSnapshot, type FrontendRollbackPlan} from '../rollback/plan.ts';
import {ofArchive, restore} from '../rollback/restore.ts';
import {keepFailed, swapStep} from '../rollback/swap.ts';
import {preRollbackBackup, verifyBackupStep} from '../rollback/verify-and-back-up.ts';
import {job} from '../run/job.ts';
import {ownPart, pm2Summary} from './switch-release.ts';

/** Where the packages of a restored release come from: `npm ci` is told only where it ran. */
const packagesWords = (log = ''): string => {
	if (/^no package-lock\.json in the archive/m.test(log)) return 'packages of live';
	return /^(packages as in [^\s:]+)/m.exec(log)?.[1] ?? 'npm ci';
};

const restoreFiles = (plan: FrontendRollbackPlan): Step => {
	return {
		id: 'restore-files',
		title: 'Extract backup',
		touches: 'candidate',
		after: ['verify-backup'],
		actions: ofArchive(plan, 'restore', [
			copyLiveFrontend(plan),
			restore(plan, {over: true}),
			reuseModules(plan, installPackages(plan, true)),
			tolerate(listRestoredFiles(plan, plan)),
		]),
		summary: results =>
			isSnapshot(plan)
				? 'complete beside live already'
				: [
						`${/^restored (\d+) files$/m.exec(results['restore'] ?? '')?.[1] ?? '?'} files, beside live`,
						packagesWords(results['restore']),
					].join('; '),
	};
};

/** From the backup, and on disk: both before anything stops. As served it is proven at the end. */
const verifyBuildId = (plan: FrontendRollbackPlan): Step => {
	const {layout, state, target, candidate} = plan;
	const {owner} = target;
	return {
		id: 'verify-build-id',
		title: 'Verify BUILD_ID in restored backup',
		touches: 'candidate',
		after: ['restore-files'],
		actions: [
			{
				kind: 'read',
				id: 'restored-build-id',
				command: isSnapshot(plan)
					? readBuildIdOf({
							file: `${state.directory}/jobs/${state.run}/target`,
							releases: layout.releases,
							owner,
						})
					: readBuildId({directory: candidate, owner}),
				check: results => {
					const verified = results['verify-target'];
					// Of a release that stands beside live no archive was read.
					const archived =
						isSnapshot(plan) || verified === undefined ? undefined : parseVerification(verified).buildId;
					const {buildId} = expected(results);
					return archived === undefined || archived === buildId
						? undefined
						: {
								why: `the backup holds BUILD_ID ${archived}, restored was ${buildId}`,
								next: 'Look at the archive, or go back to another one: nothing was stopped.',
							};
				},
			},
			job('add-chunks', [
				tolerate(addChunksOfLive({state, target}, {layout, release: isSnapshot(plan) ? '' : plan.release})),
			]),
		],
		summary: results => expected(results).buildId,
	};
};

const expected = (results: Results): ServedBuild => parseBuildId(results['restored-build-id'] ?? '') ?? {buildId: ''};

const stopStep = (plan: FrontendRollbackPlan): Step => {
	const {target} = plan;
	return swapStep(plan, {
		id: 'stop-pm2',
		title: 'Stop PM2 process',
		after: ['pre-rollback-backup', 'verify-build-id'],
		stop: [stopPm2(plan)],
		swap: whileStopped(plan, swapLink(plan.claim, plan.record.run)),
		start: [startPm2(plan, target.health.withinMs)],
		part: ownPart,
		refresh: target.services.flatMap(refreshService).map(tolerate),
		startStep: 'start-pm2',
		summary: 'only for the swap; a cluster goes on',
	});
};

const startStep: Step = {
	id: 'start-pm2',
	title: 'Restart PM2 process',
	touches: 'live',
	after: ['keep-failed'],
	actions: [{kind: 'follow', id: 'follow-start', job: 'swap'}],
	summary: pm2Summary,
};

const healthChecks = (plan: FrontendRollbackPlan): Step => ({
	id: 'health-checks',
	title: 'Health checks',
	touches: 'live',
	isClosing: true,
	after: ['start-pm2'],
	actions: [
		{kind: 'probe', id: 'health', policy: plan.target.health},
		{
			kind: 'served',
			id: 'served',
			site: plan.environment.urls.site,
			expect: expected,
			timing: plan.target.health,
		},
		job('prove', [provePm2(plan), tolerate(savePm2(plan))]),
		...closeAtHealth(plan),
	],
	summary: results => [results['health'], results['served']].filter(Boolean).join('; '),
});

/**
 * Frontend rollback in seven steps and the closing checks. What is slow is prepared beside live; in fork mode PM2 stops
 * for the swap alone, in cluster mode not at all. Source: workflow, "rollback_frontend_prod.sh"; design, "Pipelines".
 */
export const rollbackFrontend = (plan: FrontendRollbackPlan): Pipeline => ({
	...rollbackFrame(plan, [tolerate(ensurePm2Runs(plan))]),
	steps: [
		verifyBackupStep(plan),
		preRollbackBackup(plan),
		stopStep(plan),
		keepFailed(plan, ownPart, 'stop-pm2'),
		restoreFiles(plan),
		verifyBuildId(plan),
		startStep,
		healthChecks(plan),
		...afterRollback(plan, {close: closeRollback(plan), health: 'health-checks'}),
	],
	swapStep: 'stop-pm2',
});

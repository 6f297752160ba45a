import {removeCandidate} from '../../commands/releases/candidate.ts';
import {closeRun} from '../../commands/lock/lock.ts';
import {ensurePm2Runs, tryToLetPm2Run} from '../../commands/nextjs/pm2.ts';
import {readLive} from '../../commands/releases/swap.ts';
import {sshLine} from '../../commands/releases/way-back.ts';
import {shortCommit} from '../../domain/build.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {runEntry} from '../run-entry.ts';
import {backUp} from './back-up.ts';
import {build, deploymentPackage, verifyBuildId} from './build.ts';
import {goBack} from './go-back.ts';
import {isProduction, type FrontendPlan} from './plan.ts';
import {preFlightChecks} from './pre-flight-checks.ts';
import {switchRelease} from './switch-release.ts';
import {upload} from './upload.ts';
import {verify} from './verify.ts';

/**
 * Frontend to Pre-Prod in nine steps, to production in ten. Until "Stop PM2" live is untouched: everything slow is done
 * beside it. Source: workflow, "deploy_frontend_preprod.sh", "deploy_frontend_prod.sh"; design, "Pipelines".
 */
export const deployFrontend = (plan: FrontendPlan): Pipeline => ({
	record: plan.record,
	title: `Deploy frontend ${shortCommit(plan.record.commit)} to ${plan.environment.title}`,
	environment: plan.environment,
	host: plan.host,
	app: 'frontend',
	steps: [
		preFlightChecks(plan),
		build(plan),
		verifyBuildId(plan),
		backUp(plan),
		...(isProduction(plan) ? [deploymentPackage] : []),
		upload(plan),
		...switchRelease(plan),
		verify(plan),
	],
	swapStep: 'extract',
	readLive: readLive(plan.layout),
	liveAfterSwap: plan.candidate,
	// The app comes first, and its fault last: nothing keeps the lock from being given back.
	abandon: {
		kind: 'job',
		id: 'abandon',
		commands: [
			tryToLetPm2Run(plan.pm2),
			removeCandidate({live: plan.layout.live, candidate: plan.candidate, owner: plan.target.owner}),
			closeRun(plan.state, 'abandoned', runEntry('deploy.abandoned', plan.record)),
			ensurePm2Runs(plan.pm2),
		],
	},
	closeAsFailed: {
		kind: 'job',
		id: 'close-as-failed',
		commands: [
			tryToLetPm2Run(plan.pm2),
			closeRun(plan.state, 'failed', runEntry('deploy.failed', plan.record, {release: plan.release})),
			ensurePm2Runs(plan.pm2),
		],
	},
	goBack: goBack(plan),
	watch: plan.target.health,
	wayBack: [
		`cockpit rollback frontend --env ${plan.environment.name} --to previous --confirm ROLLBACK`,
		sshLine(plan.host, 'sh', `${plan.state.directory}/rollback-frontend.sh`),
	],
});

import {removeCandidate} from '../../commands/releases/candidate.ts';
import {closeRun} from '../../commands/lock/lock.ts';
import {readLive} from '../../commands/releases/swap.ts';
import {sshLine} from '../../commands/releases/way-back.ts';
import {shortCommit} from '../../domain/build.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {runEntry} from '../run-entry.ts';
import {backUp} from './back-up.ts';
import {extractFiles} from './extract-files.ts';
import {installDependencies} from './install-dependencies.ts';
import {isProduction, type LaravelPlan} from './plan.ts';
import {preFlightChecks} from './pre-flight-checks.ts';
import {rebuildCaches} from './rebuild-caches.ts';
import {goBack} from './go-back.ts';
import {restartServices} from './restart-services.ts';
import {runMigrations} from './run-migrations.ts';
import {uploadFiles} from './upload-files.ts';
import {verify} from './verify.ts';

/**
 * Backend to Pre-Prod in eight steps, to production in nine: there migrations are a step of their own. Until "Restart services" live is untouched: everything is prepared in a release
 * directory of its own. Source: workflow, "deploy_backend_preprod.sh", "deploy_backend_prod.sh"; design, "Pipelines".
 */
export const deployBackend = (plan: LaravelPlan): Pipeline => ({
	record: plan.record,
	title: `Deploy backend ${shortCommit(plan.record.commit)} to ${plan.environment.title}`,
	environment: plan.environment,
	host: plan.host,
	app: 'backend',
	steps: [
		preFlightChecks(plan),
		backUp(plan),
		uploadFiles(plan),
		extractFiles(plan),
		installDependencies(plan),
		...(isProduction(plan) ? [runMigrations(plan)] : []),
		rebuildCaches(plan),
		restartServices(plan),
		verify(plan),
	],
	swapStep: 'restart-services',
	readLive: readLive(plan.layout),
	liveAfterSwap: plan.candidate,
	abandon: {
		kind: 'job',
		id: 'abandon',
		commands: [
			removeCandidate({live: plan.layout.live, candidate: plan.candidate, owner: plan.target.owner}),
			closeRun(plan.state, 'abandoned', runEntry('deploy.abandoned', plan.record)),
		],
	},
	closeAsFailed: {
		kind: 'job',
		id: 'close-as-failed',
		commands: [closeRun(plan.state, 'failed', runEntry('deploy.failed', plan.record, {release: plan.release}))],
	},
	goBack: goBack(plan),
	watch: plan.target.health,
	wayBack: [
		`cockpit rollback backend --env ${plan.environment.name} --to previous --confirm ROLLBACK`,
		sshLine(plan.host, 'sh', `${plan.state.directory}/rollback-backend.sh`),
	],
});

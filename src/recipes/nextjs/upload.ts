import {copyLive} from '../../commands/candidate/candidate.ts';
import {installKept, keepMade, sentManifest} from '../../commands/candidate/made.ts';
import {carryOverChunks, checkBuildId, installPackages} from '../../commands/nextjs/nextjs.ts';
import type {Step} from '../../domain/runs/pipeline.ts';
import {isProduction, listsOf} from '../deploy/plan.ts';
import {prove, send} from '../deploy/transfer.ts';
import {linkShared} from '../../commands/candidate/candidate.ts';
import {job} from '../run/job.ts';
import type {FrontendPlan} from './plan.ts';

/** What never comes from a build, whatever the environment file excludes: it is made or kept on the host. */
const ofTheHost = ['node_modules', '.next/cache'];

const sentBuild = ({build}: FrontendPlan): Parameters<typeof send>[1] => ({
	content: {kind: 'build', request: build},
	excludes: [...new Set([...build.excludes, ...ofTheHost])],
});

/**
 * Makes the new release complete beside live, so that PM2 stops for the swap alone: a copy of live, what this build
 * changes, proof of every file, packages, and chunks of earlier builds. The proof comes before the chunks: to it they
 * are files that the build does not have.
 */
export const upload = (plan: FrontendPlan): Step => {
	const {candidate, target, state} = plan;
	return {
		id: 'upload',
		title: isProduction(plan) ? 'Upload to server' : 'Upload',
		touches: 'candidate',
		after: [isProduction(plan) ? 'deployment-package' : 'verify-build-id'],
		actions: [
			job('copy-live', [copyLive(plan, candidate)]),
			send(plan, sentBuild(plan)),
			prove(plan, sentBuild(plan)),
			job('prepare', [
				linkShared(plan),
				installKept(plan, candidate, installPackages(plan)),
				checkBuildId({directory: candidate, owner: target.owner, manifest: sentManifest(state)}),
				carryOverChunks(state, plan),
				keepMade(plan, listsOf(plan)),
			]),
		],
		summary: results =>
			[results['upload'], /^npm ci: /m.test(results['prepare'] ?? '') ? 'npm ci' : undefined]
				.filter(Boolean)
				.join('; '),
	};
};

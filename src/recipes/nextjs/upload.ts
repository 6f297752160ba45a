import {copyLive, linkShared, receiveFiles} from '../../commands/releases/candidate.ts';
import {parseHostFacts} from '../../commands/host/host-facts.ts';
import {installKept, keepMade} from '../../commands/releases/made.ts';
import {carryOverChunks, checkBuildId, installPackages, sentManifest} from '../../commands/nextjs/nextjs.ts';
import {listTree} from '../../commands/tree-listing.ts';
import type {Step, Transfer} from '../../domain/runs/pipeline.ts';
import {listsOf} from '../lists-of.ts';
import {isProduction, type FrontendPlan} from './plan.ts';

/** What never comes from a build, whatever the environment file excludes: it is made or kept on the host. */
const ofTheHost = ['node_modules', '.next/cache'];

const transfer = (plan: FrontendPlan, against: Transfer['against']): Transfer => ({
	against,
	content: {kind: 'build', request: plan.build},
	fileMode: plan.target.fileMode,
	directoryMode: plan.target.directoryMode,
	known: results => parseHostFacts(results['ask-host'] ?? ''),
	list: listTree(plan.candidate, {
		as: plan.target.owner,
		excludes: [...new Set([...plan.build.excludes, ...ofTheHost])],
	}),
	receive: attempt =>
		receiveFiles(
			{...plan.state, attempt},
			{owner: plan.target.owner, candidate: plan.candidate, live: plan.layout.live},
		),
});

/**
 * Makes the new release complete beside live, so that PM2 stops for the swap alone: a copy of live, what this build
 * changes, proof of every file, packages, and chunks of earlier builds. The proof comes before the chunks: to it they
 * are files that the build does not have.
 */
export const upload = (plan: FrontendPlan): Step => {
	const {layout, candidate, target, state} = plan;
	const {owner} = target;
	return {
		id: 'upload',
		title: isProduction(plan) ? 'Upload to server' : 'Upload',
		touches: 'candidate',
		after: [isProduction(plan) ? 'deployment-package' : 'verify-build-id'],
		actions: [
			{kind: 'job', id: 'copy-live', commands: [copyLive({state, target}, candidate)]},
			{kind: 'transfer', id: 'upload', transfer: transfer(plan, 'manifest')},
			{kind: 'transfer', id: 'prove', transfer: transfer(plan, 'listing')},
			{
				kind: 'job',
				id: 'prepare',
				commands: [
					linkShared({
						base: layout.base,
						candidate,
						owner,
						directoryMode: target.directoryMode,
						shared: target.shared,
						own: [],
					}),
					installKept({state, target}, candidate, installPackages({layout, candidate, target})),
					checkBuildId({directory: candidate, owner, manifest: sentManifest(state)}),
					carryOverChunks(state, {live: layout.live, candidate, owner}),
					keepMade({state, target}, listsOf(plan)),
				],
			},
		],
		summary: results =>
			[results['upload'], /^npm ci: /m.test(results['prepare'] ?? '') ? 'npm ci' : undefined]
				.filter(Boolean)
				.join('; '),
	};
};

import {receiveFiles} from '../../commands/releases/candidate.ts';
import {parseHostFacts} from '../../commands/host/host-facts.ts';
import {listTree} from '../../commands/tree-listing.ts';
import type {Transfer} from '../../domain/runs/pipeline.ts';
import {notFromSource, type LaravelPlan} from './plan.ts';

/** The same transfer, against the manifest first and against the candidate itself to prove it. */
export const transfer = (plan: LaravelPlan, against: Transfer['against']): Transfer => ({
	against,
	content: {kind: 'commit', tree: plan.source, directory: plan.target.source},
	fileMode: plan.target.fileMode,
	directoryMode: plan.target.directoryMode,
	known: results => parseHostFacts(results['ask-host'] ?? ''),
	list: listTree(plan.candidate, {as: plan.target.owner, excludes: notFromSource(plan.target)}),
	receive: attempt =>
		receiveFiles(
			{...plan.state, attempt},
			{owner: plan.target.owner, candidate: plan.candidate, live: plan.layout.live},
		),
});

import {receiveFiles} from '../../commands/candidate/candidate.ts';
import {parseHostFacts} from '../../commands/host/host-facts.ts';
import {listTree} from '../../commands/tree-listing.ts';
import type {Content, TransferAction} from '../../domain/runs/pipeline.ts';
import type {DeployValues} from './plan.ts';

/** What of a build is sent, and which paths of the candidate are none of its business. */
type Sent = {readonly content: Content; readonly excludes: readonly string[]};

const transfer = (
	{target, candidate, state, layout}: DeployValues,
	{content, excludes}: Sent,
	{id, against}: {readonly id: string; readonly against: 'manifest' | 'listing'},
): TransferAction => ({
	kind: 'transfer',
	id,
	transfer: {
		against,
		content,
		fileMode: target.fileMode,
		directoryMode: target.directoryMode,
		known: results => parseHostFacts(results['ask-host'] ?? ''),
		list: listTree(candidate, {as: target.owner, excludes}),
		receive: attempt => receiveFiles({...state, attempt}, {owner: target.owner, candidate, live: layout.live}),
	},
});

/** Sends what the manifest of live says is new. */
export const send = (plan: DeployValues, sent: Sent): TransferAction =>
	transfer(plan, sent, {id: 'upload', against: 'manifest'});

/** The same transfer against the candidate itself, which proves that every file arrived. */
export const prove = (plan: DeployValues, sent: Sent): TransferAction =>
	transfer(plan, sent, {id: 'prove', against: 'listing'});

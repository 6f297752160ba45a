import {linkShared} from '../../commands/releases/candidate.ts';
import type {Step} from '../../domain/runs/pipeline.ts';
import type {LaravelPlan} from './plan.ts';
import {transfer} from './transfer.ts';

/** Directories the app writes to that stay with the release: artisan clears what it compiles. */
export const ownDirectories = ['bootstrap/cache', 'storage/framework/views'];

/** Proves that every file of the build arrived, owner and modes set, and links what belongs to the environment. */
export const extractFiles = (plan: LaravelPlan): Step => ({
	id: 'extract-files',
	title: 'Extract files',
	touches: 'candidate',
	after: ['upload-files'],
	actions: [
		{kind: 'transfer', id: 'prove', transfer: transfer(plan, 'listing')},
		{
			kind: 'job',
			id: 'link-shared',
			commands: [
				linkShared({
					base: plan.layout.base,
					candidate: plan.candidate,
					owner: plan.target.owner,
					directoryMode: plan.target.directoryMode,
					shared: plan.target.shared,
					own: ownDirectories,
				}),
			],
		},
	],
	summary: () => `${plan.source.entries.length} files, digests proven`,
});

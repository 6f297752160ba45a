import {linkShared} from '../../commands/candidate/candidate.ts';
import {notFromSource} from '../../domain/environments/excludes.ts';
import type {Step} from '../../domain/runs/pipeline.ts';
import {prove} from '../deploy/transfer.ts';
import {job} from '../run/job.ts';
import type {LaravelPlan} from './plan.ts';

/** Directories the app writes to that stay with the release: artisan clears what it compiles. */
export const ownDirectories = ['bootstrap/cache', 'storage/framework/views'];

/** The tracked sources of the commit. */
export const sentSources = ({source, target}: LaravelPlan): Parameters<typeof prove>[1] => ({
	content: {kind: 'commit', tree: source, directory: target.source},
	excludes: notFromSource(target),
});

/** Proves that every file of the build arrived, owner and modes set, and links what belongs to the environment. */
export const extractFiles = (plan: LaravelPlan): Step => ({
	id: 'extract-files',
	title: 'Extract files',
	touches: 'candidate',
	after: ['upload-files'],
	actions: [prove(plan, sentSources(plan)), job('link-shared', [linkShared(plan, ownDirectories)])],
	summary: () => `${plan.source.entries.length} files, digests proven`,
});

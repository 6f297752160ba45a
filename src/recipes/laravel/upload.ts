import {copyLive} from '../../commands/candidate/candidate.ts';
import {installKept} from '../../commands/candidate/made.ts';
import {composerInstall} from '../../commands/laravel/laravel.ts';
import type {Command} from '../../domain/command.ts';
import {notFromSource} from '../../domain/environments/excludes.ts';
import type {Step} from '../../domain/runs/pipeline.ts';
import {prove, send} from '../deploy/transfer.ts';
import {linkShared} from '../../commands/candidate/candidate.ts';
import {job} from '../run/job.ts';
import type {LaravelPlan} from './plan.ts';

/** Directories the app writes to that stay with the release: artisan clears what it compiles. */
export const ownDirectories = ['bootstrap/cache', 'storage/framework/views'];

/** The tracked sources of the commit. */
const sentSources = ({source, target}: LaravelPlan): Parameters<typeof prove>[1] => ({
	content: {kind: 'commit', tree: source, directory: target.source},
	excludes: notFromSource(target),
});

/** Copies the live release beside itself and sends what this build changes. */
export const uploadFiles = (plan: LaravelPlan): Step => ({
	id: 'upload-files',
	title: 'Upload files',
	touches: 'candidate',
	after: ['pre-flight-checks'],
	actions: [job('copy-live', [copyLive(plan, plan.candidate)]), send(plan, sentSources(plan))],
	summary: results => results['upload'],
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

/** `composer install --no-dev --optimize-autoloader` in the candidate. Source: workflow, "deploy_backend_preprod.sh". */
export const composer = ({candidate, target, layout}: Pick<LaravelPlan, 'candidate' | 'target' | 'layout'>): Command =>
	composerInstall({directory: candidate, target, home: `${layout.base}/composer`});

export const installDependencies = (plan: LaravelPlan): Step => ({
	id: 'install-dependencies',
	title: 'Install dependencies',
	touches: 'candidate',
	after: ['extract-files'],
	actions: [job('composer', [installKept(plan, plan.candidate, composer(plan))])],
});

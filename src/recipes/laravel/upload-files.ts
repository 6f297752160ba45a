import {copyLiveRelease} from '../../commands/candidate.ts';
import type {Step} from '../../domain/pipeline.ts';
import type {LaravelPlan} from './plan.ts';
import {transfer} from './transfer.ts';

/** Compiled by artisan with the old release's absolute path inside; the new release must never read them. */
const baked = ['config', 'events', 'packages', 'routes', 'routes-v7', 'services'].map(
	name => `bootstrap/cache/${name}.php`,
);

/** Copies the live release beside itself and sends what this build changes. */
export const uploadFiles = (plan: LaravelPlan): Step => ({
	id: 'upload-files',
	title: 'Upload files',
	touches: 'candidate',
	after: ['pre-flight-checks'],
	actions: [
		{
			kind: 'job',
			id: 'copy-live',
			commands: [
				copyLiveRelease({live: plan.layout.live, candidate: plan.candidate, owner: plan.target.owner, baked}),
			],
		},
		{kind: 'transfer', id: 'upload', transfer: transfer(plan, 'manifest')},
	],
	summary: results => results['upload'],
});

import {copyLive} from '../../commands/releases/candidate.ts';
import type {Step} from '../../domain/runs/pipeline.ts';
import type {LaravelPlan} from './plan.ts';
import {transfer} from './transfer.ts';

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
			commands: [copyLive({state: plan.state, target: plan.target}, plan.candidate)],
		},
		{kind: 'transfer', id: 'upload', transfer: transfer(plan, 'manifest')},
	],
	summary: results => results['upload'],
});

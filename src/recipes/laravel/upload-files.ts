import {copyLive} from '../../commands/candidate/candidate.ts';
import type {Step} from '../../domain/runs/pipeline.ts';
import {send} from '../deploy/transfer.ts';
import {job} from '../run/job.ts';
import type {LaravelPlan} from './plan.ts';
import {sentSources} from './extract-files.ts';

/** Copies the live release beside itself and sends what this build changes. */
export const uploadFiles = (plan: LaravelPlan): Step => ({
	id: 'upload-files',
	title: 'Upload files',
	touches: 'candidate',
	after: ['pre-flight-checks'],
	actions: [
		job('copy-live', [copyLive({state: plan.state, target: plan.target}, plan.candidate)]),
		send(plan, sentSources(plan)),
	],
	summary: results => results['upload'],
});

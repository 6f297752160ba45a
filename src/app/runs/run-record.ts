import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import type {RunRecord} from '../../domain/runs/pipeline.ts';
import {runId} from '../../domain/runs/run-names.ts';
import type {AppServices} from '../app-services.ts';

/** The record of a run that begins now, by whoever sits here. `about`: what its kind has to say; of a deploy its build. */
export const newRecord = async (
	services: Pick<AppServices, 'clock' | 'nonce' | 'actorFor'>,
	{environment, app}: {readonly environment: Environment; readonly app: AppName},
	about: Pick<RunRecord, 'kind'> & Partial<RunRecord>,
): Promise<RunRecord> => {
	const startedAt = new Date(services.clock.now()).toISOString();
	return {
		version: 1,
		run: runId({startedAt, app, nonce: services.nonce()}),
		app,
		environment: environment.name,
		startedAt,
		commit: '',
		digest: '',
		actor: await services.actorFor(primaryHost(environment)),
		...about,
	};
};

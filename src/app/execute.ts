import type {RunEvent} from '../domain/events.ts';
import type {Pipeline} from '../domain/pipeline.ts';
import {startRun, type Run} from '../runner/run-pipeline.ts';
import type {AppServices} from './app-services.ts';

/** Starts a prepared pipeline, or drives it on with a higher attempt. Front ends only watch what comes back. */
export const execute = (
	services: AppServices,
	pipeline: Pipeline,
	options: {readonly attempt: number; readonly onEvent: (event: RunEvent) => void},
): Run & {readonly logPath: string} => {
	const {project, name: environment} = pipeline.environment;
	services.runs.prune({project, environment, now: services.clock.now()});
	const journal = services.runs.open({project, environment, run: pipeline.record.run});
	const run = startRun(
		pipeline,
		{
			session: services.sessions.session(pipeline.host),
			source: services.source,
			probe: services.probe,
			clock: services.clock,
			patienceMs: services.patienceMs,
			journal,
		},
		options,
	);
	return {...run, logPath: journal.logPath, finished: run.finished.finally(() => journal.close())};
};

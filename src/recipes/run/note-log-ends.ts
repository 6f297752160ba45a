import {logEndsOf, noteLogs} from '../../commands/logs/read-logs.ts';
import type {Command} from '../../domain/command.ts';
import {logSources, pm2LogPaths} from '../../domain/logs/log-sources.ts';
import type {RunPlan} from './plan.ts';

/** Notes it for all logs of the host, right before the swap: what comes behind is what the new release has to say. */
export const noteLogEnds = ({environment, host, state}: Pick<RunPlan, 'environment' | 'host' | 'state'>): Command =>
	noteLogs(logEndsOf(state), [
		...new Set([
			...logSources(environment)
				.filter(source => source.host === host.name)
				.map(({path}) => path),
			...(environment.apps.frontend ? pm2LogPaths(environment.apps.frontend) : []),
		]),
	]);

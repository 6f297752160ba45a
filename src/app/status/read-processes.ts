import type {Environment} from '../../domain/environments/environment.ts';
import {judgeProcesses} from '../../domain/probes/judge-services.ts';
import {judgeWorkers} from '../../domain/probes/judge-worker.ts';
import type {ProbeFinding} from '../../domain/probes/probe.ts';
import type {ProbedHost} from '../../domain/probes/probed-host.ts';
import type {AppServices} from '../app-services.ts';
import {cleanText} from '../clean-text.ts';
import {askProbes, workersOf} from '../probes/ask-hosts.ts';

/** A process of an app on one host. `title` names the host where there are several. */
export type ProcessReading = Pick<ProbeFinding, 'title' | 'state' | 'text'>;

const judged = (environment: Environment, said: ProbedHost): readonly ProbeFinding[] => {
	const {frontend} = environment.apps;
	return [
		// Nobody looked before, so that only what a process says of itself counts as a restart.
		...(frontend ? judgeProcesses(said, frontend.pm2Names, () => 0) : []),
		// Those that are as they should be are many, and say nothing more.
		...judgeWorkers(said, workersOf(environment)).filter(({state}) => state === 'fail'),
	];
};

/**
 * What of an app runs outside of systemd: its processes under PM2, and workers that are older than what is live, on all
 * hosts. What can't be asked is unclear, never well.
 */
export const readProcesses = async (
	services: Pick<AppServices, 'sessions' | 'clock'>,
	environment: Environment,
): Promise<readonly ProcessReading[]> => {
	const {hosts} = environment;
	const found = await Promise.all(
		hosts.map(async (host): Promise<readonly ProcessReading[]> => {
			const answer = await askProbes(services, environment, host, {questions: [], logs: []});
			const named = hosts.length > 1 ? `${host.name}: ` : '';
			if ('silent' in answer) return [{title: `${named}processes`, state: 'unclear', text: answer.silent.why}];
			return judged(environment, answer.said).map(({title, state, text}) => ({
				title: `${named}${title}`,
				state,
				text,
			}));
		}),
	);
	return cleanText(found.flat());
};

/** Those that fail, each on one line. */
export const badProcesses = (processes: readonly ProcessReading[]): readonly string[] =>
	processes.filter(({state}) => state === 'fail').map(({title, text}) => `${title}: ${text}`);

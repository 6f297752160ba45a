import {sectionsFor, type ChecklistItem, type Checklists, type HttpProbe} from '../../domain/checklist/checklist.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import type {ProbeResult} from '../../domain/gates/gates.ts';
import {probeUrl} from '../../domain/probes/http-questions.ts';
import type {AppServices} from '../app-services.ts';

/** Requests of a probe that has a limit in time: one slow answer is not a slow app. */
const timedRequests = 3;

/** Runs the probe of one item; with a limit in time several times, and the middle one counts. Never throws for an answer. */
export const runItemProbe = async (
	services: Pick<AppServices, 'probe'>,
	environment: Environment,
	{id, title, probe}: Pick<ChecklistItem, 'id' | 'title'> & {readonly probe: HttpProbe},
	signal?: AbortSignal,
): Promise<ProbeResult> => {
	const {status, withinMs, contains} = probe;
	const common = {item: id, title};
	const took: number[] = [];
	for (let request = 0; request < (withinMs === undefined ? 1 : timedRequests); request++) {
		const {outcome, durationMs, body} = await services.probe.get(probeUrl(probe, environment), {
			timeoutMs: Math.max(10_000, 2 * (withinMs ?? 0)),
			maxBodyBytes: 256 * 1024,
			signal,
		});
		if ('error' in outcome) return {...common, outcome: 'failed', text: outcome.error};
		if (outcome.status !== status) return {...common, outcome: 'failed', text: `${outcome.status}, not ${status}`};
		if (contains !== undefined && !body.includes(contains))
			return {...common, outcome: 'failed', text: `${outcome.status} without ${JSON.stringify(contains)}`};
		took.push(durationMs);
	}
	const middle = Math.round(took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0);
	return withinMs !== undefined && middle > withinMs
		? {...common, outcome: 'failed', text: `${middle} ms, limit ${withinMs} ms`}
		: {...common, outcome: 'passed', text: `${status} in ${middle} ms`};
};

/** Runs every probe that speaks of the app, all at once. */
export const runProbes = async (
	services: Pick<AppServices, 'probe'>,
	environment: Environment,
	checklists: Checklists,
	app: AppName,
	signal?: AbortSignal,
): Promise<readonly ProbeResult[]> =>
	Promise.all(
		sectionsFor(checklists, 'before-production', app)
			.flatMap(({items}) => items)
			.flatMap(item => (item.probe ? [{...item, probe: item.probe}] : []))
			.map(item => runItemProbe(services, environment, item, signal)),
	);

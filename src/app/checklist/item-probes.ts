import {sectionsFor, type ChecklistItem, type Checklists, type HttpProbe} from '../../domain/checklist/checklist.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import type {ProbeResult} from '../../domain/gates/gates.ts';
import {middleOf, sightOf, type ProbedAnswer, type Sight} from '../../domain/checklist/observation.ts';
import {probeUrl} from '../../domain/probes/http-questions.ts';
import type {AppServices} from '../app-services.ts';

/** Requests of a probe that has a limit in time: one slow answer is not a slow app. */
const timedRequests = 3;

type Probed = Pick<ChecklistItem, 'id' | 'title'> & {readonly probe: HttpProbe};

/** Asks once. Never throws for an answer. */
const askProbe = async (
	services: Pick<AppServices, 'probe'>,
	environment: Environment,
	probe: HttpProbe,
	signal?: AbortSignal,
): Promise<ProbedAnswer> => {
	const {status, withinMs, contains} = probe;
	const {outcome, durationMs, body} = await services.probe.get(probeUrl(probe, environment), {
		timeoutMs: Math.max(10_000, 2 * (withinMs ?? 0)),
		maxBodyBytes: 256 * 1024,
		signal,
	});
	if ('error' in outcome) return {fault: outcome.error, durationMs};
	if (outcome.status !== status) return {fault: `${outcome.status}, not ${status}`, durationMs};
	const isMissing = contains !== undefined && !body.includes(contains);
	return {fault: isMissing ? `${status} without ${JSON.stringify(contains)}` : undefined, durationMs};
};

const requestsOf = ({withinMs}: HttpProbe): number => (withinMs === undefined ? 1 : timedRequests);

/** Asks what the probe of one item sees, for a person who signs with it. Never throws for an answer. */
export const lookAtItem = async (
	services: Pick<AppServices, 'probe'>,
	environment: Environment,
	{probe}: Probed,
	signal?: AbortSignal,
): Promise<Sight> => {
	const answers: ProbedAnswer[] = [];
	while (answers.length < requestsOf(probe)) answers.push(await askProbe(services, environment, probe, signal));
	return sightOf(probe, answers);
};

/** Runs the probe of one item for the gates: the first answer that is wrong fails it. Never throws for an answer. */
const runItemProbe = async (
	services: Pick<AppServices, 'probe'>,
	environment: Environment,
	{id, title, probe}: Probed,
	signal?: AbortSignal,
): Promise<ProbeResult> => {
	const {status, withinMs} = probe;
	const common = {item: id, title};
	const took: number[] = [];
	while (took.length < requestsOf(probe)) {
		const {fault, durationMs} = await askProbe(services, environment, probe, signal);
		if (fault !== undefined) return {...common, outcome: 'failed', text: fault};
		took.push(durationMs);
	}
	const middle = middleOf(took);
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

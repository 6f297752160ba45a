import {stepFailed} from '../../domain/errors.ts';
import {isOfApp, judgeFailing, type Tried} from '../../domain/health.ts';
import type {ProbeAnswer} from '../../domain/ports.ts';
import {manifestPath, mostPageBytes, servedId} from '../../domain/probes/served-id.ts';
import type {ServedAction, ServedBuild, Results} from '../../domain/runs/pipeline.ts';
import {sanitise} from '../../domain/sanitise.ts';
import type {RunContext} from '../run-context.ts';

const servedDeployment = (html: string): string | undefined =>
	/data-dpl-id="([^"]+)"/.exec(html)?.[1] ?? /[?&]dpl=([\w-]+)/.exec(html)?.[1];

/** `isOfApp`: the app itself has said so. Nobody else's word ends a start. */
type Answer = {readonly isRight: boolean; readonly says: string; readonly isOfApp: boolean};

/**
 * Asks until the site serves the wanted build, by its manifest and by the HTML of either router, until the deadline, or
 * until the app has said the same wrong thing for long enough.
 * Resolves with what proved it. Throws DeployError `step-failed`: a mismatch fails the run.
 */
export const runServed = async (context: RunContext, action: ServedAction, results: Results): Promise<string> => {
	const {clock, signal, pipeline, emit, step} = context;
	const wanted = action.expect(results);
	const begun = clock.now();
	const tries: Tried[] = [];
	for (;;) {
		const atMs = clock.now() - begun;
		const answers = await Promise.all([askManifest(context, action, wanted), askPage(context, action, wanted)]);
		if (answers.every(({isRight}) => isRight)) return answers.map(({says}) => says).join('; ');
		const wrong = answers.filter(({isRight}) => !isRight);
		const says = sanitise(wrong.map(({says}) => says).join('; '));
		tries.push({atMs, says, by: wrong.every(({isOfApp}) => isOfApp) ? 'app' : 'nobody'});
		const verdict = judgeFailing(action.timing, tries);
		if (verdict.verdict === 'fail') {
			throw stepFailed({
				what: `The site of ${pipeline.environment.name} does not serve build ${wanted.buildId}`,
				why: `${says}, ${verdict.how}`,
				now: '',
				next: 'An old process may still answer, or a cache before it. See which process owns the port, or go back.',
			});
		}
		emit({
			type: 'health.sampled',
			step,
			durationMs: clock.now() - begun - atMs,
			answer: says,
			waits: verdict.waits,
		});
		await clock.wait(verdict.againMs, signal);
	}
};

const get = ({probe, signal}: RunContext, {timing}: ServedAction, url: string) =>
	probe.get(url, {timeoutMs: Math.min(timing.timeoutMs, timing.withinMs), signal, maxBodyBytes: mostPageBytes});

const askManifest = async (context: RunContext, action: ServedAction, {buildId}: ServedBuild): Promise<Answer> => {
	const path = manifestPath(buildId);
	const {outcome} = await get(context, action, `${action.site}${path}`);
	const text = 'status' in outcome ? String(outcome.status) : outcome.error;
	return {isRight: text === '200', says: `GET ${path} answered ${text}`, isOfApp: isOfApp(outcome)};
};

const askPage = async (context: RunContext, action: ServedAction, wanted: ServedBuild): Promise<Answer> => {
	const {outcome, body} = await get(context, action, `${action.site}/`);
	return {...judgePage(outcome, body, wanted), isOfApp: isOfApp(outcome)};
};

/** A page that shows no id, as one that only redirects, proves nothing and contradicts nothing. */
const judgePage = (
	outcome: ProbeAnswer['outcome'],
	body: string,
	wanted: ServedBuild,
): Pick<Answer, 'isRight' | 'says'> => {
	if (!('status' in outcome)) return {isRight: false, says: `GET / had no answer: ${outcome.error}`};
	if (outcome.status >= 400) return {isRight: false, says: `GET / answered ${outcome.status}`};
	if (wanted.deploymentId !== undefined) {
		const deployment = servedDeployment(body);
		return deployment === undefined || deployment === wanted.deploymentId
			? {
					isRight: true,
					says:
						deployment === undefined ? 'GET / shows no deployment id' : `GET / is deployment ${deployment}`,
				}
			: {isRight: false, says: `GET / is of deployment ${deployment}, not ${wanted.deploymentId}`};
	}
	const id = servedId(body);
	if (id === undefined) return {isRight: true, says: 'GET / shows no build id'};
	return id === wanted.buildId
		? {isRight: true, says: `GET / is of build ${id}`}
		: {isRight: false, says: `GET / is of build ${id}, not ${wanted.buildId}`};
};

import {stepFailed} from '../../domain/errors.ts';
import {manifestPath, mostPageBytes, servedId} from '../../domain/probes/served-id.ts';
import type {ServedAction, ServedBuild, Results} from '../../domain/runs/pipeline.ts';
import type {RunContext} from '../run-context.ts';

const servedDeployment = (html: string): string | undefined =>
	/data-dpl-id="([^"]+)"/.exec(html)?.[1] ?? /[?&]dpl=([\w-]+)/.exec(html)?.[1];

type Answer = {readonly isRight: boolean; readonly says: string};

/**
 * Asks until the site serves the wanted build, by its manifest and by the HTML of either router, or until the deadline.
 * Resolves with what proved it. Throws DeployError `step-failed`: a mismatch fails the run.
 */
export const runServed = async (context: RunContext, action: ServedAction, results: Results): Promise<string> => {
	const {clock, signal, pipeline} = context;
	const wanted = action.expect(results);
	const begun = clock.now();
	for (;;) {
		const answers = await Promise.all([askManifest(context, action, wanted), askPage(context, action, wanted)]);
		if (answers.every(({isRight}) => isRight)) return answers.map(({says}) => says).join('; ');
		if (clock.now() - begun >= action.withinMs) {
			throw stepFailed({
				what: `The site of ${pipeline.environment.name} does not serve build ${wanted.buildId}`,
				why: answers.flatMap(({isRight, says}) => (isRight ? [] : [says])).join('; '),
				now: '',
				next: 'An old process may still answer, or a cache before it. See which process owns the port, or go back.',
			});
		}
		await clock.wait(action.everyMs, signal);
	}
};

const get = ({probe, signal}: RunContext, url: string) =>
	probe.get(url, {timeoutMs: 10_000, signal, maxBodyBytes: mostPageBytes});

const askManifest = async (context: RunContext, {site}: ServedAction, {buildId}: ServedBuild): Promise<Answer> => {
	const path = manifestPath(buildId);
	const {outcome} = await get(context, `${site}${path}`);
	const text = 'status' in outcome ? String(outcome.status) : outcome.error;
	return {isRight: text === '200', says: `GET ${path} answered ${text}`};
};

/** A page that shows no id, as one that only redirects, proves nothing and contradicts nothing. */
const askPage = async (context: RunContext, {site}: ServedAction, wanted: ServedBuild): Promise<Answer> => {
	const {outcome, body} = await get(context, `${site}/`);
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

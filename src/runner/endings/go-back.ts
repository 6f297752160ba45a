import {hasCode, type DeployError} from '../../domain/errors.ts';
import type {GoBack, Pipeline} from '../../domain/runs/pipeline.ts';
import type {Prompt} from '../../domain/runs/prompt.ts';
import type {Questions} from '../questions.ts';
import type {RunContext} from '../run-context.ts';
import {runJob} from '../jobs/run-job.ts';
import {failureOf, readLive} from './read-live.ts';
import {runProbe} from '../actions/run-probe.ts';

/** Id under which the way back of a failed run is asked for and told. */
export const goBackId = 'go-back';

/**
 * Decides what becomes of a run that failed after the swap, while it still holds its lock: by policy, or by a person
 * who is there; where nobody is, only what has its way back as default takes it. Source: design, "Pipelines": `onFailure: ask | rollback`.
 */
export const wantsToGoBack = async (
	context: RunContext,
	error: DeployError,
	{questions, isDemanded}: {readonly questions: Questions; readonly isDemanded: boolean},
): Promise<boolean> => {
	const {pipeline, signal, emit} = context;
	if (!pipeline.goBack) return false;
	const byPolicy = (): true => {
		emit({type: 'prompt.answered', step: goBackId, prompt: goBackId, choice: 'back', by: 'policy'});
		return true;
	};
	if (isDemanded || pipeline.environment.onFailure === 'rollback') return byPolicy();
	try {
		return (await questions.ask(promptOf(pipeline, error), goBackId, signal)) === 'back';
	} catch (thrown) {
		if (hasCode(thrown, 'answer-needed')) return pipeline.goBack.isDefault ? byPolicy() : false;
		throw thrown;
	}
};

const promptOf = ({environment, app, words}: Pipeline, error: DeployError): Prompt => ({
	id: goBackId,
	kind: 'go-back',
	title:
		words?.question ??
		`${environment.title} runs the new ${app}, and ${error.why.startsWith('hook ') ? 'a hook behind it failed' : 'it is not healthy'}. Roll back?`,
	facts: [error.what, ...error.why.split('\n')],
	choices: [
		{
			id: 'back',
			label: words ? 'Go back now' : 'Roll back now',
			detail: 'swap back, make the services see it, check health',
		},
		{id: 'keep', label: 'Keep it and look', detail: `${environment.title} stays as it is; the lock is given back`},
	],
});

/**
 * Swaps back to the snapshot and waits until it is healthy. Answers with what kept it from that; undefined when it is.
 * Throws when the link is gone for good or somebody else drives the run.
 */
export const goBack = async (context: RunContext, {job, health}: GoBack): Promise<Error | undefined> => {
	const {pipeline, emit, clock} = context;
	const begunAt = clock.now();
	emit({type: 'going-back.started', from: pipeline.liveAfterSwap});
	const failure = await failureOf(async () => {
		await runJob(context, job);
		await runProbe(context, health);
	});
	const live = await readLive(context);
	emit({
		type: 'going-back.finished',
		state: failure === undefined ? 'done' : 'failed',
		live,
		durationMs: clock.now() - begunAt,
	});
	return failure;
};

import {hasCode, stepFailed, type DeployError} from '../domain/errors.ts';
import type {Step} from '../domain/runs/pipeline.ts';
import type {Driver} from './driver.ts';
import {placeOf} from './endings/explain.ts';
import {perform} from './perform.ts';
import {isEcho} from './stopping.ts';

/** Does the actions of a step one after the other. One that fails stops the run. */
export const runStep = async (driver: Driver, step: Step): Promise<void> => {
	const {pipeline, book, stopping, emit, now} = driver;
	stopping.signal.throwIfAborted();
	if (step.id === pipeline.swapStep) book.beginSwap();
	const begunAt = now();
	const finish = (state: 'done' | 'failed' | 'cancelled', summary?: string, sizeBytes?: number): void =>
		emit({
			type: 'step.finished',
			step: step.id,
			state,
			durationMs: now() - begunAt,
			...(summary ? {summary} : {}),
			...(sizeBytes === undefined ? {} : {sizeBytes}),
		});
	emit({type: 'step.started', step: step.id});
	try {
		for (const [index, action] of step.actions.entries()) {
			stopping.signal.throwIfAborted();
			await perform(driver, action, {step, index});
		}
		finish('done', step.summary?.(book.results), step.sizeBytes?.(book.results));
	} catch (error) {
		const isAsked = stopping.ending === 'cancel' || stopping.ending === 'leave';
		stopping.stop('failure');
		finish(isAsked || isEcho(error) ? 'cancelled' : 'failed');
		throw hasCode(error, 'answer-unreadable') ? inPlace(error, {pipeline, step: step.id}) : error;
	}
};

/** Of a step, what a host said instead of an answer is why it failed: what is live is said behind it. */
const inPlace = ({what, why, next}: DeployError, place: Parameters<typeof placeOf>[0]): DeployError =>
	stepFailed({what: placeOf(place, 'failed'), why: `${what}: ${why}`, now: '', next});

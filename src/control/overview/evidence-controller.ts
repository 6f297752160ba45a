import {evidenceMs, lookAtEvidence, promotionsOf, type Costly} from '../../app/gates/watch-evidence.ts';
import {repeat} from '../../app/repeat.ts';
import {shareQuestions, type AskHost} from '../../app/status/shared-questions.ts';
import type {ControlOptions, Part} from '../part.ts';

/**
 * Keeps the boards true: looks at the evidence of every promotion again and again until stopped. `refresh` looks at
 * everything anew, hashes and probes too. It draws and changes nothing.
 */
export const createEvidenceController = (options: ControlOptions): Part => {
	const ask = shareQuestions(options.services);
	let watches: readonly Watch[] = [];
	return {
		start: () => {
			if (watches.length > 0) return;
			watches = promotionsOf(options.environments).map(promotion => watch(options, promotion, ask));
		},
		stop: async () => {
			const ended = watches;
			watches = [];
			await Promise.all(ended.map(({stop}) => stop()));
		},
		refresh: () => {
			for (const {lookAnew} of watches) lookAnew();
		},
	};
};

type Watch = {readonly lookAnew: () => void; readonly stop: () => Promise<void>};

/** Watches one app on its way to an environment. */
const watch = (
	{services, environments, checklists, store, onFault}: ControlOptions,
	{to, app}: ReturnType<typeof promotionsOf>[number],
	ask: AskHost,
): Watch => {
	let last: Costly | undefined;
	let isAnew = false;
	const {wake, stop} = repeat(services.clock, async signal => {
		if (isAnew) last = undefined;
		isAnew = false;
		try {
			const look = {environments, checklists, to, app, last, signal, ask};
			const {view, costly} = await lookAtEvidence(services, look);
			last = costly;
			if (view && !signal.aborted) store.getState().applyEvidence(view);
		} catch (error) {
			if (!signal.aborted) onFault(error);
		}
		return evidenceMs;
	});
	const lookAnew = (): void => {
		isAnew = true;
		wake();
	};
	return {lookAnew, stop};
};

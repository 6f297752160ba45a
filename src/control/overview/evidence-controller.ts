import type {AppServices} from '../../app/app-services.ts';
import {shareQuestions} from '../../app/status/shared-questions.ts';
import {evidenceMs, lookAtEvidence, promotionsOf, type Costly} from '../../app/gates/watch-evidence.ts';
import {repeat} from '../../app/repeat.ts';
import type {Checklists} from '../../domain/checklist/checklist.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {Part} from '../controller.ts';
import type {CockpitStore} from '../../store/create-store.ts';

/**
 * Keeps the boards true: looks at the evidence of every promotion again and again until stopped. `refresh` looks at
 * everything anew, hashes and probes too. It draws and changes nothing.
 */
export const createEvidenceController = (options: {
	readonly services: AppServices;
	readonly environments: readonly Environment[];
	readonly checklists: Checklists;
	readonly store: CockpitStore;
	readonly onFault?: (error: unknown) => void;
}): Part => {
	const {services, environments, checklists, store, onFault = () => undefined} = options;
	const ask = shareQuestions(services);

	const watch = ({to, app}: ReturnType<typeof promotionsOf>[number]) => {
		let last: Costly | undefined;
		let isAnew = false;
		const loop = repeat(services.clock, async signal => {
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
			loop.wake();
		};
		return {lookAnew, stop: loop.stop};
	};
	let watches: readonly ReturnType<typeof watch>[] = [];

	return {
		start: () => {
			if (watches.length === 0) watches = promotionsOf(environments).map(watch);
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

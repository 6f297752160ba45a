import type {AppServices} from '../app/app-services.ts';
import {shareQuestions} from '../app/status/shared-questions.ts';
import {evidenceMs, lookAtEvidence, promotionsOf} from '../app/gates/watch-evidence.ts';
import type {Checklists} from '../domain/checklist/checklist.ts';
import type {Environment} from '../domain/environments/environment.ts';
import {hasCode} from '../domain/errors.ts';
import type {Part} from './controller.ts';
import type {CockpitStore} from '../store/create-store.ts';

type Last = Parameters<typeof lookAtEvidence>[1]['last'];

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
	const {clock} = services;
	const ask = shareQuestions(services);
	let active: {readonly ending: AbortController; readonly loops: Promise<unknown>} | undefined;
	let generation = 0;
	const naps = new Set<AbortController>();

	const nap = async (signal: AbortSignal): Promise<void> => {
		const wake = new AbortController();
		naps.add(wake);
		try {
			await clock.wait(evidenceMs, AbortSignal.any([signal, wake.signal]));
		} catch (error) {
			if (!hasCode(error, 'cancelled')) throw error;
		} finally {
			naps.delete(wake);
		}
	};
	const watch = async (promotion: ReturnType<typeof promotionsOf>[number], signal: AbortSignal): Promise<void> => {
		let last: Last;
		let seen = generation;
		while (!signal.aborted) {
			if (seen !== generation) last = undefined;
			seen = generation;
			try {
				const look = {environments, checklists, ...promotion, signal, ask, ...(last ? {last} : {})};
				const {event, costly} = await lookAtEvidence(services, look);
				last = costly;
				if (event && !signal.aborted) store.getState().applyEvidence([event]);
			} catch (error) {
				if (signal.aborted) return;
				onFault(error);
			}
			await nap(signal);
		}
	};

	return {
		start: () => {
			if (active) return;
			const ending = new AbortController();
			const loops = Promise.all(promotionsOf(environments).map(promotion => watch(promotion, ending.signal)));
			active = {ending, loops};
		},
		stop: async () => {
			const ended = active;
			active = undefined;
			ended?.ending.abort();
			await ended?.loops;
		},
		refresh: () => {
			generation += 1;
			for (const wake of naps) wake.abort();
		},
	};
};

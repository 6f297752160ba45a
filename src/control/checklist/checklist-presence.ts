import {leftHere, presenceMs, saidHere} from '../../app/checklist/presence.ts';
import {DeployError} from '../../domain/errors.ts';
import {selectPoint} from '../../store/checklist/checklist.ts';
import type {ChecklistContext} from './checklist-context.ts';

/** How long the host is given to hear of leaving when the cockpit closes. It forgets by itself whoever is silent. */
const farewellMs = 80;

/** Tells others on the checklist of an environment where one is, and shows where they are. */
export const createPresence = ({services, environment, store, onFault}: ChecklistContext) => {
	const {clock} = services;
	const {colleaguesHere} = store.getState();
	let said: {readonly at: number; readonly section: string} | undefined;
	let leaving = Promise.resolve();
	return {
		/** Says so when it is due. Nothing depends on it: a failure is only silence. */
		sayHere: async (signal: AbortSignal): Promise<void> => {
			const state = store.getState();
			const {checklistActor: actor} = state;
			const section = selectPoint(state)?.title ?? '';
			const now = clock.now();
			const isDue = said === undefined || said.section !== section || now - said.at >= presenceMs;
			if (!actor || !isDue) return;
			said = {at: now, section};
			try {
				const here = await saidHere(services, environment, {actor, section, signal});
				if (!signal.aborted) colleaguesHere(here);
			} catch (error) {
				if (!(error instanceof DeployError)) throw error;
				colleaguesHere([]);
			}
		},
		leave: (): void => {
			const {checklistActor: actor} = store.getState();
			if (!actor || !said) return;
			said = undefined;
			colleaguesHere([]);
			leaving = leftHere(services, environment, actor).catch(error => {
				if (!(error instanceof DeployError)) onFault(error);
			});
		},
		/** Resolves once the host has heard of leaving, or takes too long to: nobody who closes the cockpit waits for it. */
		left: async (): Promise<void> => {
			const heard = new AbortController();
			const ended = leaving.finally(() => heard.abort());
			await Promise.race([ended, clock.wait(farewellMs, heard.signal).catch(() => undefined)]);
		},
	};
};

import type {AppServices} from '../../app/app-services.ts';
import {leftHere, presenceMs, saidHere} from '../../app/checklist/presence.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {selectPoint} from '../../store/checklist/checklist.ts';
import type {CockpitStore} from '../../store/create-store.ts';

/** Tells others on the checklist of an environment where one is, and shows where they are. */
export type ChecklistPresence = {
	/** Says so when it is due. Nothing depends on it: a failure is only silence. */
	readonly sayHere: (signal: AbortSignal) => Promise<void>;
	readonly leave: () => void;
	/** Resolves once the host has heard of leaving, or did not. */
	readonly left: () => Promise<void>;
};

export const createPresence = ({
	services,
	environment: tested,
	store,
	onFault,
}: {
	readonly services: AppServices;
	readonly environment: Environment;
	readonly store: CockpitStore;
	readonly onFault: (error: unknown) => void;
}): ChecklistPresence => {
	const {clock} = services;
	const {colleaguesHere} = store.getState();
	let saidAt = Number.NEGATIVE_INFINITY;
	let saidSection: string | undefined;

	const sayHere = async (signal: AbortSignal): Promise<void> => {
		const state = store.getState();
		const {checklistActor: actor} = state;
		const section = selectPoint(state)?.title ?? '';
		const isDue = clock.now() - saidAt >= presenceMs || section !== saidSection;
		if (!actor || !isDue) return;
		saidAt = clock.now();
		saidSection = section;
		try {
			const here = await saidHere(services, tested, {actor, section, signal});
			if (!signal.aborted) colleaguesHere(here);
		} catch (error) {
			if (!(error instanceof DeployError)) throw error;
			colleaguesHere([]);
		}
	};

	let leaving = Promise.resolve();

	const leave = (): void => {
		const {checklistActor: actor} = store.getState();
		if (!actor || saidSection === undefined) return;
		saidAt = Number.NEGATIVE_INFINITY;
		saidSection = undefined;
		colleaguesHere([]);
		leaving = leftHere(services, tested, actor).catch(error => {
			if (!(error instanceof DeployError)) onFault(error);
		});
	};

	return {sayHere, leave, left: () => leaving};
};

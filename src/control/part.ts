import type {AppServices} from '../app/app-services.ts';
import type {Checklists} from '../domain/checklist/checklist.ts';
import type {Environment} from '../domain/environments/environment.ts';
import type {CockpitStore} from '../store/create-store.ts';
import {problemOf} from '../store/problem-of.ts';

/** What the parts of the cockpit work with. */
export type ControlOptions = {
	readonly services: AppServices;
	readonly environments: readonly Environment[];
	readonly checklists: Checklists;
	readonly store: CockpitStore;
	/** Hears of errors that are nobody's answer. */
	readonly onFault: (error: unknown) => void;
};

/** What a part can be told, whatever is on screen. */
export type Part = {
	/** Begins what goes on beside the screens. */
	readonly start: () => void;
	/** Resolves once nothing of it is under way any more; a run is left to be resumed. */
	readonly stop: () => Promise<void>;
	/** Asks the hosts again now. */
	readonly refresh: () => void;
};

/** Finds an environment by its name. Throws TypeError for one that is not there: names come from the list itself. */
export const environmentCalled = (environments: readonly Environment[], name: string): Environment => {
	const found = environments.find(environment => environment.name === name);
	if (!found) throw new TypeError(`no environment ${name}`);
	return found;
};

/** Tells the person in one line what did not work, why, and what to do. */
export const sayProblem = (store: CockpitStore, error: unknown): void => {
	const {what, why, next} = problemOf(error);
	store.getState().say('danger', `${what}: ${why}. ${next}`);
};

import type {CockpitStore} from '../store/create-store.ts';
import {problemOf} from '../store/problem-of.ts';

/** Tells the person in one line what did not work, why, and what to do. */
export const sayProblem = (store: CockpitStore, error: unknown): void => {
	const {what, why, next} = problemOf(error);
	store.getState().say('danger', `${what}: ${why}. ${next}`);
};

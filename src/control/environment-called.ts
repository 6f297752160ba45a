import type {Environment} from '../domain/environments/environment.ts';

/** Finds an environment by its name. Throws TypeError for one that is not there: names come from the list itself. */
export const environmentCalled = (environments: readonly Environment[], name: string): Environment => {
	const found = environments.find(environment => environment.name === name);
	if (!found) throw new TypeError(`no environment ${name}`);
	return found;
};

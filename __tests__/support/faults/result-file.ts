import type {AppName} from '../../../src/domain/environments/environment.ts';

/** Where the results of a matrix are left, one file for each app. */
export const resultFile = (app: AppName): string =>
	new URL(`../../../node_modules/.cache/faults/${app}.json`, import.meta.url).pathname;

import type {Environment, LaravelTarget} from '../domain/environment.ts';
import {DeployError} from '../domain/errors.ts';

/** The backend of an environment that has hosts. Throws DeployError `configuration`. */
export const backendOf = (environment: Environment): LaravelTarget => {
	const {backend} = environment.apps;
	if (backend && environment.hosts.length > 0) return backend;
	throw new DeployError({
		code: 'configuration',
		what: `${environment.name} can't take a backend`,
		why: backend ? 'it has no hosts' : 'it has no backend',
		now: 'Nothing was changed.',
		next: `Add ${backend ? 'hosts' : 'apps.backend'} to ${environment.file}.`,
	});
};

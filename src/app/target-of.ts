import {targetOf, type AppName, type AppTarget, type Environment} from '../domain/environments/environment.ts';
import {misconfigured} from '../domain/errors.ts';

/** An app of an environment that has hosts. Throws DeployError `configuration`. */
export const targetIn = (environment: Environment, app: AppName): AppTarget => {
	const target = targetOf(environment, app);
	if (target && environment.hosts.length > 0) return target;
	throw misconfigured({
		what: `${environment.name} can't take a ${app}`,
		why: target ? 'it has no hosts' : `it has no ${app}`,
		next: `Add ${target ? 'hosts' : `apps.${app}`} to ${environment.file}.`,
	});
};

/** The apps of an environment, backend first: the order in which they are deployed. */
export const appsOf = ({apps}: Environment): readonly AppName[] =>
	(['backend', 'frontend'] as const).filter(app => apps[app] !== undefined);

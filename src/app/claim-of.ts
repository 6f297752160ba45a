import type {Claim} from '../commands/lock/marker/marker.ts';
import {releaseLayout} from '../commands/release-layout.ts';
import {targetOf, type AppName, type Environment} from '../domain/environments/environment.ts';

/** Whose the live paths of apps have to be; those the environment lacks are left out. */
export const claimsOn = (environment: Environment, apps: readonly AppName[]): readonly Claim[] =>
	apps.flatMap(app => {
		const target = targetOf(environment, app);
		const {project, name, stateDirectory} = environment;
		return target ? [{project, environment: name, app, stateDirectory, layout: releaseLayout(target)}] : [];
	});

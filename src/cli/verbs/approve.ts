import {approveBuild} from '../../app/checklist/sign-off.ts';
import {shortCommit} from '../../domain/build.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {environmentNamed, type CliContext, type Cockpit} from '../cli-context.ts';
import {appArgument, environmentOption, jsonOption, type EnvironmentOptions} from '../options.ts';
import {tell} from '../print-json.ts';
import type {RegisterVerb} from '../verb.ts';

export const register: RegisterVerb = (program, {withCockpit}) =>
	program
		.command('approve')
		.description('sign the build that is on an environment for promotion')
		.addArgument(appArgument())
		.addOption(environmentOption())
		.option('--note <text>', 'in your own words')
		.addOption(jsonOption())
		.action(withCockpit(approve));

/** `cockpit approve <app>`: signs the build that is on an environment for promotion. */
const approve = async (
	{terminal}: CliContext,
	cockpit: Cockpit,
	app: AppName,
	{env, note, json}: EnvironmentOptions & {readonly note?: string},
): Promise<number> => {
	const environment = environmentNamed(cockpit, env);
	const {commit} = await approveBuild(cockpit.services, {environment, app, note});
	tell(
		terminal,
		json,
		{type: 'approved', app, environment: environment.name, commit},
		`${app} ${shortCommit(commit)} on ${environment.title} approved.`,
	);
	return 0;
};

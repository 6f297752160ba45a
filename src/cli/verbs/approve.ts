import {approveBuild} from '../../app/checklist/sign-off.ts';
import {shortCommit} from '../../domain/build.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {appArgument, environmentOption, jsonOption, type JsonOption} from '../options.ts';
import {tell} from '../print-json.ts';
import type {Place, RegisterVerb} from '../verb.ts';

export const register: RegisterVerb = (program, {onEnvironment}) =>
	program
		.command('approve')
		.description('sign the build that is on an environment for promotion')
		.addArgument(appArgument())
		.addOption(environmentOption())
		.option('--note <text>', 'in your own words')
		.addOption(jsonOption())
		.action(onEnvironment(approve));

/** `cockpit approve <app>`: signs the build that is on an environment for promotion. */
const approve = async (
	{terminal, services, environment}: Place,
	app: AppName,
	{note, json}: JsonOption & {readonly note?: string},
): Promise<number> => {
	const {commit} = await approveBuild(services, {environment, app, note});
	tell(
		terminal,
		json,
		{type: 'approved', app, environment: environment.name, commit},
		`${app} ${shortCommit(commit)} on ${environment.title} approved.`,
	);
	return 0;
};

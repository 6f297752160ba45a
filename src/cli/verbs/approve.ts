import {approvalText, approveBuild} from '../../app/checklist/approve-build.ts';
import {shortCommit} from '../../domain/build.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {appArgument, environmentOption, jsonOption, toKeep, type JsonOption} from '../options.ts';
import {tell} from '../print-json.ts';
import {tellHeads} from '../ledger/tell-heads.ts';
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

/** `cockpit approve <app>`: signs the build that is on an environment for promotion. Exits 1 where it would not count. */
const approve = async (
	place: Place,
	app: AppName,
	{note: typed, json}: JsonOption & {readonly note?: string},
): Promise<number> => {
	const {terminal, cockpit, services, environment} = place;
	const {environments, checklists} = cockpit;
	const note = typed === undefined ? undefined : toKeep(place, typed);
	const approval = await approveBuild(services, {environment, environments, checklists, app, note});
	await tellHeads(terminal, cockpit, environment);
	const {commit, by, promotions} = approval;
	tell(
		terminal,
		json,
		{
			type: 'approved',
			app,
			environment: environment.name,
			commit,
			by,
			countsFor: 'others',
			promotions: promotions.map(({environment: to, asked, unproved}) => ({
				environment: to,
				asked,
				...(unproved === undefined ? {} : {unproved}),
			})),
		},
		[`${app} ${shortCommit(commit)} on ${environment.title} approved.`, ...approvalText(approval)].join('\n'),
	);
	return 0;
};

import type {Command} from 'commander';
import {findRestoring, isRestoringDue} from '../../../app/env/restore-env.ts';
import {prepareEnvChange} from '../../../app/env/set-env.ts';
import {primaryHost} from '../../../domain/environments/environment.ts';
import {changeWord, checkWords} from '../../../domain/runs/confirm.ts';
import {driveChange} from '../../env/drive-change.ts';
import {environmentOption, jsonOption, planOption, wordsOption, type JsonOption} from '../../options.ts';
import {tell} from '../../print-json.ts';
import {printPlan} from '../../print-plan.ts';
import type {Actions, Place} from '../../verb.ts';

/** Registers `restore` among what can be done with values. */
export const registerEnvRestore = (group: Command, {onEnvironment}: Actions): void => {
	group
		.command('restore')
		.description('put back the .env of a host as a run of env set has found it')
		.argument('<run>', 'the run, as its end and cockpit history name it')
		.addOption(environmentOption())
		.addOption(wordsOption('the word to type'))
		.addOption(planOption())
		.addOption(jsonOption())
		.action(onEnvironment(restore));
};

type RestoreOptions = JsonOption & {readonly confirm: readonly string[]; readonly plan: boolean};

/** `cockpit env restore RUN --env E`: a run that puts the file back which that run has replaced, made or taken away. */
const restore = async (
	place: Place,
	run: string,
	{confirm, plan, json}: RestoreOptions,
	command: Command,
): Promise<number> => {
	const {terminal, services, environment} = place;
	const what = `the .env before run ${run} on ${environment.name}`;
	const asks = terminal.isInteractive && !json && confirm.length === 0;
	if (!asks && !plan) checkWords(what, [changeWord(environment)], confirm, 'CHANGE BLOCKED');
	const restoring = await findRestoring(services, {environment, run});
	const request = {...restoring, value: undefined};
	if (plan) {
		printPlan(terminal, await prepareEnvChange(services, request), json);
		return 0;
	}
	await services.sessions.session(primaryHost(environment)).connect();
	const {app, change} = restoring;
	if (!(await isRestoringDue(services, restoring))) {
		const why = `The .env of the ${app} on ${environment.title} is as run ${run} has found it: nothing to put back.`;
		tell(terminal, json, {type: 'env.unneeded', key: change.key, app, environment: environment.name, why}, why);
		return 0;
	}
	return driveChange(place, await prepareEnvChange(services, request), {app, change, what, json, asks}, command);
};

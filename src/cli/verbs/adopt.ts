import {prepareAdoption, requireOwnPaths} from '../../app/deploy/adopt.ts';
import {readStatus, type EnvironmentStatus} from '../../app/status/status.ts';
import {appsOf, targetIn} from '../../app/target-of.ts';
import {checkWords} from '../../domain/runs/confirm.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {drive} from '../drive.ts';
import {environmentOption, jsonOption, planOption, wordsOption, type JsonOption} from '../options.ts';
import {tell} from '../print-json.ts';
import {printPlan} from '../print-plan.ts';
import type {Place, RegisterVerb} from '../verb.ts';

type AdoptOptions = JsonOption & {
	readonly undo: boolean;
	readonly plan: boolean;
	readonly confirm: readonly string[];
};

export const register: RegisterVerb = (program, {onEnvironment}) =>
	program
		.command('adopt')
		.description('take a host over as the old scripts left it')
		.addOption(environmentOption())
		.option('--undo', 'put a plain directory back', false)
		.addOption(wordsOption('adopt, or undo: without a terminal, on production'))
		.addOption(planOption())
		.addOption(jsonOption())
		.action(onEnvironment(adopt));

/**
 * `cockpit adopt --env E [--undo]`: every app of the environment, one run each. A person types the word; a script gives it
 * where it is about production, and has said it elsewhere by calling this verb.
 */
const adopt = async ({terminal, services, environment}: Place, options: AdoptOptions): Promise<number> => {
	const {undo, json, confirm} = options;
	const apps = appsOf(environment);
	for (const app of apps) targetIn(environment, app);
	if (options.plan) {
		for (const app of apps) printPlan(terminal, await prepareAdoption(services, {environment, app, undo}), json);
		return 0;
	}
	await services.sessions.session(primaryHost(environment)).connect();
	await requireOwnPaths(services, environment, apps);
	const [status] = await readStatus(services, [environment]);
	const due = apps.filter(app => {
		const why = unneeded(environment, app, status, undo);
		if (why !== undefined) tell(terminal, json, {type: 'adopt.unneeded', why}, why);
		return why === undefined;
	});
	if (due.length === 0) return 0;
	const word = undo ? 'undo' : 'adopt';
	const what = `${undo ? 'Undo the adoption of' : 'Adopt'} ${due.join(' and ')} on ${environment.title}`;
	if (terminal.isInteractive && !json && confirm.length === 0) {
		const answer = await terminal.ask(
			`${what} (${primaryHost(environment).address}). Type ${word} to go on, anything else to stop: `,
		);
		checkWords(what, [word], [answer ?? ''], 'ADOPTION BLOCKED');
	} else if (environment.tier === 'production' || confirm.length > 0)
		checkWords(what, [word], confirm, 'ADOPTION BLOCKED');

	for (const app of due) {
		const pipeline = await prepareAdoption(services, {environment, app, undo});
		const code = await drive(terminal, services, pipeline, {attempt: 1, json});
		if (code !== 0) return code;
	}
	return 0;
};

/** Asking for what is so already is no mistake: a script may run twice. */
const unneeded = (
	{name}: Environment,
	app: AppName,
	status: EnvironmentStatus | undefined,
	undo: boolean,
): string | undefined => {
	const reading = status?.[app];
	if (reading?.live !== undefined && !undo)
		return `The ${app} of ${name} is adopted already: ${reading.live} is live.`;
	return reading?.isAdopted === false && undo ? `The ${app} of ${name} is a plain directory already.` : undefined;
};

import {prepareDeploy, refuseUnbuilt} from '../app/deploy.ts';
import {backendOf} from '../app/backend-of.ts';
import {checkWords, deployWords} from '../domain/confirm.ts';
import {primaryHost, type AppName} from '../domain/environment.ts';
import type {Pipeline} from '../domain/pipeline.ts';
import {environmentNamed, type CliContext, type Cockpit} from './cli-context.ts';
import {drive} from './drive.ts';
import {printPlan} from './print-plan.ts';
import {paint, type Terminal} from './terminal.ts';

export type DeployOptions = {
	readonly env: string;
	readonly confirm: readonly string[];
	readonly plan: boolean;
	readonly json: boolean;
};

/**
 * `cockpit deploy <app> --env E`. Words given on the command line are checked before anything else, and without a
 * person there to ask, missing words end it there.
 */
export const deploy = async (
	{terminal}: CliContext,
	cockpit: Cockpit,
	app: AppName,
	options: DeployOptions,
): Promise<number> => {
	const environment = environmentNamed(cockpit, options.env);
	const words = deployWords(environment);
	if (options.plan) {
		printPlan(terminal, await prepareDeploy(cockpit.services, {environment, app}), options.json);
		return 0;
	}
	const asks = terminal.isInteractive && !options.json && options.confirm.length === 0;
	if (!asks) checkWords(`${app} to ${environment.name}`, words, options.confirm);
	refuseUnbuilt(environment, app);
	backendOf(environment);

	const ready = cockpit.services.sessions.session(primaryHost(environment)).connect();
	const pipeline = await prepareDeploy(cockpit.services, {environment, app, ready});
	if (asks) checkWords(pipeline.title, words, await askWords(terminal, pipeline, words));
	return drive(terminal, cockpit.services, pipeline, {attempt: 1, json: options.json});
};

const askWords = async (
	terminal: Terminal,
	{title, environment, host}: Pipeline,
	words: readonly string[],
): Promise<string[]> => {
	terminal.out(
		`${paint(terminal, environment.tier === 'production' ? 'danger' : 'strong', title)}  ${host.user ?? ''}@${host.address}\n`,
	);
	if (environment.warning !== undefined) terminal.out(`${paint(terminal, 'attention', environment.warning)}\n`);
	const typed: string[] = [];
	for (const word of words) {
		const answer = await terminal.ask(`Type ${word} to go on, anything else to stop: `);
		if (answer !== word) return [...typed, answer ?? ''];
		typed.push(answer);
	}
	return typed;
};

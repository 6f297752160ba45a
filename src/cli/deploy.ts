import {prepareDeploy} from '../app/deploy.ts';
import {refuseUngated} from '../app/production-guard.ts';
import {targetIn} from '../app/target-of.ts';
import {checkWords, deployWords} from '../domain/confirm.ts';
import {primaryHost, type AppName} from '../domain/environment.ts';
import type {Pipeline} from '../domain/pipeline.ts';
import {confirmationBanner, verifiedBanner} from './banners.ts';
import {environmentNamed, type CliContext, type Cockpit} from './cli-context.ts';
import {drive} from './drive.ts';
import {printPlan} from './print-plan.ts';
import {paint, type Terminal} from './terminal.ts';

export type DeployOptions = {
	readonly env: string;
	readonly confirm: readonly string[];
	readonly expect?: string;
	readonly migrate?: 'run' | 'skip';
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
	{env, confirm, expect, migrate, plan, json}: DeployOptions,
): Promise<number> => {
	const environment = environmentNamed(cockpit, env);
	const words = deployWords(environment);
	const canAsk = terminal.isInteractive && !json;
	const settled = {
		environment,
		environments: cockpit.environments,
		app,
		...(expect === undefined ? {} : {expect}),
		...(migrate === undefined ? {} : {migrate}),
	};
	if (plan) {
		printPlan(terminal, await prepareDeploy(cockpit.services, {...settled, canAsk: false}), json);
		return 0;
	}
	const asks = canAsk && confirm.length === 0;
	if (!asks) checkWords(`${app} to ${environment.name}`, words, confirm);
	refuseUngated(environment);
	targetIn(environment, app);

	const ready = cockpit.services.sessions.session(primaryHost(environment)).connect();
	const pipeline = await prepareDeploy(cockpit.services, {...settled, ready, canAsk});
	if (asks) checkWords(pipeline.title, words, await askWords(terminal, pipeline, words));
	return drive(terminal, cockpit.services, pipeline, {attempt: 1, json});
};

const askWords = async (terminal: Terminal, pipeline: Pipeline, words: readonly string[]): Promise<string[]> => {
	const {title, environment, host, app} = pipeline;
	const isProduction = environment.tier === 'production';
	terminal.out(`${paint(terminal, isProduction ? 'danger' : 'strong', title)}  ${host.user ?? ''}@${host.address}\n`);
	if (!isProduction && environment.warning !== undefined)
		terminal.out(`${paint(terminal, 'attention', environment.warning)}\n`);
	const banners = isProduction ? [verifiedBanner(terminal, app, title), confirmationBanner(terminal, pipeline)] : [];
	const typed: string[] = [];
	for (const [index, word] of words.entries()) {
		terminal.out(banners[index] ?? '');
		const answer = await terminal.ask(`Type ${word} to go on, anything else to stop: `);
		if (answer !== word) return [...typed, answer ?? ''];
		typed.push(answer);
	}
	return typed;
};

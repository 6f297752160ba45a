import {acceptedPolicy, decideDeploy, requireOpen, requirePromotion, type Decision} from '../../app/gates/gate.ts';
import {memoryOf, readPolicy} from '../../app/gates/counted-policy.ts';
import {prepareDeploy} from '../../app/deploy/deploy.ts';
import {costText, promotionCost, type PromotionCost} from '../../app/deploy/promotion-cost.ts';
import {guardDeploy} from '../../app/gates/run-guard.ts';
import {targetIn} from '../../app/target-of.ts';
import {verificationEvidence} from '../../app/gates/verification-evidence.ts';
import {checkWords, deployWords} from '../../domain/runs/confirm.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {acceptable} from '../../domain/gates/gates.ts';
import {digestWord} from '../../domain/gates/policy.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {confirmationBanner, policyBanner, verifiedBanner} from '../banners.ts';
import {environmentNamed, type CliContext, type Cockpit} from '../cli-context.ts';
import {drive} from '../drive.ts';
import {decisionObject, printDecision} from './gate.ts';
import {printPlan} from '../print-plan.ts';
import {paint, type Terminal} from '../terminal.ts';

export type DeployOptions = {
	readonly env: string;
	readonly confirm: readonly string[];
	readonly expect?: string;
	readonly migrate?: 'run' | 'skip';
	readonly emergency?: string;
	/** Beginning of the digest of a policy that asks less than the last one. */
	readonly acceptPolicy?: string;
	readonly plan: boolean;
	readonly json: boolean;
};

const refused = (
	environment: Environment,
	app: AppName,
	code: 'blocked' | 'answer-needed',
	why: string,
	next: string,
): DeployError =>
	new DeployError({
		code,
		what: `DEPLOYMENT BLOCKED: ${app} to ${environment.name}`,
		why,
		now: 'Nothing was changed.',
		next,
	});

/** What a deploy to production must bring where nobody watches it. Throws DeployError `blocked`, `answer-needed`. */
export const requireHeadless = (environment: Environment, app: AppName, expect: string | undefined): void => {
	const {tier, headless, name, file} = environment;
	if (tier !== 'production' || headless === 'allow') return;
	if (headless === 'forbid')
		throw refused(
			environment,
			app,
			'blocked',
			`${name} is deployed to from a terminal only (headless: forbid in ${file})`,
			'Open the cockpit, or deploy from a terminal.',
		);
	if (expect === undefined)
		throw refused(
			environment,
			app,
			'answer-needed',
			`which build is meant is not said (headless: expect in ${file})`,
			'Name the commit: --expect COMMIT',
		);
};

/**
 * Words that are wrong whatever the host remembers end it before anything is asked. Those of production may be asked for
 * where the environment was production at the last run. Throws DeployError `wrong-word`.
 */
export const checkFirst = (what: string, environment: Environment, typed: readonly string[]): void => {
	const ofProduction = deployWords({tier: 'production'});
	if (ofProduction.length === typed.length && ofProduction.every((word, index) => word === typed[index])) return;
	checkWords(what, deployWords(environment), typed);
};

/**
 * `cockpit deploy <app> --env E`. Words given on the command line are checked before anything else, then the gates;
 * without a person there to ask, missing words end it there.
 */
export const deploy = async (
	{terminal}: CliContext,
	cockpit: Cockpit,
	app: AppName,
	{env, confirm, expect, migrate, emergency, acceptPolicy, plan, json}: DeployOptions,
): Promise<number> => {
	const environment = environmentNamed(cockpit, env);
	const canAsk = terminal.isInteractive && !json;
	const {services, environments, checklists} = cockpit;
	const settled = {
		environment,
		environments,
		app,
		...(expect === undefined ? {} : {expect}),
		...(migrate === undefined ? {} : {migrate}),
	};
	if (plan) {
		const policy = memoryOf(await readPolicy(services, {environments, environment, checklists}));
		const planned = {...settled, canAsk: false, ...(policy ? {policy} : {})};
		printPlan(terminal, await prepareDeploy(services, planned), json);
		return 0;
	}
	const asks = canAsk && confirm.length === 0;
	if (!asks) checkFirst(`${app} to ${environment.name}`, environment, confirm);
	if (!canAsk) requireHeadless(environment, app, expect);
	requirePromotion(environments, environment);
	targetIn(environment, app);

	// The key of the connection names who deploys.
	await services.sessions.session(primaryHost(environment)).connect();
	const decision = await decideDeploy(services, {
		environments,
		environment,
		app,
		checklists,
		lane: 'run',
		...(emergency === undefined ? {} : {emergency}),
		...(acceptPolicy === undefined ? {} : {acceptPolicy}),
	});
	if (json && decision.evidence) terminal.out(`${JSON.stringify(decisionObject(decision, environment.name))}\n`);
	const toAccept = asks ? acceptable(decision.report) : undefined;
	const {words} = decision;
	if (toAccept === undefined) requireOpen(decision, {environment, app});
	if (!asks) checkWords(`${app} to ${environment.name}`, words, confirm);
	const {promotion} = decision;
	const policy = toAccept === undefined ? decision.policy : acceptedPolicy(decision);
	const pipeline = await prepareDeploy(services, {
		...settled,
		canAsk,
		...(policy ? {policy} : {}),
		...(promotion ? {promotion} : {}),
	});
	if (asks) {
		const all = [...(toAccept === undefined ? [] : [digestWord(toAccept)]), ...words];
		checkWords(pipeline.title, all, await askWords(terminal, cockpit, pipeline, decision, all));
	}
	const guard = guardDeploy(services, {record: pipeline.record, environment, environments, checklists});
	return drive(terminal, services, pipeline, {attempt: 1, json, guard});
};

const costOf = async (
	{services, environments, checklists}: Cockpit,
	{environment, app, record}: Pipeline,
): Promise<PromotionCost | undefined> => {
	const {entries, time} = await services.ledgers.read(environment);
	return promotionCost({
		environments,
		environment,
		app,
		checklists,
		entries,
		now: time,
		digest: record.digest,
		usualMs: 0,
	});
};

const askWords = async (
	terminal: Terminal,
	cockpit: Cockpit,
	pipeline: Pipeline,
	decision: Decision,
	words: readonly string[],
): Promise<string[]> => {
	const {title, environment, host, app} = pipeline;
	const isProduction = environment.tier === 'production';
	terminal.out(`${paint(terminal, isProduction ? 'danger' : 'strong', title)}  ${host.user ?? ''}@${host.address}\n`);
	if (!isProduction && environment.warning !== undefined)
		terminal.out(`${paint(terminal, 'attention', environment.warning)}\n`);
	printDecision(terminal, decision, environment);
	const takesBack = await costOf(cockpit, pipeline);
	if (takesBack) terminal.out(`  ${paint(terminal, 'attention', `▲ ${costText(takesBack)}`)}\n`);
	const evidence = verificationEvidence(cockpit.checklists, app, decision.evidence?.items ?? []);
	const banners = [
		...(acceptable(decision.report) === undefined ? [] : [policyBanner(terminal, decision)]),
		...(isProduction ? [verifiedBanner(terminal, title, evidence), confirmationBanner(terminal, pipeline)] : []),
	];
	const typed: string[] = [];
	for (const [index, word] of words.entries()) {
		terminal.out(banners[index] ?? '');
		const answer = await terminal.ask(`Type ${word} to go on, anything else to stop: `);
		if (answer !== word) return [...typed, answer ?? ''];
		typed.push(answer);
	}
	return typed;
};

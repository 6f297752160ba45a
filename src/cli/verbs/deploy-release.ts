import {acceptedPolicy, decideDeploy, requireOpen, requirePromotion, type Decision} from '../../app/gates/gate.ts';
import {memoryOf, readPolicy} from '../../app/gates/counted-policy.ts';
import {prepareDeploy} from '../../app/deploy/deploy.ts';
import {prepareRollback} from '../../app/rollback/rollback.ts';
import {guardDeploy} from '../../app/gates/run-guard.ts';
import {appsOf, targetIn} from '../../app/target-of.ts';
import {verificationEvidence} from '../../app/gates/verification-evidence.ts';
import {checkWords, deployWords, rollbackWord} from '../../domain/runs/confirm.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {acceptable, isOpen} from '../../domain/gates/gates.ts';
import {digestWord} from '../../domain/gates/policy.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {confirmationBanner, policyBanner, verifiedBanner} from '../banners.ts';
import {environmentNamed, type CliContext, type Cockpit} from '../cli-context.ts';
import {checkFirst, requireHeadless, type DeployOptions} from './deploy.ts';
import {drive} from '../drive.ts';
import {decisionObject, printDecision} from './gate.ts';
import {printPlan} from '../print-plan.ts';
import {paint, type Terminal} from '../terminal.ts';

type Part = {readonly app: AppName; readonly pipeline: Pipeline; readonly decision: Decision};

const bothApps = (environment: Environment): readonly AppName[] => {
	const apps = appsOf(environment);
	if (apps.length === 2) return apps;
	throw new DeployError({
		code: 'configuration',
		what: `${environment.name} has no pair to deploy`,
		why: `it has ${apps.length === 0 ? 'no apps' : `only a ${apps.join('')}`}`,
		now: 'Nothing was changed.',
		next: `Deploy what it has: cockpit deploy ${apps[0] ?? 'backend'} --env ${environment.name}`,
	});
};

/** Decides on both and names everything that is closed, whichever app it keeps. Throws DeployError. */
const requireBoth = (
	parts: readonly {readonly app: AppName; readonly decision: Decision}[],
	environment: Environment,
): void => {
	const refusals = parts.flatMap(({app, decision}) => {
		try {
			requireOpen(decision, {environment, app});
			return [];
		} catch (error) {
			if (error instanceof DeployError) return [{app, error}];
			throw error;
		}
	});
	const [first] = refusals;
	if (!first) return;
	if (refusals.length === 1) throw first.error;
	const joined = (pick: (error: DeployError) => string): string =>
		refusals
			.flatMap(({app, error}) =>
				pick(error)
					.split('\n')
					.map(line => `${app}: ${line}`),
			)
			.join('\n');
	throw first.error.with({
		code: 'blocked',
		what: `DEPLOYMENT BLOCKED: backend and frontend to ${environment.name}`,
		why: joined(({why}) => why),
		next: joined(({next}) => next),
	});
};

/** Digest of the policy to accept, when nothing else keeps either app: it is one policy for both. */
const acceptableBy = (parts: readonly {readonly decision: Decision}[]): string | undefined => {
	const found = parts.map(({decision: {report}}) => (isOpen(report) ? 'open' : acceptable(report)));
	return found.includes(undefined) ? undefined : found.find(one => one !== 'open');
};

/**
 * `cockpit deploy release --env E`: backend, then frontend, with one pair of words. When the second fails, the first is
 * offered back, or goes back by itself where `onFailure` says so. Source: design, "Gates to production".
 */
export const deployRelease = async (
	{terminal}: CliContext,
	cockpit: Cockpit,
	{env, confirm, expect, migrate, emergency, acceptPolicy, plan, json}: DeployOptions,
): Promise<number> => {
	const environment = environmentNamed(cockpit, env);
	const {services, environments, checklists} = cockpit;
	const apps = bothApps(environment);
	const canAsk = terminal.isInteractive && !json;
	const settledFor = (app: AppName) => ({
		environment,
		environments,
		app,
		...(expect === undefined ? {} : {expect}),
		...(migrate === undefined || app === 'frontend' ? {} : {migrate}),
	});
	if (plan) {
		const policy = memoryOf(await readPolicy(services, {environments, environment, checklists}));
		for (const app of apps) {
			const planned = {...settledFor(app), canAsk: false, ...(policy ? {policy} : {})};
			printPlan(terminal, await prepareDeploy(services, planned), json);
		}
		return 0;
	}
	const asks = canAsk && confirm.length === 0;
	if (!asks) checkFirst(`backend and frontend to ${environment.name}`, environment, confirm);
	if (!canAsk) requireHeadless(environment, 'backend', expect);
	requirePromotion(environments, environment);
	for (const app of apps) targetIn(environment, app);
	await services.sessions.session(primaryHost(environment)).connect();

	const decide = (app: AppName): Promise<Decision> =>
		decideDeploy(services, {
			environments,
			environment,
			app,
			checklists,
			lane: 'run',
			...(emergency === undefined ? {} : {emergency}),
			...(acceptPolicy === undefined ? {} : {acceptPolicy}),
		});
	const decisions = await Promise.all(apps.map(async app => ({app, decision: await decide(app)})));
	if (json)
		for (const {decision} of decisions)
			if (decision.evidence) terminal.out(`${JSON.stringify(decisionObject(decision, environment.name))}\n`);
	const toAccept = asks ? acceptableBy(decisions) : undefined;
	if (toAccept === undefined) requireBoth(decisions, environment);
	const words =
		decisions.map(({decision}) => decision.words).find(({length}) => length > 1) ?? deployWords(environment);
	if (!asks) checkWords(`backend and frontend to ${environment.name}`, words, confirm);
	const parts = await Promise.all(
		decisions.map(async ({app, decision}): Promise<Part> => {
			const {promotion} = decision;
			const policy = toAccept === undefined ? decision.policy : acceptedPolicy(decision);
			const pipeline = await prepareDeploy(services, {
				...settledFor(app),
				canAsk,
				...(policy ? {policy} : {}),
				...(promotion ? {promotion} : {}),
			});
			return {app, decision, pipeline};
		}),
	);
	if (asks) {
		const all = [...(toAccept === undefined ? [] : [digestWord(toAccept)]), ...words];
		checkWords('both apps', all, await askWords(terminal, cockpit, parts, all));
	}

	for (const [index, {pipeline}] of parts.entries()) {
		const guard = guardDeploy(services, {record: pipeline.record, environment, environments, checklists});
		const code = await drive(terminal, services, pipeline, {attempt: 1, json, guard});
		if (code === 0) continue;
		return index === 0
			? code
			: offerBack({terminal, cockpit, environment, first: parts[0]?.app ?? 'backend', json, code});
	}
	return 0;
};

const askWords = async (
	terminal: Terminal,
	cockpit: Cockpit,
	parts: readonly Part[],
	words: readonly string[],
): Promise<string[]> => {
	const [first] = parts;
	if (!first) return [];
	const {environment} = first.pipeline;
	for (const {decision} of parts) printDecision(terminal, decision, environment);
	const toAccept = acceptableBy(parts);
	const accepting = parts.find(({decision}) => acceptable(decision.report) !== undefined);
	const policy = toAccept !== undefined && accepting ? [policyBanner(terminal, accepting.decision)] : [];
	const production =
		environment.tier === 'production'
			? [
					parts
						.map(({app, decision, pipeline}) =>
							verifiedBanner(
								terminal,
								pipeline.title,
								verificationEvidence(cockpit.checklists, app, decision.evidence?.items ?? []),
							),
						)
						.join('\n'),
					confirmationBanner(terminal, first.pipeline),
				]
			: [];
	const banners = [...policy, ...production];
	const typed: string[] = [];
	for (const [index, word] of words.entries()) {
		terminal.out(banners[index] ?? '');
		const answer = await terminal.ask(`Type ${word} to go on, anything else to stop: `);
		if (answer !== word) return [...typed, answer ?? ''];
		typed.push(answer);
	}
	return typed;
};

/**
 * The pair is half done: the first is live, the second is not, or not healthy. Answers with the exit code of the second,
 * or of the way back when that fails too.
 */
const offerBack = async ({
	terminal,
	cockpit,
	environment,
	first,
	json,
	code,
}: {
	readonly terminal: Terminal;
	readonly cockpit: Cockpit;
	readonly environment: Environment;
	readonly first: AppName;
	readonly json: boolean;
	readonly code: number;
}): Promise<number> => {
	const command = `cockpit rollback ${first} --env ${environment.name} --to previous --confirm ${rollbackWord}`;
	terminal.err(
		`${paint(terminal, 'danger', `▲ Half of the pair is live on ${environment.title}: the ${first} is the new one, the other app is ${code === 4 ? 'new too, and failed behind its swap' : 'not'}.`)}\n  To take the ${first} back too: ${command}\n`,
	);
	const isAsked = terminal.isInteractive && !json;
	const goes = isAsked
		? (await terminal.ask(`Type ${rollbackWord} to take the ${first} back now, anything else to keep it: `)) ===
			rollbackWord
		: environment.onFailure === 'rollback';
	if (!goes) return code;
	const pipeline = await prepareRollback(cockpit.services, {environment, app: first, to: 'previous'});
	const back = await drive(terminal, cockpit.services, pipeline, {attempt: 1, json});
	return back === 0 ? code : back;
};

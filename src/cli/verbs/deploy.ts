import {Option} from 'commander';
import {memoryOf, readPolicy} from '../../app/gates/counted-policy.ts';
import {
	acceptedPolicy,
	decideDeploy,
	requireEmergency,
	requireEmergencyReason,
	requireOpen,
	requirePromotion,
	type Decision,
} from '../../app/gates/gate.ts';
import {guardDeploy} from '../../app/gates/run-guard.ts';
import {planDeploy, prepareDeploy} from '../../app/deploy/deploy.ts';
import {readBefore} from '../../app/env/expected-values.ts';
import {pendingReports} from '../../app/migrations/pending-reports.ts';
import {tellBlocked} from '../../app/notify/tell-blocked.ts';
import {appsOf, targetIn} from '../../app/target-of.ts';
import {checkWords, deployWords} from '../../domain/runs/confirm.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {promotionTo} from '../../domain/environments/promotion.ts';
import {blocked, DeployError, misconfigured} from '../../domain/errors.ts';
import {afterRun} from '../after-run.ts';
import type {Cockpit} from '../cli-context.ts';
import {acceptableBy, askWords, type DeployPart} from '../deploy-questions.ts';
import {drive} from '../drive.ts';
import {offerBack} from '../offer-back.ts';
import {
	acceptPolicyOption,
	emergencyOption,
	environmentOption,
	jsonOption,
	parseApp,
	planOption,
	watchOption,
	wordsOption,
	type JsonOption,
	type GateTerms,
} from '../options.ts';
import {printJson} from '../print-json.ts';
import {printPending} from '../print-migrations.ts';
import {printPlan} from '../print-plan.ts';
import type {Terminal} from '../terminal.ts';
import type {Place, RegisterVerb} from '../verb.ts';
import {decisionObject} from './gate.ts';

export const register: RegisterVerb = (program, {onEnvironment}) =>
	program
		.command('deploy')
		.description('deploy an app, or both as a release')
		.argument('<app>', 'backend, frontend, or release: both, in this order', parseDeployable)
		.addOption(environmentOption())
		.addOption(wordsOption('the word to type; once per word, in order'))
		.option('--expect <commit>', 'stop unless this is the commit that would be deployed')
		.addOption(
			new Option('--migrate <answer>', 'what becomes of pending migrations').choices(['run', 'skip'] as const),
		)
		.addOption(emergencyOption())
		.addOption(acceptPolicyOption())
		.addOption(watchOption())
		.addOption(planOption())
		.addOption(jsonOption())
		.action(onEnvironment(deploy));

type Deployable = AppName | 'release';

/** Throws DeployError `usage`. */
const parseDeployable = (value: string): Deployable => (value === 'release' ? value : parseApp(value));

type DeployOptions = JsonOption &
	GateTerms & {
		readonly confirm: readonly string[];
		readonly expect?: string;
		readonly migrate?: 'run' | 'skip';
		readonly watch: boolean;
		readonly plan: boolean;
	};

/** The apps that are meant, in the order in which they are deployed. Throws DeployError `configuration`. */
const appsMeant = (environment: Environment, what: Deployable): readonly AppName[] => {
	if (what !== 'release') return [what];
	const apps = appsOf(environment);
	if (apps.length === 2) return apps;
	throw misconfigured({
		what: `${environment.name} has no pair to deploy`,
		why: `it has ${apps.length === 0 ? 'no apps' : `only a ${apps.join('')}`}`,
		next: `Deploy what it has: cockpit deploy ${apps[0] ?? 'backend'} --env ${environment.name}`,
	});
};

/** What a deploy to production must bring where nobody watches it. Throws DeployError `blocked`, `answer-needed`. */
const requireHeadless = (what: string, environment: Environment, expect: string | undefined): void => {
	const {tier, headless, name, file} = environment;
	if (tier !== 'production' || headless === 'allow') return;
	if (headless === 'forbid')
		throw blocked({
			what: `DEPLOYMENT BLOCKED: ${what}`,
			why: `${name} is deployed to from a terminal only (headless: forbid in ${file})`,
			next: 'Open the cockpit, or deploy from a terminal.',
		});
	if (expect === undefined)
		throw new DeployError({
			code: 'answer-needed',
			what: `DEPLOYMENT BLOCKED: ${what}`,
			why: `which build is meant is not said (headless: expect in ${file})`,
			now: 'Nothing was changed.',
			next: 'Name the commit: --expect COMMIT',
		});
};

/**
 * Words that are wrong whatever the host remembers end it before anything is asked. Those of production may be asked for
 * where the environment was production at the last run. Throws DeployError `wrong-word`.
 */
const checkFirst = (what: string, environment: Environment, typed: readonly string[]): void => {
	const ofProduction = deployWords({tier: 'production'});
	if (ofProduction.length === typed.length && ofProduction.every((word, index) => word === typed[index])) return;
	checkWords(what, deployWords(environment), typed);
};

/** Names everything that is closed, whichever app it keeps. Throws DeployError `blocked`, `locked`. */
const requireAllOpen = (
	decisions: readonly {readonly app: AppName; readonly decision: Decision}[],
	what: string,
	environment: Environment,
): void => {
	const refusals = decisions.flatMap(({app, decision}) => {
		try {
			requireOpen(decision, {environment, app});
			return [];
		} catch (error) {
			if (error instanceof DeployError) return [{app, error}];
			throw error;
		}
	});
	const [first, ...more] = refusals;
	if (!first) return;
	if (more.length === 0) throw first.error;
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
		what: `DEPLOYMENT BLOCKED: ${what}`,
		why: joined(({why}) => why),
		next: joined(({next}) => next),
	});
};

/** What is meant by one command line, found out before anything is asked of a host. */
type DeployRequest = {
	readonly environment: Environment;
	readonly apps: readonly AppName[];
	/** For errors: which apps go where. */
	readonly what: string;
	/** Whether a person is there who can answer. */
	readonly canAsk: boolean;
	readonly options: DeployOptions;
};

/** Whoever answers for both means the migrations of the backend. */
const settledFor = (app: AppName, {environments}: Cockpit, {environment, apps, options}: DeployRequest) => ({
	environment,
	environments,
	app,
	expect: options.expect,
	migrate: app === apps[0] ? options.migrate : undefined,
});

/**
 * `cockpit deploy <app> --env E`; of a release backend, then frontend, with one set of words. Words given on the command
 * line are checked before anything else, then the gates; without a person there to ask, missing words end it there.
 */
const deploy = async (
	{terminal, cockpit, services, environment}: Place,
	deployable: Deployable,
	options: DeployOptions,
): Promise<number> => {
	const apps = appsMeant(environment, deployable);
	const what = `${apps.join(' and ')} to ${environment.name}`;
	const request = {environment, apps, what, canAsk: terminal.isInteractive && !options.json, options};
	const {emergency} = options;
	if (emergency !== undefined) requireEmergencyReason(emergency);
	if (!options.plan) return driveAll(terminal, cockpit, request, await confirmRuns(terminal, cockpit, request));
	const {environments, checklists} = cockpit;
	const counted = await readPolicy(services, {environments, environment, checklists});
	if (emergency !== undefined)
		requireEmergency(
			counted.environment,
			promotionTo(counted.environments, counted.environment) !== undefined,
			emergency,
		);
	const policy = memoryOf(counted);
	for (const app of apps) {
		const planned = {...settledFor(app, cockpit, request), canAsk: false, policy};
		printPlan(terminal, await prepareDeploy(services, planned), options.json);
	}
	return 0;
};

/** The runs, once every gate is open and every word typed. Throws DeployError. */
const confirmRuns = async (
	terminal: Terminal,
	cockpit: Cockpit,
	request: DeployRequest,
): Promise<readonly DeployPart[]> => {
	const {services, environments, checklists} = cockpit;
	const {environment, apps, what, canAsk, options} = request;
	const {confirm, expect, emergency, acceptPolicy, json} = options;
	const asks = canAsk && confirm.length === 0;
	if (!asks) checkFirst(what, environment, confirm);
	if (!canAsk) requireHeadless(what, environment, expect);
	requirePromotion(environments, environment);
	for (const app of apps) targetIn(environment, app);

	// The key of the connection names who deploys.
	await services.sessions.session(primaryHost(environment)).connect();
	const gates = {environments, environment, checklists, lane: 'run', emergency, acceptPolicy} as const;
	const decisions = await Promise.all(
		apps.map(async app => ({app, decision: await decideDeploy(services, {...gates, app})})),
	);
	if (json)
		for (const {decision} of decisions)
			if (decision.evidence) printJson(terminal, decisionObject(decision, environment.name));
	const toAccept = asks ? acceptableBy(decisions) : undefined;
	if (toAccept === undefined) {
		for (const {decision} of decisions) await tellBlocked(services, environment, decision);
		requireAllOpen(decisions, what, environment);
	}
	const words =
		decisions.map(({decision}) => decision.words).find(({length}) => length > 1) ?? deployWords(environment);
	if (!asks) checkWords(what, words, confirm);
	const parts = await Promise.all(
		decisions.map(async ({app, decision}): Promise<DeployPart> => {
			const policy = toAccept === undefined ? decision.policy : acceptedPolicy(decision);
			const {promotion} = decision;
			const before = await readBefore(services, {environments, environment, app});
			const settled = {...settledFor(app, cockpit, request), canAsk, policy, promotion, before};
			const {plan, pipeline} = await planDeploy(services, settled);
			return {app, decision, pipeline, pending: await pendingReports(services, plan)};
		}),
	);
	if (!asks)
		for (const {pending} of parts)
			if (pending) printPending(terminal, pending, {environment: environment.name, json});
	if (asks) await askWords(terminal, cockpit, parts, {toAccept, words});
	return parts;
};

/** One run after the other. Where the second fails, the first is offered back. */
const driveAll = async (
	terminal: Terminal,
	cockpit: Cockpit,
	{environment, options: {json, watch}}: DeployRequest,
	parts: readonly DeployPart[],
): Promise<number> => {
	const {services, environments, checklists} = cockpit;
	const live: AppName[] = [];
	for (const {app, pipeline} of parts) {
		const guard = guardDeploy(services, {record: pipeline.record, environment, environments, checklists});
		const code = await drive(terminal, services, pipeline, {attempt: 1, json, guard});
		const [first] = live;
		if (code !== 0) return first ? offerBack(terminal, cockpit, {environment, first, json, code}) : code;
		live.push(app);
	}
	return afterRun(terminal, cockpit, {environment, apps: live, json, follows: watch});
};

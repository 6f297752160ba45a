import {understand} from '../../commands/answers.ts';
import {parseHostFacts, type HostFacts} from '../../commands/host/host-facts.ts';
import {renderCommand} from '../../commands/shell.ts';
import type {Actor, Build} from '../../domain/build.ts';
import {addressOf, type AppName, type Environment, type Tier} from '../../domain/environments/environment.ts';
import type {HookPolicy} from '../../domain/environments/hooks.ts';
import type {Checklists} from '../../domain/checklist/checklist.ts';
import {stepFailed, type DeployError} from '../../domain/errors.ts';
import type {MigrationReport} from '../../domain/migrations/report.ts';
import {skewOf} from '../../domain/gates/facts.ts';
import {redeploySlots, type RedeploySlots} from '../../domain/gates/redeploy-slots.ts';
import type {Known} from '../../domain/gates/gates.ts';
import {parseManifest, type Pipeline, type ReadAction, type Refusal, type Touches} from '../../domain/runs/pipeline.ts';
import type {CommitRange} from '../../domain/ports.ts';
import {isExcluded, notFromSource} from '../../domain/environments/excludes.ts';
import {toldSteps} from '../../runner/run-pipeline.ts';
import type {AppServices} from '../app-services.ts';
import {firstRefusal, verdict, type CheckVerdict} from '../../recipes/deploy/host-checks.ts';
import {recipeOf, type AboutApp, type DeployPlan} from '../../recipes/recipes.ts';
import {planDeploy, refuseHooks} from './deploy.ts';
import {fileChanges, type FileChanges} from './file-changes.ts';
import {planLines, type PlanLine} from '../runs/plan-lines.ts';
import {decideDeploy, type Decision} from '../gates/gate.ts';
import {readBefore} from '../env/expected-values.ts';
import {known} from '../known.ts';
import {pendingReports} from '../migrations/pending-reports.ts';
import {readDrift} from '../status/live-drift.ts';
import {verificationEvidence, type VerificationEvidence} from '../gates/verification-evidence.ts';
import {promotionTo} from '../../domain/environments/promotion.ts';
import {promotionCost, type PromotionCost} from './promotion-cost.ts';
import {lastBackupBytes, usualDurations, type UsualDurations} from '../runs/usual-durations.ts';

/** What a deploy will change, before anything is. Every fact was read at `readAt`, epoch milliseconds. */
export type DeployReview = {
	readonly readAt: number;
	readonly app: AppName;
	readonly about: AboutApp;
	readonly environment: string;
	readonly tier: Tier;
	readonly timeZone: string;
	/** `Deploy backend 7f3a9c2 to Pre-Prod` */
	readonly title: string;
	/** `ubuntu@10.0.0.7`, the primary host. */
	readonly address: string;
	readonly warning: string | undefined;
	readonly build: Build;
	readonly actor: Actor;
	/** The release this one replaces; its commit unless it was adopted. */
	readonly live: {readonly release: string | undefined; readonly commit: string | undefined};
	/** Undefined when this repository does not have the live commit. */
	readonly commits: CommitRange | undefined;
	/** Undefined without a manifest of live: then everything is compared on the host. */
	readonly files: FileChanges | undefined;
	/** Paths a deploy never touches. */
	readonly kept: readonly string[];
	/** What is not as deployed in live, and does not go along: `added public/shell.php`. Absent: nothing to compare with. */
	readonly leftOut?: Known<readonly string[]>;
	readonly packages: 'changed' | 'same' | 'unknown';
	/** What of the build this database has not seen, and what it does; absent for an app without migrations. */
	readonly migrations?: Known<readonly MigrationReport[]>;
	readonly cost: {
		/** Live release and what belongs to the environment, before compression; undefined when nothing is live. */
		readonly liveBytes: number | undefined;
		/** Size of the last backup of this app that this machine saw. */
		readonly lastBackupBytes: number | undefined;
		readonly backupsFreeBytes: number;
	};
	/** What it takes back of what was waited for and signed here; undefined where nothing goes on from here. */
	readonly takesBack: PromotionCost | undefined;
	readonly usual: UsualDurations;
	/** What the gates say: whether it may go there now. */
	readonly decision: Decision;
	/** When it could go after a new deploy to the environment before; undefined where there is none, or no slot in sight. */
	readonly afterRedeploy?: RedeploySlots | undefined;
	/** Whether the environment has an emergency profile that could be gone by. */
	readonly hasEmergency?: boolean;
	/** The eight things VERIFIED stands for, each with what proves it. */
	readonly verifications: readonly VerificationEvidence[];
	/** In the order of the recipe. */
	readonly checks: readonly CheckVerdict[];
	/** The first reason not to start. */
	readonly refusal: Refusal | undefined;
	/** How to go back by hand once it is live, one command per line. */
	readonly wayBack: readonly string[];
	readonly steps: readonly {readonly id: string; readonly title: string; readonly touches: Touches}[];
	/** By closing step with hooks: what the worst of them does to the run when it fails. */
	readonly closingHooks?: Readonly<Record<string, HookPolicy>>;
	readonly swapStep: string;
	/** Every command, in order. */
	readonly plan: readonly PlanLine[];
};

export type ReviewOptions = {
	readonly environment: Environment;
	readonly environments: readonly Environment[];
	readonly app: AppName;
	readonly checklists: Checklists;
	/** Why the emergency profile is used. */
	readonly emergency?: string | undefined;
};

/**
 * Prepares a deploy and asks its host, in one exec that changes nothing, the very question its pre-flight step will ask
 * again. Throws DeployError as `planDeploy` and as the session do, and `step-failed` for an answer that can't be read.
 */
export const reviewDeploy = async (services: AppServices, options: ReviewOptions): Promise<DeployReview> => {
	const {environment, environments, app, checklists} = options;
	const before = await readBefore(services, {environments, environment, app});
	const planned = await planDeploy(services, {environment, environments, app, canAsk: true, before, isDraft: true});
	const {plan, pipeline} = planned;
	const [{answer, facts}, decision, ledger, drift, migrations] = await Promise.all([
		askFacts(services, pipeline),
		decideDeploy(services, options),
		services.ledgers.read(environment),
		readDrift(services, environment, app),
		pendingReports(services, plan),
	]);
	const {project, name} = environment;
	const usual = usualDurations(services.runs, {project, environment: name, kind: 'deploy', app});
	const checks = [...planned.verdicts(answer), ...(await hooksVerdict(services, planned, decision))];
	return {
		readAt: services.clock.now(),
		...planFacts(planned, environment),
		...(await liveFacts(services, planned, facts)),
		...(facts.manifest === '' ? {} : {leftOut: leftOutOf(drift)}),
		...(migrations ? {migrations} : {}),
		cost: {
			liveBytes: bytesOf(facts.liveKib, facts.sharedKib),
			lastBackupBytes: lastBackupBytes(services.runs, {project, environment: name, app}),
			backupsFreeBytes: facts.freeKib.backups * 1024,
		},
		decision,
		afterRedeploy: redeployOf(environments, environment, decision),
		hasEmergency: environment.emergency !== undefined && promotionTo(environments, environment) !== undefined,
		verifications: verificationEvidence(checklists, app, decision.evidence?.items ?? []),
		takesBack: promotionCost({
			environments,
			environment,
			app,
			checklists,
			entries: ledger.entries,
			now: ledger.time,
			digest: plan.source.digest,
			usualMs: usual.totalMs ?? 0,
		}),
		usual,
		checks,
		refusal: firstRefusal(checks),
	};
};

/** Whether the team's own programs can be run, as committed; nothing where there are none. */
const hooksVerdict = async (
	services: AppServices,
	{plan: {target, environment}}: DeployPlan,
	{policy}: Decision,
): Promise<readonly CheckVerdict[]> => {
	const {hooks} = target;
	if (hooks === undefined) return [];
	const refusal = await refuseHooks(services, environment, {hooks, commit: policy?.commit ?? null});
	const ids = Object.values(hooks).flatMap(all => all.map(({id}) => id));
	return [verdict('hooks', refusal, () => ids.join(', '))];
};

/** By step behind the health of live: what the worst of its hooks does to the run. */
const closingHooks = ({steps}: Pipeline): Readonly<Record<string, HookPolicy>> =>
	Object.fromEntries(
		steps
			.filter(({isClosing}) => isClosing)
			.flatMap(({id, actions}) => {
				const worst = (['rollback', 'stop', 'go-on'] as const).find(policy =>
					actions.some(({fails}) => fails === policy),
				);
				return worst === undefined ? [] : [[id, worst] as const];
			}),
	);

/** What is settled before any host is asked. */
const planFacts = ({plan, pipeline}: DeployPlan, environment: Environment) => ({
	app: pipeline.app,
	about: recipeOf(plan).about,
	environment: environment.name,
	tier: environment.tier,
	timeZone: environment.timeZone,
	title: pipeline.title,
	address: addressOf(plan.host),
	warning: environment.warning,
	build: buildOf(plan),
	actor: plan.record.actor,
	kept: [...plan.target.shared.files, ...plan.target.shared.directories.map(path => `${path}/`)],
	wayBack: pipeline.wayBack,
	steps: toldSteps(pipeline),
	closingHooks: closingHooks(pipeline),
	swapStep: pipeline.swapStep,
	plan: planLines(pipeline),
});

/** What is live, and what lies between it and this build. */
const liveFacts = async (
	{source}: AppServices,
	planned: DeployPlan,
	facts: HostFacts,
): Promise<Pick<DeployReview, 'live' | 'commits' | 'files' | 'packages'>> => {
	const commit = commitOf(facts.live);
	const {target, source: build} = planned.plan;
	const range = {directory: target.source, to: build.commit};
	return {
		live: {release: facts.live, commit},
		commits: await source.commits(commit === undefined ? range : {...range, from: commit}),
		...changes(planned, facts),
	};
};

/** What is gone is sent again; the rest stays behind. */
const leftOutOf = (drift: Known<readonly string[]>): Known<readonly string[]> =>
	'unknown' in drift ? drift : known(drift.value.filter(text => !text.startsWith('gone ')));

const redeployOf = (
	environments: readonly Environment[],
	environment: Environment,
	{evidence, report}: Decision,
): RedeploySlots | undefined => {
	const promotion = promotionTo(environments, environment);
	if (!promotion || !evidence) return undefined;
	const {
		to: {now},
		usualMs,
	} = evidence.facts;
	return 'unknown' in now || skewOf(evidence.facts) !== undefined
		? undefined
		: redeploySlots({from: promotion.from, policy: report.policy, now: now.value, usualMs});
};

const askFacts = async (
	{sessions, clock}: AppServices,
	{host, steps}: Pipeline,
): Promise<{answer: string; facts: HostFacts}> => {
	const question = steps[0]?.actions.find((action): action is ReadAction => action.kind === 'read');
	if (!question) throw new TypeError('the first step of a deploy asks nothing');
	const said = await sessions
		.session(host)
		.exec(renderCommand(question.command), {lane: 'poll', timeoutMs: 60_000, maxOutputBytes: 256 * 1024 * 1024});
	const {code, stdout, stderr} = said;
	if (code !== 0) throw notAsked(host.name, stderr.trim() || `exit ${code}`);
	const answer = question.noted?.(stdout, clock.now()) ?? stdout;
	return {answer, facts: understand(host.name, {...said, stdout: answer}, parseHostFacts)};
};

const notAsked = (host: string, why: string): DeployError =>
	stepFailed({
		what: `${host} could not be asked`,
		why,
		now: 'Nothing was changed.',
		next: 'Look at the host, then ask again.',
	});

/** Releases made by a deploy end in the short commit; an adopted one has none. */
const commitOf = (release: string | undefined): string | undefined => /-([\da-f]{7,40})$/.exec(release ?? '')?.[1];

const buildOf = ({source: {commit, digest, subject, branch}}: DeployPlan['plan']): Build => ({
	commit,
	digest,
	subject,
	...(branch === undefined ? {} : {branch}),
});

const changes = ({plan}: DeployPlan, facts: HostFacts): Pick<DeployReview, 'files' | 'packages'> => {
	const live = facts.manifest === '' ? undefined : parseManifest(facts.manifest);
	if (!live) return {files: undefined, packages: 'unknown'};
	const excludes = notFromSource(plan.target);
	const {lockFile} = recipeOf(plan).about;
	const lock = plan.source.entries.find(({path}) => path === lockFile)?.sha256;
	return {
		files: fileChanges(plan.source.entries, live, path => !isExcluded(path, excludes)),
		packages: live.get(lockFile)?.sha256 === lock ? 'same' : 'changed',
	};
};

const bytesOf = (...kib: readonly number[]): number | undefined => {
	const sum = kib.filter(Number.isFinite).reduce((total, value) => total + value, 0);
	return sum === 0 ? undefined : sum * 1024;
};

import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {deployWords} from '../../domain/runs/confirm.ts';
import {DeployError, blocked, usage} from '../../domain/errors.ts';
import {leastEmergencyReason, reasonRefusal} from '../../domain/reason.ts';
import {moment} from '../../domain/format.ts';
import {
	decide,
	decideStart,
	isOpen,
	policyOf,
	slotText,
	type Gate,
	type GatePolicy,
	type GateReport,
} from '../../domain/gates/gates.ts';
import {weakerThan, type PolicyMemory, type PromotionRecord} from '../../domain/gates/policy.ts';
import type {AppServices} from '../app-services.ts';
import {ownWords} from '../own-words.ts';
import {memoryOf, readPolicy} from './counted-policy.ts';
import {gatherEvidence, readStart, type Evidence, type EvidenceOptions} from './promotion.ts';
import {promotionTo} from '../../domain/environments/promotion.ts';

/** A decision and what it was made from. */
export type Decision = {
	readonly report: GateReport;
	/** To be typed before, in order: what was production at the last run still asks for both. */
	readonly words: readonly string[];
	/** Absent where nothing is promoted to the environment from another host. */
	readonly evidence?: Evidence;
	/** What this policy asks less of than the one of the last run did. */
	readonly weaker: readonly string[];
	/** What a run would go by; absent: the policy can't be read. */
	readonly policy?: PolicyMemory;
	readonly promotion?: PromotionRecord;
	/** Absent where the usual policy holds. */
	readonly emergency?: EmergencyTerms;
};

/** What an emergency is gone by. */
export type EmergencyTerms = {
	readonly reason: string;
	/** What the profile asks less of than the usual policy, for people. */
	readonly asksLess: readonly string[];
	/** Until when a run that starts now has to be reviewed, epoch milliseconds by its host; undefined: clock not known. */
	readonly reviewBy: number | undefined;
};

export type DecideOptions = Omit<EvidenceOptions, 'promotion' | 'policy'> & {
	readonly environments: readonly Environment[];
	readonly environment: Environment;
	/** Why the emergency profile is used. */
	readonly emergency?: string | undefined;
};

/** Throws DeployError `usage` for a reason that says too little: it is kept, and read by whoever reviews it. */
export const requireEmergencyReason = (emergency: string): void => {
	const refusal = reasonRefusal(emergency, leastEmergencyReason);
	if (refusal === undefined) return;
	throw usage({
		what: 'An emergency needs its reason',
		why: refusal,
		next: 'Say why it can not wait: --emergency "logins fail since 11:20"',
	});
};

const noEmergency = ({name, file}: Environment, isPromoted: boolean): DeployError =>
	blocked({
		what: `DEPLOYMENT BLOCKED: ${name} has no emergency profile`,
		why: isPromoted
			? `${file} has no emergency:`
			: `nothing is promoted to ${name}, so that no gate is waived there`,
		next: 'Go the usual way, or roll back: rolling back is always open.',
	});

/**
 * Production is deployed to on the evidence of the environment before. Throws DeployError `blocked` when none is named;
 * connects to nothing.
 */
export const requirePromotion = (environments: readonly Environment[], environment: Environment): void => {
	if (environment.tier !== 'production' || promotionTo(environments, environment)) return;
	const {name, file, promotedFrom} = environment;
	throw blocked({
		what: `DEPLOYMENT BLOCKED: ${name}`,
		why: `production takes only what was proved before, and ${promotedFrom === undefined ? 'no environment is named that it is promoted from' : `${promotedFrom}, which it is promoted from, has no hosts`}`,
		next: `Name the environment that is tested in ${file}: promotedFrom: preprod`,
	});
};

/**
 * Throws DeployError `usage` for a reason that says too little, `blocked` where nothing is waived for one: a word that
 * is taken and does nothing would be believed.
 */
export const requireEmergency = (environment: Environment, isPromoted: boolean, reason: string): void => {
	requireEmergencyReason(reason);
	if (!environment.emergency || !isPromoted) throw noEmergency(environment, isPromoted);
};

const policyFor = (from: Environment, to: Environment, emergency: string | undefined): GatePolicy =>
	emergency === undefined || !to.emergency
		? policyOf(to, from)
		: policyOf(to, from, {reason: emergency, profile: to.emergency});

/**
 * Finds out whether an app may be deployed to an environment now, by the policy that counts now: what the caller was
 * opened with only says which environment and app are meant. Throws DeployError `blocked` for an emergency that the
 * environment does not know, `usage` for one without a reason; everything else is part of the answer. Source: design, "Gates to production".
 */
export const decideDeploy = async (services: AppServices, options: DecideOptions): Promise<Decision> => {
	const policy = await readPolicy(services, options);
	const {environments, environment, checklists} = policy;
	const typed = options.emergency?.trim();
	const emergency = typed === undefined ? undefined : ownWords(services, environment, typed);
	requirePromotion(environments, environment);
	const promotion = promotionTo(environments, environment);
	if (typed !== undefined) requireEmergency(environment, promotion !== undefined, typed);
	const memory = memoryOf(policy);
	const found = {...options, environment, checklists, policy};
	if (!promotion) {
		const facts = await readStart(services, found);
		return decided(decideStart(facts, environment), {facts, environment, memory});
	}
	const terms = policyFor(promotion.from, environment, emergency);
	const evidence = await gatherEvidence(services, {...found, promotion});
	const report = decide(evidence.facts, terms);
	const head = evidence.ledger?.head;
	const decision: Decision = {
		...decided(report, {facts: evidence.facts, environment, memory}),
		evidence,
		promotion: {
			from: promotion.from.name,
			witness: head ? {environment: promotion.from.name, ...head} : null,
			gates: report.gates.map(({gate, state, text}) => ({gate, state, text})),
			...(emergency === undefined ? {} : {emergency}),
		},
	};
	return emergency === undefined ? decision : {...decision, emergency: termsOf(decision, promotion, emergency)};
};

/** What is accepted goes into the record of the run, so that the ledger keeps it. */
const decided = (
	report: GateReport,
	{
		facts: {policy},
		environment,
		memory,
	}: {
		readonly facts: Pick<Evidence['facts'], 'policy'>;
		readonly environment: Environment;
		readonly memory: PolicyMemory | undefined;
	},
): Decision => {
	const found = 'value' in policy ? policy.value : undefined;
	const {changes, isAccepted} = found ?? {changes: [], isAccepted: false};
	const tier = found?.lastTier === 'production' ? 'production' : environment.tier;
	return {
		report,
		words: deployWords({tier}),
		weaker: changes,
		...(memory ? {policy: {...memory, ...(isAccepted && changes.length > 0 ? {accepted: changes} : {})}} : {}),
	};
};

const hourMs = 3_600_000;

const termsOf = (
	{report: {policy: terms}, evidence, policy}: Decision,
	{to}: EvidenceOptions['promotion'],
	reason: string,
): EmergencyTerms => {
	const now = evidence?.facts.to.now;
	const usual = policy?.record;
	const {soakHours, approvals, window = null} = terms;
	return {
		reason,
		asksLess: [
			...(usual ? weakerThan(usual, {...usual, soakHours, approvals, window}) : []),
			'items that are open or unclear are waived',
		],
		reviewBy:
			now && 'value' in now && to.emergency ? now.value + to.emergency.reviewWithinHours * hourMs : undefined,
	};
};

/** The policy of a decision as a run keeps it, once somebody has accepted what it asks less of. */
export const acceptedPolicy = ({policy, weaker}: Decision): PolicyMemory | undefined =>
	policy && weaker.length > 0 ? {...policy, accepted: weaker} : policy;

/** `checklist: 40 of 46, 1 failed: Home page loads` */
export const gateLine = ({gate, text}: Gate): string => `${gate}: ${text}`;

/** What a closed gate asks for and when it opens, in one line. */
export const clearLine = ({gate, clears, at}: Gate, timeZone: string): string =>
	`${gate}: ${clears ?? ''}${at === undefined ? '' : `; opens ${moment(at, timeZone)}`}`;

/** Throws DeployError `blocked` (or `locked` when only the lock is closed) that names every closed gate. */
export const requireOpen = (
	{report}: Decision,
	{
		environment,
		app,
		now = 'Nothing was changed.',
	}: {readonly environment: Environment; readonly app: AppName; readonly now?: string},
): void => {
	if (isOpen(report)) return;
	const closed = report.gates.filter(({state}) => state !== 'met');
	const {timeZone, name} = environment;
	const slot = slotText(report, at => moment(at, timeZone));
	const isOnlyLock = closed.every(({gate}) => gate === 'lock');
	throw new DeployError({
		code: isOnlyLock ? 'locked' : 'blocked',
		what: isOnlyLock ? `${name} ${app} is locked` : `DEPLOYMENT BLOCKED: ${app} to ${name}`,
		why: closed.map(gateLine).join('\n'),
		now,
		next: [
			...closed.map(gate => clearLine(gate, timeZone)),
			`Next slot: ${slot}, with what is open done by then.`,
		].join('\n'),
	});
};

import type {Checklists} from '../domain/checklist.ts';
import type {AppName, Environment} from '../domain/environment.ts';
import {DeployError} from '../domain/errors.ts';
import {moment} from '../domain/format.ts';
import {decide, decideStart, isOpen, policyOf, type Gate, type GatePolicy, type GateReport} from '../domain/gates.ts';
import {members} from '../domain/ledger.ts';
import {policyIn, policyRecord, weakerThan, type PolicyRecord, type PromotionRecord} from '../domain/policy.ts';
import type {AppServices} from './app-services.ts';
import {itemsOf} from './checklist-states.ts';
import {gatherEvidence, promotionTo, readStart, type Evidence, type EvidenceOptions} from './promotion.ts';
import {sha256} from './sha256.ts';

/** A decision and what it was made from. */
export type Decision = {
	readonly report: GateReport;
	/** Absent where nothing is promoted to the environment from another host. */
	readonly evidence?: Evidence;
	/** What this policy asks less of than the last production run did. */
	readonly weaker: readonly string[];
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

export type DecideOptions = Omit<EvidenceOptions, 'promotion'> & {
	readonly environments: readonly Environment[];
	readonly environment: Environment;
	/** Why the emergency profile is used. */
	readonly emergency?: string;
};

const noEmergency = ({name, file}: Environment): DeployError =>
	new DeployError({
		code: 'blocked',
		what: `DEPLOYMENT BLOCKED: ${name} has no emergency profile`,
		why: `${file} has no emergency:`,
		now: 'Nothing was changed.',
		next: 'Go the usual way, or roll back: rolling back is always open.',
	});

/**
 * Production is deployed to on the evidence of the environment before. Throws DeployError `blocked` when none is named;
 * connects to nothing.
 */
export const requirePromotion = (environments: readonly Environment[], environment: Environment): void => {
	if (environment.tier !== 'production' || promotionTo(environments, environment)) return;
	const {name, file, promotedFrom} = environment;
	throw new DeployError({
		code: 'blocked',
		what: `DEPLOYMENT BLOCKED: ${name}`,
		why: `production takes only what was proved before, and ${promotedFrom === undefined ? 'no environment is named that it is promoted from' : `${promotedFrom}, which it is promoted from, has no hosts`}`,
		now: 'Nothing was changed.',
		next: `Name the environment that is tested in ${file}: promotedFrom: preprod`,
	});
};

const policyFor = (from: Environment, to: Environment, emergency: string | undefined): GatePolicy => {
	if (emergency === undefined) return policyOf(to, from);
	if (!to.emergency) throw noEmergency(to);
	return policyOf(to, from, {reason: emergency, profile: to.emergency});
};

/** What the last promotion of an app to an environment went by: the other one has other items. */
const lastPolicy = ({target, facts: {app}}: Evidence): PolicyRecord | undefined => {
	const entry = target?.entries.findLast(
		({type, data}) =>
			type === 'deploy.started' &&
			data['app'] === app &&
			policyIn(members(data['promotion'])['policy']) !== undefined,
	);
	return entry && policyIn(members(entry.data['promotion'])['policy']);
};

/**
 * Finds out whether an app may be deployed to an environment now. Throws DeployError `blocked` for an emergency that
 * the environment does not know; everything else is part of the answer. Source: design, "Gates to production".
 */
export const decideDeploy = async (services: AppServices, options: DecideOptions): Promise<Decision> => {
	const {environments, environment, app, checklists, emergency} = options;
	requirePromotion(environments, environment);
	const promotion = promotionTo(environments, environment);
	if (!promotion) return {report: decideStart(await readStart(services, options), environment), weaker: []};
	const policy = policyFor(promotion.from, environment, emergency);
	const evidence = await gatherEvidence(services, {...options, promotion});
	const decision = judged(evidence, {
		promotion,
		policy,
		app,
		checklists,
		...(emergency === undefined ? {} : {emergency}),
	});
	return emergency === undefined ? decision : {...decision, emergency: termsOf(decision, promotion, emergency)};
};

const hourMs = 3_600_000;

const termsOf = (
	{report: {policy}, evidence}: Decision,
	{from, to}: EvidenceOptions['promotion'],
	reason: string,
): EmergencyTerms => {
	const now = evidence?.facts.to.now;
	const items = evidence?.items.length ?? 0;
	return {
		reason,
		asksLess: [
			...weakerThan(policyRecord(policyOf(to, from), items), policyRecord(policy, items)),
			'items that are open or unclear are waived',
		],
		reviewBy:
			now && 'value' in now && to.emergency ? now.value + to.emergency.reviewWithinHours * hourMs : undefined,
	};
};

const judged = (
	evidence: Evidence,
	{
		promotion: {from},
		policy,
		app,
		checklists,
		emergency,
	}: {
		readonly promotion: EvidenceOptions['promotion'];
		readonly policy: GatePolicy;
		readonly app: AppName;
		readonly checklists: Checklists;
		readonly emergency?: string;
	},
): Decision => {
	const report = decide(evidence.facts, policy);
	const record = policyRecord(policy, itemsOf(checklists, app).length);
	const before = lastPolicy(evidence);
	const head = evidence.ledger?.head;
	return {
		report,
		evidence,
		weaker: before ? weakerThan(before, record) : [],
		promotion: {
			from: from.name,
			witness: head ? {environment: from.name, ...head} : null,
			policy: record,
			policyDigest: sha256(JSON.stringify([record, policy.holidays ?? null, checklists.digest])),
			gates: report.gates.map(({gate, state, text}) => ({gate, state, text})),
			...(emergency === undefined ? {} : {emergency}),
		},
	};
};

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
	const slot = report.nextSlot === undefined ? 'none in sight' : moment(report.nextSlot, timeZone);
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

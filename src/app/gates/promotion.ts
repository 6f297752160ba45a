import {holdOwner} from '../../commands/lock/hold/hold.ts';
import {approvalsOf} from '../../domain/gates/approvals-gate.ts';
import type {Actor} from '../../domain/build.ts';
import type {Checklists} from '../../domain/checklist/checklist.ts';
import {primaryHost, targetOf, type AppName, type Environment} from '../../domain/environments/environment.ts';
import type {Promotion} from '../../domain/environments/promotion.ts';
import {moment} from '../../domain/format.ts';
import type {GateFacts, Known, LockFacts, PolicyFacts, ProbeResult} from '../../domain/gates/gates.ts';
import {observedOf} from '../../domain/watch/observed.ts';
import {liveRelease} from '../../domain/releases/live-releases.ts';
import type {ItemState} from '../../domain/checklist/sign-off.ts';
import {contradicts} from '../../domain/ledger/ledger.ts';
import {clockFaultOf, type LedgerSeen} from '../../domain/gates/facts.ts';
import {witnessesIn} from '../../domain/ledger/witness.ts';
import {notFromSource, otherwiseIn} from '../../domain/environments/excludes.ts';
import type {AppServices} from '../app-services.ts';
import {checklistStates} from '../checklist/checklist-states.ts';
import {comparePolicy, type PolicyReading} from './counted-policy.ts';
import {runProbes} from '../checklist/item-probes.ts';
import {answerTo, known, unknown, whyOf} from '../known.ts';
import type {LedgerReading} from '../../domain/ledger/ledger-book.ts';
import {readDrift} from '../status/live-drift.ts';
import type {AskHost} from '../status/shared-questions.ts';
import {askHealth, askHost, type HostProblem, type HostReading} from '../status/status.ts';
import {targetIn} from '../target-of.ts';
import {trustedBy} from '../ledger/trusted.ts';
import {usualDurations} from '../runs/usual-durations.ts';

type Reading = HostReading | HostProblem;

/** What is live is not what the ledger says. */
const faultIn = (reading: Reading, app: AppName): {readonly liveFault?: string} => {
	const fault = isProblem(reading) ? undefined : reading[app]?.fault;
	return fault === undefined ? {} : {liveFault: fault};
};

const isProblem = (reading: Reading): reading is HostProblem => 'code' in reading;

/** The build that would be deployed from here. */
const readBuild = async (services: AppServices, environment: Environment, app: AppName): Promise<GateFacts['build']> =>
	answerTo(async () => {
		const target = targetIn(environment, app);
		const [tree, uncommitted] = await Promise.all([
			services.source.read({directory: target.source, excludes: notFromSource(target)}),
			services.source.uncommitted(target.source),
		]);
		return {
			commit: tree.commit,
			digest: tree.digest,
			uncommitted: uncommitted.length,
		};
	});

const lockOf = (
	reading: HostReading,
	app: AppName,
	environment: Environment,
	{
		run,
		actor,
		lease = run,
	}: {
		readonly run: string | undefined;
		readonly actor?: Actor;
		/** The run whose hold is in nobody's way; absent: the one that asks. */
		readonly lease?: string | undefined;
	},
): LockFacts => {
	const lock = reading.locks.find(one => one.app === app);
	if (lock && lock.run === run) return {state: 'mine'};
	if (lock)
		return {
			state: 'held',
			text: `${lock.by} on ${lock.machine} since ${moment(Date.parse(lock.since), environment.timeZone)}, run ${lock.run}`,
			clears: `wait for it, or take it over: cockpit resume ${lock.run} --env ${environment.name}`,
			run: lock.run,
		};
	const hold = reading.holds.find(one => one.app === app);
	if (
		!hold ||
		hold.until <= reading.time ||
		(actor !== undefined && hold.owner === holdOwner(actor)) ||
		(hold.run === lease && lease !== undefined)
	)
		return {state: 'free'};
	const held = {state: 'held', text: `held by ${hold.name} on ${hold.machine}: ${hold.reason}`} as const;
	// The lease of a run ends with the run, long before the time it is given at most.
	if (hold.run !== undefined) return {...held, clears: `wait for run ${hold.run}: it ends with it`};
	const clears = `ask ${hold.name}, or end it: cockpit unlock --env ${environment.name} --reason ...`;
	return {...held, clears, at: hold.until};
};

/** What a decision was made from, for the ledger, the screen and the next decision. */
export type Evidence = {
	readonly facts: GateFacts;
	/** Ledger of the environment before. */
	readonly ledger: LedgerReading | undefined;
	/** Ledger of the environment itself. */
	readonly target: LedgerReading | undefined;
	readonly items: readonly ItemState[];
	readonly actor: Actor;
};

export type EvidenceOptions = {
	readonly promotion: Promotion;
	readonly app: AppName;
	readonly checklists: Checklists;
	/** What counts now, which the promotion and the checklists are part of. */
	readonly policy: PolicyReading;
	/** What somebody typed to accept a policy that asks less than the last one. */
	readonly acceptPolicy?: string | undefined;
	/** The run that asks, once it holds the lock. */
	readonly run?: string | undefined;
	readonly lane?: 'run' | 'poll';
	readonly signal?: AbortSignal | undefined;
	/** What was found out a moment ago; absent: it is asked for now. */
	readonly drift?: Known<readonly string[]> | undefined;
	readonly probes?: Known<readonly ProbeResult[]> | undefined;
	readonly build?: GateFacts['build'] | undefined;
	/** How a host is asked; absent: for this decision alone. */
	readonly ask?: AskHost | undefined;
};

/**
 * Finds out everything the gates of an app ask for: of its own environment first, which has seen heads of the ledger
 * before it, then all the rest at once, there and here. Changes nothing. What can't be found out is a reason in its
 * place, and closes its gate. Source: design, "Gates to production".
 */
export const gatherEvidence = async (services: AppServices, options: EvidenceOptions): Promise<Evidence> => {
	const {promotion, app, checklists, run, lane = 'poll', signal, ask = askHost} = options;
	const {from, to} = promotion;
	const [first, actor, before] = await Promise.all([
		ask(services, to, {signal}),
		services.actorFor(primaryHost(to)),
		services.actorFor(primaryHost(from)),
	]);
	const witnesses = isProblem(first) ? [] : witnessesIn(first.ledger.entries, from.name, to.title);
	const [source, drift, probes, health, build] = await Promise.all([
		ask(services, from, {signal, witnesses}),
		options.drift ?? readDrift(services, from, app, {lane, signal}),
		options.probes ?? answerTo(() => runProbes(services, from, checklists, app, signal)),
		askHealth(services, from, signal, app),
		options.build ?? readBuild(services, to, app),
	]);
	const target = await heldAgainst(services, first, to, source, from);
	const own = isProblem(target) ? undefined : target.ledger;
	const common = {
		app,
		policy: await policyFacts(services, options, target),
		build,
		probes,
		usualMs: usualMs(services, to, app),
	};
	const toFacts = {
		title: to.title,
		...(own?.fault === undefined ? {} : {ledgerFault: own.fault}),
		...faultIn(target, app),
		...clockAndLock(target, app, to, {run, actor}),
		...clockFacts(services, target, to),
	};
	if (isProblem(source)) {
		const facts: GateFacts = {...common, ...silent(from, source.why), to: toFacts};
		return {facts, ledger: undefined, target: own, items: [], actor};
	}
	const {ledger} = source;
	const isTrusted = await trustedBy(services, [from, to], ledger.entries, async () =>
		'value' in options.policy.counted ? options.policy.counted.value.allowedSigners : '',
	);
	const live = liveRelease(ledger.entries, app);
	const items = checklistStates(checklists, from, ledger.entries, app, isTrusted);
	// Hosts may be logged in to by keys of their own.
	const deployer = [actor, before];
	const digest = 'value' in build ? build.value.digest : '';
	const approvals = approvalsOf(ledger.entries, {app, digest, deployer, isTrusted});
	const facts: GateFacts = {
		...common,
		from: {
			title: from.title,
			ledgerFault: ledger.fault,
			...liveFacts(source, from, app),
			drift,
			otherwise: otherwiseIn(targetOf(from, app), targetOf(to, app)),
			...(live ? {observed: observedOf(ledger.entries, {app, live, isTrusted})} : {}),
			health: known({isGood: health.isGood, text: health.answer}),
			now: known(source.time),
			...clockFaultIn(source, from),
		},
		items: known(items),
		to: {...toFacts, lock: lockOfBoth(toFacts.lock, lockOf(source, app, from, {run: undefined, lease: run}), from)},
		approvals: known(approvals.counted),
		notCounted: approvals.notCounted,
		ledgers: [seenOf(from, ledger), ...(own ? [seenOf(to, own)] : [])],
	};
	return {facts, ledger, target: own, items, actor};
};

const usualMs = ({runs}: AppServices, {project, name: environment}: Environment, app: AppName): number =>
	usualDurations(runs, {project, environment, kind: 'deploy', app}).totalMs ?? 0;

/** What counts now, against what the last run on the host went by. */
const policyFacts = async (
	services: AppServices,
	{policy, acceptPolicy: accept, run}: Pick<EvidenceOptions, 'policy' | 'acceptPolicy' | 'run'>,
	reading: Reading,
): Promise<Known<PolicyFacts>> =>
	isProblem(reading)
		? unknown(reading.why)
		: comparePolicy(services, policy, {entries: reading.ledger.entries, accept, run, at: reading.time});

const clockAndLock = (
	reading: Reading,
	app: AppName,
	environment: Environment,
	holder: {readonly run: string | undefined; readonly actor: Actor},
): Pick<GateFacts['to'], 'now' | 'lock'> =>
	isProblem(reading)
		? {now: unknown(reading.why), lock: unknown(reading.why)}
		: {now: known(reading.time), lock: known(lockOf(reading, app, environment, holder))};

/**
 * A run under way on the environment before may change what is promoted at any moment, and a deploy keeps that
 * environment as it is meanwhile: nobody's hold lets it, its own deployer's neither.
 */
const lockOfBoth = (lock: Known<LockFacts>, before: LockFacts, {title}: Environment): Known<LockFacts> =>
	'value' in lock && lock.value.state !== 'held' && before.state === 'held'
		? known({...before, text: `${title}: ${before.text}`})
		: lock;

/**
 * The ledger of the environment itself, held against what the one before has seen of it. It was read first: what was
 * written meanwhile makes it shorter than it is, so that it is read again before it is said to have gone back.
 */
const heldAgainst = async (
	{ledgers}: Pick<AppServices, 'ledgers'>,
	target: Reading,
	to: Environment,
	source: Reading,
	from: Environment,
): Promise<Reading> => {
	if (isProblem(target) || isProblem(source)) return target;
	const witnesses = witnessesIn(source.ledger.entries, to.name, from.title);
	if (witnesses.length === 0) return target;
	const {seenBy = []} = target.ledger;
	const told = [...seenBy, ...witnesses.slice(0, 1).map(({who, seq}) => ({who, seq}))];
	if (target.ledger.fault !== undefined || witnesses.every(one => contradicts(target.ledger, one) === undefined))
		return {...target, ledger: {...target.ledger, seenBy: told}};
	try {
		return {...target, ledger: await ledgers.read(to, {witnesses})};
	} catch (error) {
		return {...target, ledger: {...target.ledger, seenBy: told, fault: `could not be read again: ${whyOf(error)}`}};
	}
};

const seenOf = ({name, title}: Environment, {entries, seenBy = []}: LedgerReading): LedgerSeen => ({
	environment: name,
	title,
	entries: entries.length,
	seenBy,
});

const clockFaultIn = ({ledger, time}: HostReading, {title}: Environment): {readonly clockFault?: string} => {
	const fault = clockFaultOf(title, time, ledger.entries.at(-1)?.at);
	return fault === undefined ? {} : {clockFault: fault};
};

/** What speaks against a host's clock: its own ledger, and this machine's. */
const clockFacts = (
	{ledgers}: Pick<AppServices, 'ledgers'>,
	reading: Reading,
	environment: Environment,
): Pick<GateFacts['to'], 'clockFault' | 'aheadMs'> => {
	if (isProblem(reading)) return {};
	const clock = ledgers.remembered(environment)?.clock;
	return {...clockFaultIn(reading, environment), ...(clock ? {aheadMs: clock.time - clock.readAt} : {})};
};

/** What is live by the ledger, and by the host itself. */
const liveFacts = (
	reading: HostReading,
	{title}: Environment,
	app: AppName,
): Pick<GateFacts['from'], 'live' | 'release' | 'liveFault'> => {
	const live = liveRelease(reading.ledger.entries, app);
	const release = reading[app]?.live;
	return {
		live: live ? known(live) : unknown(`nothing of the ${app} is recorded as live on ${title}`),
		release: release === undefined ? unknown(`nothing of the ${app} is live on ${title}`) : known(release),
		...faultIn(reading, app),
	};
};

/** What only the host of the environment before knows, where it is silent. */
const silent = ({title}: Environment, why: string): Pick<GateFacts, 'from' | 'items' | 'approvals'> => ({
	from: {
		title,
		ledgerFault: undefined,
		live: unknown(why),
		release: unknown(why),
		drift: unknown(why),
		health: unknown(why),
		now: unknown(why),
	},
	items: unknown(why),
	approvals: unknown(why),
});

/** What decides whether a deploy may start on an environment that is promoted to from no other host. */
export const readStart = async (
	services: AppServices,
	options: Pick<EvidenceOptions, 'app' | 'policy' | 'acceptPolicy' | 'run' | 'signal'> & {
		readonly environment: Environment;
	},
): Promise<Pick<GateFacts, 'app' | 'to' | 'usualMs' | 'policy'>> => {
	const {environment, app, run, signal} = options;
	const [reading, actor] = await Promise.all([
		askHost(services, environment, {signal}),
		services.actorFor(primaryHost(environment)),
	]);
	return {
		app,
		policy: await policyFacts(services, options, reading),
		usualMs: usualMs(services, environment, app),
		to: {
			title: environment.title,
			...clockAndLock(reading, app, environment, {run, actor}),
			...clockFacts(services, reading, environment),
		},
	};
};

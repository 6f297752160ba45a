import {holdOwner} from '../../commands/lock/hold.ts';
import {approvalsOf} from '../../domain/gates/approval.ts';
import type {Actor} from '../../domain/build.ts';
import type {Checklists} from '../../domain/checklist/checklist.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {moment} from '../../domain/format.ts';
import type {GateFacts, Known, LockFacts, PolicyFacts, ProbeResult} from '../../domain/gates/gates.ts';
import {liveRelease} from '../../domain/releases/live-releases.ts';
import type {ItemState} from '../../domain/checklist/sign-off.ts';
import {witnessesIn} from '../../domain/ledger/witness.ts';
import {notFromSource} from '../../recipes/laravel/plan.ts';
import type {AppServices} from '../app-services.ts';
import {checklistStates} from '../checklist/checklist-states.ts';
import {comparePolicy, type PolicyReading} from './counted-policy.ts';
import {runProbes} from '../checklist/item-probes.ts';
import {asked, known, unknown} from '../known.ts';
import type {LedgerReading} from '../../domain/ledger/ledger-book.ts';
import {readDrift} from '../status/live-drift.ts';
import type {AskHost} from '../status/shared-questions.ts';
import {askHealth, askHost, type HostProblem, type HostReading} from '../status/status.ts';
import {targetIn} from '../target-of.ts';
import {trustedBy} from '../ledger/trusted.ts';
import {usualDurations} from '../runs/usual-durations.ts';

/** An environment and the one it is promoted from. */
export type Promotion = {readonly from: Environment; readonly to: Environment};

/** Where the evidence for an environment is. Undefined when it is promoted from none that has hosts. */
export const promotionTo = (environments: readonly Environment[], to: Environment): Promotion | undefined => {
	const from = environments.find(({name}) => name === to.promotedFrom);
	return from && from.hosts.length > 0 && to.hosts.length > 0 ? {from, to} : undefined;
};

/** What is live is not what the ledger says. */
const faultIn = (reading: HostReading | HostProblem, app: AppName): {readonly liveFault?: string} => {
	const fault = isProblem(reading) ? undefined : reading[app]?.fault;
	return fault === undefined ? {} : {liveFault: fault};
};

const isProblem = (reading: HostReading | HostProblem): reading is HostProblem => 'code' in reading;

/** The build that would be deployed from here. */
const readBuild = async (services: AppServices, environment: Environment, app: AppName): Promise<GateFacts['build']> =>
	asked(async () => {
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
	{run, actor}: {readonly run: string | undefined; readonly actor: Actor},
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
		hold.owner === holdOwner(actor) ||
		(hold.run === run && run !== undefined)
	)
		return {state: 'free'};
	// The lease of a run ends with the run, long before the time it is given at most.
	if (hold.run !== undefined)
		return {
			state: 'held',
			text: `held by ${hold.name} on ${hold.machine}: ${hold.reason}`,
			clears: `wait for run ${hold.run}: it ends with it`,
		};
	return {
		state: 'held',
		text: `held by ${hold.name} on ${hold.machine}: ${hold.reason}`,
		clears: `ask ${hold.name}, or end it: cockpit unlock --env ${environment.name} --reason ...`,
		at: hold.until,
	};
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
 * Finds out everything the gates of an app ask for, on both environments and here, at once. Changes nothing. What
 * can't be found out is a reason in its place, and closes its gate. Source: design, "Gates to production".
 */
export const gatherEvidence = async (services: AppServices, options: EvidenceOptions): Promise<Evidence> => {
	const {promotion, app, checklists, run, lane = 'poll', signal, ask = askHost} = options;
	const {from, to} = promotion;
	const at = {signal};
	const [target, actor] = await Promise.all([ask(services, to, at), services.actorFor(primaryHost(to))]);
	const witnesses = isProblem(target) ? [] : witnessesIn(target.ledger.entries, from.name, to.title);
	const [source, drift, probes, health, build] = await Promise.all([
		ask(services, from, {...at, witnesses}),
		options.drift ?? asked(() => readDrift(services, from, app, {lane, ...at})).then(flat),
		options.probes ?? asked(() => runProbes(services, from, checklists, app, signal)),
		askHealth(services, from, signal, app),
		options.build ?? readBuild(services, to, app),
	]);
	const {project, name: environment} = to;
	const usual = usualDurations(services.runs, {project, environment, kind: 'deploy', app});
	const policy = isProblem(target)
		? unknown<PolicyFacts>(target.why)
		: await comparePolicy(services, options.policy, {
				entries: target.ledger.entries,
				accept: options.acceptPolicy,
				run,
				at: target.time,
			});
	const common = {app, policy, build, probes, usualMs: usual.totalMs ?? 0};
	const toFacts = {
		title: to.title,
		...faultIn(target, app),
		now: isProblem(target) ? unknown<number>(target.why) : known(target.time),
		lock: isProblem(target) ? unknown<LockFacts>(target.why) : known(lockOf(target, app, to, {actor, run})),
	};
	const own = isProblem(target) ? undefined : target.ledger;
	if (isProblem(source)) {
		const {why} = source;
		const facts: GateFacts = {
			...common,
			from: {
				title: from.title,
				ledgerFault: undefined,
				live: unknown(why),
				release: unknown(why),
				drift: unknown(why),
				health: unknown(why),
				now: unknown(why),
			},
			items: unknown(why),
			to: toFacts,
			approvals: unknown(why),
		};
		return {facts, ledger: undefined, target: own, items: [], actor};
	}
	const {ledger} = source;
	const live = liveRelease(ledger.entries, app);
	const isTrusted = await trustedBy(services, [from, to], ledger.entries, async () =>
		'value' in options.policy.counted ? options.policy.counted.value.allowedSigners : '',
	);
	const items = checklistStates(checklists, from, ledger.entries, app, isTrusted);
	const lock = toFacts.lock;
	const busy = lockOf(source, app, from, {actor, run: undefined});
	const facts: GateFacts = {
		...common,
		from: {
			title: from.title,
			ledgerFault: ledger.fault ?? own?.fault?.replace(/^/, `of ${to.title} `),
			live: live ? known(live) : unknown(`nothing of the ${app} is recorded as live on ${from.title}`),
			release:
				source[app]?.live === undefined
					? unknown(`nothing of the ${app} is live on ${from.title}`)
					: known(source[app].live),
			...faultIn(source, app),
			drift,
			health: known({isGood: health.isGood, text: health.answer}),
			now: known(source.time),
		},
		items: known(items),
		// A run under way on the environment before may change what is promoted at any moment.
		to: {
			...toFacts,
			lock:
				'value' in lock && lock.value.state !== 'held' && busy.state === 'held' && busy.run !== undefined
					? known(busy)
					: lock,
		},
		approvals: known(
			approvalsOf(ledger.entries, {
				app,
				digest: 'value' in build ? build.value.digest : '',
				deployer: actor,
				isTrusted,
				byKey: from.identity === 'signed' || to.identity === 'signed',
			}),
		),
	};
	return {facts, ledger, target: own, items, actor};
};

/** What decides whether a deploy may start on an environment that is promoted to from no other host. */
export const readStart = async (
	services: AppServices,
	{
		environment,
		app,
		policy,
		acceptPolicy,
		run,
		signal,
	}: {
		readonly environment: Environment;
		readonly app: AppName;
		readonly policy: PolicyReading;
		readonly acceptPolicy?: string | undefined;
		readonly run?: string | undefined;
		readonly signal?: AbortSignal | undefined;
	},
): Promise<Pick<GateFacts, 'app' | 'to' | 'usualMs' | 'policy'>> => {
	const [reading, actor] = await Promise.all([
		askHost(services, environment, {signal}),
		services.actorFor(primaryHost(environment)),
	]);
	const {project, name, title} = environment;
	const usual = usualDurations(services.runs, {project, environment: name, kind: 'deploy', app});
	return {
		app,
		policy: isProblem(reading)
			? unknown(reading.why)
			: await comparePolicy(services, policy, {
					entries: reading.ledger.entries,
					accept: acceptPolicy,
					run,
					at: reading.time,
				}),
		usualMs: usual.totalMs ?? 0,
		to: {
			title,
			now: isProblem(reading) ? unknown(reading.why) : known(reading.time),
			lock: isProblem(reading) ? unknown(reading.why) : known(lockOf(reading, app, environment, {actor, run})),
		},
	};
};

const flat = <Value>(found: Known<Known<Value>>): Known<Value> => ('unknown' in found ? found : found.value);

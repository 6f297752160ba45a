import {dirname, join} from 'node:path';
import {holdOwner} from '../commands/hold.ts';
import {driftOf, parseLiveManifest, readLiveManifest} from '../commands/drift.ts';
import {renderCommand} from '../commands/shell.ts';
import {listTree} from '../commands/tree-listing.ts';
import {approvalsOf} from '../domain/approval.ts';
import type {Actor} from '../domain/build.ts';
import {covers, sectionsFor, type ChecklistItem, type Checklists, type HttpProbe} from '../domain/checklist.ts';
import {primaryHost, type AppName, type Environment} from '../domain/environment.ts';
import {DeployError} from '../domain/errors.ts';
import {moment} from '../domain/format.ts';
import type {GateFacts, Known, LockFacts, ProbeResult} from '../domain/gates.ts';
import type {LedgerEntry} from '../domain/ledger.ts';
import {liveRelease, type LiveRelease} from '../domain/live-releases.ts';
import {itemStates, signOffIn, type ItemState, type PairDigests} from '../domain/sign-off.ts';
import {witnessesIn} from '../domain/witness.ts';
import {notFromSource} from '../recipes/laravel/plan.ts';
import type {AppServices} from './app-services.ts';
import type {LedgerReading} from './ledger-book.ts';
import {sha256} from './sha256.ts';
import type {AskHost} from './shared-questions.ts';
import {askHealth, askHost, type HostProblem, type HostReading} from './status.ts';
import {appsOf, targetIn} from './target-of.ts';
import {trustedBy} from './trusted.ts';
import {usualDurations} from './usual-durations.ts';

/** An environment and the one it is promoted from. */
export type Promotion = {readonly from: Environment; readonly to: Environment};

/** Where the evidence for an environment is. Undefined when it is promoted from none that has hosts. */
export const promotionTo = (environments: readonly Environment[], to: Environment): Promotion | undefined => {
	const from = environments.find(({name}) => name === to.promotedFrom);
	return from && from.hosts.length > 0 && to.hosts.length > 0 ? {from, to} : undefined;
};

const isProblem = (reading: HostReading | HostProblem): reading is HostProblem => 'code' in reading;

const known = <Value>(value: Value): Known<Value> => ({value});
const unknown = <Value>(why: string): Known<Value> => ({unknown: why});

const whyOf = (error: unknown): string => {
	if (error instanceof DeployError) return error.why;
	throw error;
};

/** Runs a question whose failure is an answer too; bugs are thrown. */
const asked = async <Value>(ask: () => Promise<Value>): Promise<Known<Value>> => {
	try {
		return known(await ask());
	} catch (error) {
		return unknown(whyOf(error));
	}
};

/** What is live of each app of an environment, by its ledger. */
export const liveOf = (environment: Environment, entries: readonly LedgerEntry[]): ReadonlyMap<AppName, LiveRelease> =>
	new Map(
		appsOf(environment).flatMap(app => {
			const live = liveRelease(entries, app);
			return live ? [[app, live] as const] : [];
		}),
	);

/** Digests of the pair that is live. */
export const digestsOf = (live: ReadonlyMap<AppName, LiveRelease>): PairDigests =>
	Object.fromEntries([...live].flatMap(([app, {build}]) => (build ? [[app, build.digest] as const] : [])));

const everybody = (): boolean => true;

/** Where every item of the phase before production stands on an environment, by its ledger. `app` absent: all items. */
export const checklistStates = (
	checklists: Checklists,
	environment: Environment,
	entries: readonly LedgerEntry[],
	app?: AppName,
	isTrusted: (seq: number) => boolean = everybody,
): readonly ItemState[] => {
	const live = liveOf(environment, entries);
	const items = sectionsFor(checklists, 'before-production', app).flatMap(section => section.items);
	return itemStates(
		items,
		entries.flatMap(entry => signOffIn(entry) ?? []),
		{
			live: digestsOf(live),
			has: appsOf(environment),
			changedAt: Math.max(0, ...[...live.values()].map(({seq}) => seq)),
			isTrusted,
		},
	);
};

const addressOf = ({on, path}: HttpProbe, {urls}: Environment): string =>
	path === '/' ? urls[on] : `${urls[on].replace(/\/+$/, '')}${path}`;

/** Requests of a probe that has a limit in time: one slow answer is not a slow app. */
const timedRequests = 3;

/** Runs the probe of one item; with a limit in time several times, and the middle one counts. Never throws for an answer. */
export const runItemProbe = async (
	services: Pick<AppServices, 'probe'>,
	environment: Environment,
	{id, title, probe}: Pick<ChecklistItem, 'id' | 'title'> & {readonly probe: HttpProbe},
	signal?: AbortSignal,
): Promise<ProbeResult> => {
	const {status, withinMs, contains} = probe;
	const common = {item: id, title};
	const took: number[] = [];
	for (let request = 0; request < (withinMs === undefined ? 1 : timedRequests); request++) {
		const {outcome, durationMs, body} = await services.probe.get(addressOf(probe, environment), {
			timeoutMs: Math.max(10_000, 2 * (withinMs ?? 0)),
			maxBodyBytes: 256 * 1024,
			...(signal ? {signal} : {}),
		});
		if ('error' in outcome) return {...common, outcome: 'failed', text: outcome.error};
		if (outcome.status !== status) return {...common, outcome: 'failed', text: `${outcome.status}, not ${status}`};
		if (contains !== undefined && !body.includes(contains))
			return {...common, outcome: 'failed', text: `${outcome.status} without ${JSON.stringify(contains)}`};
		took.push(durationMs);
	}
	const middle = Math.round(took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0);
	return withinMs !== undefined && middle > withinMs
		? {...common, outcome: 'failed', text: `${middle} ms, limit ${withinMs} ms`}
		: {...common, outcome: 'passed', text: `${status} in ${middle} ms`};
};

/** Runs every probe that speaks of the app, all at once. */
export const runProbes = async (
	services: Pick<AppServices, 'probe'>,
	environment: Environment,
	checklists: Checklists,
	app: AppName,
	signal?: AbortSignal,
): Promise<readonly ProbeResult[]> =>
	Promise.all(
		sectionsFor(checklists, 'before-production', app)
			.flatMap(({items}) => items)
			.flatMap(item => (item.probe ? [{...item, probe: item.probe}] : []))
			.map(item => runItemProbe(services, environment, item, signal)),
	);

/** Hashes what is live and compares it with what was deployed. Throws DeployError as `Session.exec`. */
export const readDrift = async (
	{sessions}: Pick<AppServices, 'sessions'>,
	environment: Environment,
	app: AppName,
	{lane = 'poll', signal}: {readonly lane?: 'run' | 'poll'; readonly signal?: AbortSignal} = {},
): Promise<Known<readonly string[]>> => {
	const target = targetIn(environment, app);
	const session = sessions.session(primaryHost(environment));
	const options = {lane, timeoutMs: 120_000, maxOutputBytes: 256 * 1024 * 1024, ...(signal ? {signal} : {})};
	const state = {directory: environment.stateDirectory, app};
	const [manifest, listing] = await Promise.all([
		session.exec(renderCommand(readLiveManifest(state, target.path)), options),
		session.exec(
			renderCommand(listTree(`${target.path}/`, {as: target.owner, excludes: notFromSource(target)})),
			options,
		),
	]);
	if (listing.code !== 0)
		return unknown(`the files of live can't be read: ${listing.stderr.trim().split('\n')[0] ?? ''}`);
	const drift = driftOf(parseLiveManifest(manifest.stdout).manifest, listing.stdout, sha256);
	return drift ? known(drift) : unknown('live has no manifest to compare with');
};

/** The build that would be deployed from here. */
const readBuild = async (services: AppServices, environment: Environment, app: AppName): Promise<GateFacts['build']> =>
	asked(async () => {
		const target = targetIn(environment, app);
		const configuration = dirname(dirname(environment.file));
		const changedIn = async (folder: string): Promise<readonly string[]> =>
			(await services.source.uncommitted(join(configuration, folder))).map(path => `${folder}/${path}`);
		const [tree, uncommitted, environments, checklists] = await Promise.all([
			services.source.read({directory: target.source, excludes: notFromSource(target)}),
			services.source.uncommitted(target.source),
			changedIn('environments'),
			changedIn('checklists').catch((error: unknown) => {
				// Without checklists there is nothing in them to be committed.
				whyOf(error);
				return [];
			}),
		]);
		return {
			commit: tree.commit,
			digest: tree.digest,
			uncommitted: uncommitted.length,
			policyChanges: [...environments, ...checklists],
		};
	});

const lockOf = (
	reading: HostReading,
	app: AppName,
	environment: Environment,
	{run, actor}: {readonly run?: string; readonly actor: Actor},
): LockFacts => {
	const lock = reading.locks.find(one => one.app === app);
	if (lock && lock.run === run) return {state: 'mine'};
	if (lock)
		return {
			state: 'held',
			text: `${lock.by} on ${lock.machine} since ${moment(Date.parse(lock.since), environment.timeZone)}, run ${lock.run}`,
			clears: `wait for it, or take it over: cockpit resume ${lock.run} --env ${environment.name}`,
		};
	const hold = reading.holds.find(one => one.app === app);
	if (
		!hold ||
		hold.until <= reading.time ||
		hold.owner === holdOwner(actor) ||
		(hold.run === run && run !== undefined)
	)
		return {state: 'free'};
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
	/** The run that asks, once it holds the lock. */
	readonly run?: string;
	readonly lane?: 'run' | 'poll';
	readonly signal?: AbortSignal;
	/** What was found out a moment ago; absent: it is asked for now. */
	readonly drift?: Known<readonly string[]>;
	readonly probes?: Known<readonly ProbeResult[]>;
	readonly build?: GateFacts['build'];
	/** How a host is asked; absent: for this decision alone. */
	readonly ask?: AskHost;
};

/**
 * Finds out everything the gates of an app ask for, on both environments and here, at once. Changes nothing. What
 * can't be found out is a reason in its place, and closes its gate. Source: design, "Gates to production".
 */
export const gatherEvidence = async (services: AppServices, options: EvidenceOptions): Promise<Evidence> => {
	const {promotion, app, checklists, run, lane = 'poll', signal, ask = askHost} = options;
	const {from, to} = promotion;
	const at = signal ? {signal} : {};
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
	const common = {app, build, probes, usualMs: usual.totalMs ?? 0};
	const toFacts = {
		title: to.title,
		now: isProblem(target) ? unknown<number>(target.why) : known(target.time),
		lock: isProblem(target)
			? unknown<LockFacts>(target.why)
			: known(lockOf(target, app, to, {actor, ...(run === undefined ? {} : {run})})),
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
	const isTrusted = await trustedBy(services, [from, to], ledger.entries);
	const items = checklistStates(checklists, from, ledger.entries, app, isTrusted);
	const lock = toFacts.lock;
	const busy = lockOf(source, app, from, {actor});
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
			drift,
			health: known({isGood: health.isGood, text: health.answer}),
			now: known(source.time),
		},
		items: known(items),
		// A run under way on the environment before may change what is promoted at any moment.
		to: {
			...toFacts,
			lock:
				'value' in lock && lock.value.state !== 'held' && busy.state === 'held' && busy.at === undefined
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
		run,
		signal,
	}: {
		readonly environment: Environment;
		readonly app: AppName;
		readonly run?: string;
		readonly signal?: AbortSignal;
	},
): Promise<Pick<GateFacts, 'app' | 'to' | 'usualMs'>> => {
	const [reading, actor] = await Promise.all([
		askHost(services, environment, signal ? {signal} : {}),
		services.actorFor(primaryHost(environment)),
	]);
	const {project, name, title} = environment;
	const usual = usualDurations(services.runs, {project, environment: name, kind: 'deploy', app});
	const holder = {actor, ...(run === undefined ? {} : {run})};
	return {
		app,
		usualMs: usual.totalMs ?? 0,
		to: {
			title,
			now: isProblem(reading) ? unknown(reading.why) : known(reading.time),
			lock: isProblem(reading) ? unknown(reading.why) : known(lockOf(reading, app, environment, holder)),
		},
	};
};

const flat = <Value>(found: Known<Known<Value>>): Known<Value> => ('unknown' in found ? found : found.value);

/** Items of the phase before production that speak of an app. */
export const itemsOf = (checklists: Checklists, app: AppName): readonly ChecklistItem[] =>
	sectionsFor(checklists, 'before-production', app)
		.flatMap(({items}) => items)
		.filter(({scope}) => covers(scope, app));

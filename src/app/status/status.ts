import {understand} from '../../commands/answers.ts';
import {
	askStatus,
	parseHostStatus,
	type AppOnHost,
	type HostStatus,
	type Maintenance,
} from '../../commands/host/host-status.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {moment} from '../../domain/format.ts';
import {isByHand, type PutByHand} from '../../domain/releases/by-hand.ts';
import {liveFault} from '../../domain/releases/live-fault.ts';
import {liveRelease} from '../../domain/releases/live-releases.ts';
import {runFacts, type LedgerEntry, type Witness} from '../../domain/ledger/ledger.ts';
import type {PipelineKind} from '../../domain/runs/pipeline.ts';
import type {ProbeAnswer} from '../../domain/ports.ts';
import type {AppServices} from '../app-services.ts';
import {cleanText} from '../clean-text.ts';
import {execOn} from '../exec-on.ts';
import type {LedgerReading} from '../../domain/ledger/ledger-book.ts';
import {readDrift} from './live-drift.ts';
import {badProcesses, readProcesses, type ProcessReading} from './read-processes.ts';
import {appsOf, targetIn} from '../target-of.ts';

/** Why a host can't be asked, and what to do. `code` is that of a DeployError. */
export type HostProblem = {readonly code: string; readonly why: string; readonly next: string};

/** What is live of one app. */
export type AppReading = {
	/** Id of the live release; undefined before adoption, or when nothing is live. */
	readonly live: string | undefined;
	readonly isAdopted: boolean;
	/** Why it is not what the ledger says, as a sentence. */
	readonly fault?: string;
	readonly commit: string | undefined;
	/** Lower-case hex digest of the sources, when the ledger has it. */
	readonly digest: string | undefined;
	readonly by: string | undefined;
	/** Server time, ISO 8601 UTC. */
	readonly since: string | undefined;
	/** Put live with the script on the host, and by no run since: then `since` is that moment, and `by` is not known. */
	readonly byHand?: PutByHand;
	/** As the frontend's release has it on disk. */
	readonly buildId?: string;
	/** It is kept from visitors while migrations run, or a run was kept from ending that. */
	readonly maintenance?: Maintenance;
	/** What of the live release is not as deployed, each as `added public/shell.php`; absent: not looked for, or not known. */
	readonly drift?: readonly string[];
};

/** What the primary host of an environment says of itself. Holds no control characters. */
export type HostReading = {
	/** Epoch milliseconds by the host's clock. */
	readonly time: number;
	readonly backend: AppReading;
	/** Absent: the environment has none. */
	readonly frontend?: AppReading;
	readonly services: HostStatus['services'];
	readonly disk: HostStatus['disk'];
	/** The first of them. */
	readonly lock?: HostLock;
	/** One for each app that a run holds. */
	readonly locks: readonly HostLock[];
	readonly holds: HostStatus['holds'];
	readonly ledger: LedgerReading;
};

/** A run that holds an app. */
export type HostLock = {
	readonly run: string;
	readonly kind: PipelineKind;
	readonly app: string;
	readonly by: string;
	readonly machine: string;
	readonly since: string;
	/** Jobs of the run alive on the host now. */
	readonly running: readonly string[];
};

/** One answer of an app's health address. */
export type HealthReading = {
	readonly url: string;
	/** Status code, or why there was none. */
	readonly answer: string;
	readonly durationMs: number;
	readonly isGood: boolean;
	/** Epoch milliseconds at which the certificate ends; absent without TLS. */
	readonly certificateUntil?: number;
};

/** What runs in one environment, or why that is not known. */
export type EnvironmentStatus = {
	readonly environment: string;
	readonly host: string;
	readonly reachable: boolean;
	readonly problem?: HostProblem;
	readonly backend?: AppReading;
	readonly frontend?: AppReading;
	readonly services: HostReading['services'];
	readonly processes: readonly ProcessReading[];
	readonly health: HealthReading;
	/** Of the frontend, where there is one. */
	readonly siteHealth?: HealthReading;
	readonly disk?: HostReading['disk'];
	readonly lock?: HostLock;
	/** Reasons to look closer; empty when all is well. */
	readonly bad: readonly string[];
};

const describeAnswer = ({outcome}: ProbeAnswer): string =>
	'status' in outcome ? String(outcome.status) : outcome.error;

const lastChange = (entries: readonly LedgerEntry[], release: string | undefined): LedgerEntry | undefined =>
	entries.findLast(
		entry =>
			(entry.type === 'deploy.finished' ||
				entry.type === 'adopt.finished' ||
				entry.type === 'rollback.finished') &&
			runFacts(entry).release === release,
	);

/**
 * Environments that have a host and a backend: readings are built around one. An environment with a frontend alone,
 * which the schema allows, is never asked for the status or the overview, and `cockpit status` leaves it out unsaid.
 */
export const isAsked = ({hosts, apps}: Environment): boolean => hosts.length > 0 && apps.backend !== undefined;

/**
 * Asks every environment that has hosts, at once. Never throws for a host that can't be asked. `compares`: every file of
 * what is live is held against what was deployed, too.
 */
export const readStatus = async (
	services: AppServices,
	environments: readonly Environment[],
	{compares = false}: {readonly compares?: boolean} = {},
): Promise<readonly EnvironmentStatus[]> =>
	Promise.all(environments.filter(isAsked).map(environment => readOne(services, environment, compares)));

/** An app as it was read, with its files compared. While a run holds it, it is being changed. */
const withDrift = async (
	services: AppServices,
	environment: Environment,
	app: AppName,
	{locks, ...reading}: HostReading,
): Promise<AppReading | undefined> => {
	const found = reading[app];
	if (found?.live === undefined || locks.some(lock => lock.app === app)) return found;
	const drift = await readDrift(services, environment, app);
	return 'value' in drift ? {...found, drift: drift.value} : found;
};

/** What was found when an old host was taken over was there before, and goes with the first deploy. */
const isTakenOver = (live: string | undefined): boolean => live?.endsWith('-adopted') === true;

/** What of an app is not as deployed, in one line; undefined where nothing is, or nothing is known. */
export const driftLine = (app: AppName, {live, drift = []}: AppReading): string | undefined => {
	if (drift.length === 0 || isTakenOver(live)) return undefined;
	const shown = [...drift.slice(0, 3), ...(drift.length > 3 ? [`${drift.length - 3} more`] : [])].join(', ');
	return `${drift.length === 1 ? '1 file' : `${drift.length} files`} of the ${app} not as deployed: ${shown}`;
};

const readOne = async (
	services: AppServices,
	environment: Environment,
	compares: boolean,
): Promise<EnvironmentStatus> => {
	const [health, siteHealth, answer, processes] = await Promise.all([
		askHealth(services, environment),
		environment.apps.frontend ? askHealth(services, environment, undefined, 'frontend') : undefined,
		askHost(services, environment),
		readProcesses(services, environment),
	]);
	const common = {
		environment: environment.name,
		host: primaryHost(environment).name,
		health,
		...(siteHealth ? {siteHealth} : {}),
	};
	const sick = [health, ...(siteHealth ? [siteHealth] : [])].flatMap(badHealth);
	if ('code' in answer) {
		const {why} = answer;
		return {...common, reachable: false, problem: answer, services: [], processes: [], bad: [why, ...sick]};
	}
	const [backend = answer.backend, frontend] = compares
		? await Promise.all([
				withDrift(services, environment, 'backend', answer),
				withDrift(services, environment, 'frontend', answer),
			])
		: [answer.backend, answer.frontend];
	const {services: units, disk, lock} = answer;
	return {
		...common,
		reachable: true,
		backend,
		...(frontend ? {frontend} : {}),
		services: units,
		processes,
		disk,
		...(lock ? {lock} : {}),
		bad: [
			...[['backend', backend] as const, ['frontend', frontend] as const].flatMap(([app, reading]) =>
				reading
					? [
							reading.fault && `${app}: ${reading.fault}`,
							driftLine(app, reading),
							reading.maintenance && `${app}: ${maintenanceText(reading.maintenance, environment)}`,
						].filter(bad => bad !== undefined)
					: [],
			),
			...units.filter(({state}) => state !== 'active').map(({unit, state}) => `${unit} is ${state}`),
			...badProcesses(processes),
			...sick,
		],
	};
};

const badHealth = ({url, answer, isGood}: HealthReading): string[] => (isGood ? [] : [`GET ${url}: ${answer}`]);

/** Asks the health address of an app once. Never throws for an answer. */
export const askHealth = async (
	{probe}: Pick<AppServices, 'probe'>,
	environment: Environment,
	signal?: AbortSignal,
	app: AppName = 'backend',
): Promise<HealthReading> => {
	const {url, status, timeoutMs} = targetIn(environment, app).health;
	const answer = await probe.get(url, {timeoutMs, signal});
	const {outcome, durationMs, certificateUntil} = answer;
	return {
		url,
		answer: cleanText(describeAnswer(answer)),
		durationMs: Math.round(durationMs),
		isGood: 'status' in outcome && outcome.status === status,
		...(certificateUntil === undefined ? {} : {certificateUntil}),
	};
};

/**
 * Asks the primary host in one exec. `last`: its answer before this one, whose ledger it then need not send again. A
 * host that can't be asked is an answer; throws only for bugs.
 */
export const askHost = async (
	services: Pick<AppServices, 'sessions' | 'ledgers'>,
	environment: Environment,
	{
		last,
		...options
	}: {
		readonly timeoutMs?: number;
		readonly signal?: AbortSignal | undefined;
		readonly last?: HostReading | undefined;
		/** Heads of its ledger that others have seen. */
		readonly witnesses?: readonly Witness[] | undefined;
	} = {},
): Promise<HostReading | HostProblem> => {
	const apps = appsOf(environment).map(app => ({app, target: targetIn(environment, app)}));
	const command = askStatus({
		stateDirectory: environment.stateDirectory,
		apps: apps.map(({app, target}) => ({app, live: target.path})),
		units: [...new Set(apps.flatMap(({target}) => target.services.map(({unit}) => unit)))],
	});
	try {
		const {witnesses, ...asking} = options;
		const said = await execOn(services, environment, command, {lane: 'poll', ...asking});
		const status = cleanText(understand(primaryHost(environment).name, said, parseHostStatus));
		const isRead = last !== undefined && last.ledger.sizeBytes === status.ledgerBytes;
		const ledger = isRead
			? {...last.ledger, time: status.time * 1000}
			: await services.ledgers.read(environment, {...asking, witnesses});
		return readingOf(status, ledger, environment);
	} catch (error) {
		if (!(error instanceof DeployError)) throw error;
		const {code, why, next} = error;
		return cleanText({code, why, next});
	}
};

const readingOf = (status: HostStatus, ledger: LedgerReading, environment: Environment): HostReading => {
	const {time, apps, services, disk} = status;
	const [open] = status.open;
	const reading = (app: AppName): AppReading => {
		const fault = faultOf(status, ledger, app, environment);
		return {...appReading(app, apps[app], ledger.entries), ...(fault === undefined ? {} : {fault})};
	};
	return {
		time: time * 1000,
		backend: reading('backend'),
		...(environment.apps.frontend ? {frontend: reading('frontend')} : {}),
		services,
		disk,
		...(open ? {lock: lockOf(open)} : {}),
		locks: status.open.map(lockOf),
		holds: status.holds,
		ledger,
	};
};

/** A run that holds the app may have changed what is live already, and a ledger that is at fault says nothing. */
const faultOf = (
	{apps, open}: HostStatus,
	{entries, fault}: LedgerReading,
	app: AppName,
	{name, timeZone}: Environment,
): string | undefined => {
	if (fault !== undefined) return undefined;
	const found = apps[app] ?? {live: undefined};
	const run = open.find(one => one.app === app);
	const hand = byHandIn(app, found, entries);
	const release = typeof found.live === 'object' ? found.live.release : undefined;
	if (!run) {
		const wrong = liveFault(entries, app, found, name);
		return wrong !== undefined && hand ? `${wrong}; ${byHandText(hand, timeZone)}` : wrong;
	}
	const said = liveRelease(entries, app)?.release;
	const isOther = said !== undefined && said !== release;
	// What a deploy makes live was never live before.
	const isBack = isOther && (hand !== undefined || (run.record.kind === 'deploy' && lastChange(entries, release)));
	if (release === undefined || !(found.isPutBack || isBack)) return undefined;
	const how = hand ? byHandText(hand, timeZone) : 'put live by hand, and when is not known';
	const differs = isOther ? `; the ledger of ${name} says ${said}` : '';
	return `live is ${release}, ${how}${differs}; run ${run.holder.run} holds the lock still`;
};

const byHandIn = (app: AppName, {live, byHand}: AppOnHost, entries: readonly LedgerEntry[]): PutByHand | undefined =>
	byHand && typeof live === 'object' && isByHand(entries, app, {live: live.release, hand: byHand})
		? byHand
		: undefined;

/** `put live by hand at Tue 10 Feb 11:32 IST by ubuntu` */
export const byHandText = ({at, by}: PutByHand, timeZone: string): string =>
	`put live by hand at ${moment(at, timeZone)} by ${by}`;

const appReading = (name: AppName, app: AppOnHost | undefined, ledger: readonly LedgerEntry[]): AppReading => {
	const {live, buildId, maintenance} = app ?? {live: undefined};
	const release = typeof live === 'object' ? live.release : undefined;
	const hand = app && byHandIn(name, app, ledger);
	const change = release === undefined ? undefined : lastChange(ledger, release);
	// Of a release that came back outside of the cockpit nobody knows since when it is live: it was before, once.
	const said = liveRelease(ledger, name)?.release;
	const put = hand || app?.isPutBack || (said !== undefined && said !== release) ? undefined : change;
	const deployed =
		release === undefined
			? undefined
			: ledger.findLast(entry => entry.type === 'deploy.finished' && runFacts(entry).release === release);
	const made = deployed ?? change;
	const build = made && runFacts(made).build;
	return {
		live: release,
		isAdopted: live !== 'directory',
		commit: build?.commit || undefined,
		digest: build?.digest || undefined,
		by: put?.actor?.name,
		since: hand ? new Date(hand.at).toISOString() : put && new Date(put.at).toISOString(),
		...(hand ? {byHand: hand} : {}),
		...(buildId === undefined ? {} : {buildId}),
		...(maintenance ? {maintenance} : {}),
	};
};

/** Since when an app is in maintenance, and by which run; what ends it, where that does not end by itself. */
export const maintenanceText = (
	{run, since, isLeft}: Maintenance,
	{name, timeZone}: Pick<Environment, 'name' | 'timeZone'>,
): string => {
	const text = `in maintenance since ${moment(Date.parse(since), timeZone)}, by run ${run}`;
	return isLeft
		? `${text}, which is gone: cockpit resume ${run} --env ${name}, or any run of the app, brings it up`
		: text;
};

const lockOf = ({holder, record}: HostStatus['open'][number]): HostLock => ({
	run: holder.run,
	kind: record.kind,
	app: record.app,
	by: holder.name,
	machine: holder.machine,
	since: holder.since,
	running: holder.running,
});

import type {SlowQuestion} from '../../commands/probes/probe-host.ts';
import {noChecklists, type Checklists} from '../../domain/checklist/checklist.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {probeTerms} from '../../domain/environments/watched.ts';
import {joinHosts} from '../../domain/probes/join-hosts.ts';
import {judgeArtisan} from '../../domain/probes/judge-artisan.ts';
import {judgeMachine} from '../../domain/probes/judge-machine.ts';
import {judgeServed, type ServedAnswers} from '../../domain/probes/judge-served.ts';
import {judgeProcesses, judgeUnits, type CountRestarts} from '../../domain/probes/judge-services.ts';
import {judgeWorkers} from '../../domain/probes/judge-worker.ts';
import type {LastSwap} from '../../domain/probes/last-swap.ts';
import type {ProbeFinding, ProbeReading, ProbeRound} from '../../domain/probes/probe.ts';
import type {ProbedHost} from '../../domain/probes/probed-host.ts';
import {baselineOf, type Baseline} from '../../domain/probes/restarts.ts';
import type {AppServices} from '../app-services.ts';
import {cleanText} from '../clean-text.ts';
import {appsOf} from '../target-of.ts';
import {askAddresses, askServed, judgeAddresses} from './ask-addresses.ts';
import {askProbes, unitsOf, workersOf} from './ask-hosts.ts';
import {createLogErrors, errorLogOf, keepPast, notedSwaps, readLog} from './log-errors.ts';
import {besideOwnWords, createBeginnings} from './own-words.ts';

export type RoundOptions = {
	/** What the ledger says is live of each app; what is absent is not known. */
	readonly since?: Readonly<Partial<Record<AppName, LastSwap | undefined>>>;
	/** Apps with a run that has not ended by the ledger. */
	readonly openRuns?: readonly AppName[];
	readonly signal?: AbortSignal | undefined;
};

/** Looks at everything an environment is watched by. Never throws for what is down. */
export type Prober = {readonly round: (options?: RoundOptions) => Promise<ProbeRound>};

type ProberServices = Pick<AppServices, 'sessions' | 'probe' | 'clock' | 'samples'>;

/** Pause between two questions that start PHP on the host. */
const slowEveryMs = 60_000;

/** Readings that only a slow question brings. */
const isSlow = ({kind}: Pick<ProbeReading, 'kind'>): boolean => kind === 'queue' || kind === 'migrations';

const slowQuestions = (environment: Environment): readonly SlowQuestion[] => [
	...(environment.apps.backend ? (['migrations'] as const) : []),
	...(environment.apps.backend && probeTerms(environment).queue ? (['waiting', 'failed'] as const) : []),
];

/** What one host says about everything that is on it. */
const judgeHost = (
	environment: Environment,
	said: ProbedHost,
	{
		since,
		site,
		countFor,
	}: {
		readonly since: NonNullable<RoundOptions['since']>;
		readonly site: ServedAnswers | undefined;
		readonly countFor: (app: AppName) => CountRestarts;
	},
): readonly ProbeFinding[] => {
	const {backend, frontend} = environment.apps;
	const terms = probeTerms(environment);
	return [
		...appsOf(environment).map(app => judgeServed(said, app, since[app], app === 'frontend' ? site : undefined)),
		...judgeWorkers(said, workersOf(environment)),
		...judgeUnits(said, unitsOf(environment), countFor),
		...(frontend ? judgeProcesses(said, frontend.pm2Names, countFor('frontend')) : []),
		...judgeMachine(said, terms.limits),
		...(backend ? judgeArtisan(said, terms) : []),
	];
};

/** A run of an app holds it on all hosts, and only the primary knows. */
const withBusy = (said: ProbedHost, isBusy: (app: AppName) => boolean): ProbedHost => ({
	...said,
	apps: Object.fromEntries(
		Object.entries(said.apps).map(([app, one]) => [
			app,
			isBusy(app === 'backend' ? 'backend' : 'frontend') ? {...one, isLocked: true} : one,
		]),
	),
});

/**
 * A prober of one environment: the addresses from this machine and each host in one exec, all at once. It remembers what
 * is measured from one round to the next; rounds are for one caller, one after the other.
 */
export const createProber = (
	services: ProberServices,
	{environment, checklists = noChecklists}: {readonly environment: Environment; readonly checklists?: Checklists},
): Prober => {
	const {clock} = services;
	const primary = primaryHost(environment).name;
	const logs = new Map(environment.hosts.map(host => [host.name, createLogErrors(services, environment, host)]));
	/** Where PM2 of each host says that the app's errors go, once it was asked. */
	const errorLogs = new Map<string, string>();
	const baselines = new Map<string, Baseline>();
	/** Of each host its clock less this machine's. */
	const clocks = new Map<string, number>();
	const beginnings = createBeginnings();
	/** When the slow questions were asked, and what they brought, with its own time. */
	let slowAt: number | undefined;
	let slow: readonly ProbeReading[] = [];

	const countFor =
		(run: string | undefined): CountRestarts =>
		(probe, restarts) => {
			const baseline = baselineOf(baselines.get(probe), run, restarts);
			baselines.set(probe, baseline);
			return restarts - baseline.restarts;
		};

	return {
		round: async ({since = {}, openRuns = [], signal} = {}) => {
			const begun = clock.now();
			const isDue = slowAt === undefined || begun - slowAt >= slowEveryMs;
			const [answers, ...asked] = await Promise.all([
				askAddresses(services, environment, checklists, signal),
				...environment.hosts.map(host =>
					askProbes(services, environment, host, {
						questions: isDue && host.name === primary ? slowQuestions(environment) : [],
						logs: logs.get(host.name)?.requests(notedSwaps(since), errorLogs.get(host.name)) ?? [],
						ahead: clocks.get(host.name),
						signal,
					}),
				),
			]);
			const hosts = asked.flatMap(one => ('said' in one ? [one] : []));
			const silent = asked.flatMap(one => ('silent' in one ? [one.silent] : []));
			const main = hosts.find(({said}) => said.host === primary);
			for (const {said, ahead: its} of hosts) clocks.set(said.host, its);
			const ahead = clocks.get(primary);
			const at = begun + (ahead ?? 0);
			const buildId = main?.said.buildId;
			const site = await askServed(services, environment, {
				answers,
				...(buildId === undefined ? {} : {buildId}),
				...(signal ? {signal} : {}),
			});
			const busy = (app: AppName): boolean => openRuns.includes(app) || main?.said.apps[app]?.isLocked === true;
			const logged = hosts.flatMap(({said, answer, ahead: its}) => {
				const log = logs.get(said.host);
				return log ? [readLog(log, answer, (ahead ?? its) - its)] : [];
			});
			for (const {said} of hosts) {
				const file = errorLogOf(said, environment);
				if (file !== undefined) errorLogs.set(said.host, file);
			}
			if (environment.hosts.length === 1)
				keepPast(
					services,
					environment,
					logged.flatMap(({past}) => past),
				);
			const found = [
				...judgeAddresses(environment, checklists, {answers, at}),
				...joinHosts(
					[
						...hosts.flatMap(({said}) =>
							judgeHost(environment, withBusy(said, busy), {
								since,
								site,
								countFor: app => countFor(since[app]?.run),
							}),
						),
						...logged.flatMap(({findings}) => findings),
					],
					{hosts: environment.hosts.length, silent},
				),
			];
			beginnings.note(found, at);
			const findings = cleanText(
				besideOwnWords(found, {hosts: hosts.map(({said}) => said), logs, begunAt: beginnings.begunAt}),
			);
			const readings = findings.map((finding): ProbeReading => ({...finding, at}));
			if (isDue && main) {
				slowAt = begun;
				slow = readings.filter(isSlow);
			}
			return {
				environment: environment.name,
				at,
				...(ahead === undefined ? {isByThisMachine: true} : {}),
				// In between it is what was found last, as old as it says.
				readings: isDue || !main ? readings : [...readings, ...slow],
				silent,
			};
		},
	};
};

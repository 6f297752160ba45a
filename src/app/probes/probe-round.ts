import type {Checklists} from '../../domain/checklist/checklist.ts';
import {primaryHost, type AppName, type Environment} from '../../domain/environments/environment.ts';
import {probeTerms} from '../../domain/environments/watched.ts';
import {judgeMachine} from '../../domain/probes/judge-machine.ts';
import {judgeHttp} from '../../domain/probes/judge-http.ts';
import {judgeProcesses, judgeUnits, type CountRestarts} from '../../domain/probes/judge-services.ts';
import type {LastSwap} from '../../domain/probes/last-swap.ts';
import type {ProbeFinding, ProbeRound} from '../../domain/probes/probe.ts';
import type {ProbedHost} from '../../domain/probes/probed-host.ts';
import {baselineOf, type Baseline} from '../../domain/probes/restarts.ts';
import type {AppServices} from '../app-services.ts';
import {cleanText} from '../clean-text.ts';
import {appsOf, targetIn} from '../target-of.ts';
import {askProbes, unitsOf} from './ask-hosts.ts';

export type RoundOptions = {
	/** What the ledger says is live of each app; what is absent is not known. */
	readonly since?: Readonly<Partial<Record<AppName, LastSwap | undefined>>>;
	readonly signal?: AbortSignal | undefined;
};

/** Looks at everything an environment is watched by. Never throws for what is down. */
export type Prober = {readonly round: (options?: RoundOptions) => Promise<ProbeRound>};

type ProberServices = Pick<AppServices, 'sessions' | 'probe' | 'clock'>;

/**
 * A prober of one environment: the addresses from this machine and each host in one exec, all at once. It remembers what
 * is measured from one round to the next; rounds are for one caller, one after the other.
 */
export const createProber = (
	services: ProberServices,
	{environment}: {readonly environment: Environment; readonly checklists?: Checklists},
): Prober => {
	const baselines = new Map<string, Baseline>();
	/** The primary host's clock less this machine's. */
	let ahead: number | undefined;
	const {limits} = probeTerms(environment);
	const units = unitsOf(environment);

	const judgeHost = (said: ProbedHost, since: NonNullable<RoundOptions['since']>): readonly ProbeFinding[] => {
		const countFor =
			(run: string | undefined): CountRestarts =>
			(probe, restarts) => {
				const baseline = baselineOf(baselines.get(probe), run, restarts);
				baselines.set(probe, baseline);
				return restarts - baseline.restarts;
			};
		const {frontend} = environment.apps;
		return [
			...judgeUnits(said, units, countFor(since.backend?.run)),
			...(frontend ? judgeProcesses(said, frontend.pm2Names, countFor(since.frontend?.run)) : []),
			...judgeMachine(said, limits),
		];
	};

	return {
		round: async ({since = {}, signal} = {}) => {
			const begun = services.clock.now();
			const [health, asked] = await Promise.all([
				Promise.all(
					appsOf(environment).map(async app => {
						const {url, status} = targetIn(environment, app).health;
						const answer = await services.probe.get(url, {timeoutMs: 10_000, signal});
						const title = app === 'backend' ? 'API health' : 'site health';
						return {
							probe: `${app}.health`,
							title,
							kind: 'http' as const,
							app,
							...judgeHttp({status}, answer),
						};
					}),
				),
				Promise.all(
					environment.hosts.map(host => askProbes(services, environment, host, {questions: [], signal})),
				),
			]);
			const primary = primaryHost(environment).name;
			for (const one of asked) if ('said' in one && one.said.host === primary) ahead = one.ahead;
			const at = begun + (ahead ?? 0);
			const findings = [...health, ...asked.flatMap(one => ('said' in one ? judgeHost(one.said, since) : []))];
			return {
				environment: environment.name,
				at,
				...(ahead === undefined ? {isByThisMachine: true} : {}),
				readings: cleanText(findings).map(finding => ({...finding, at})),
				silent: asked.flatMap(one => ('silent' in one ? [one.silent] : [])),
			};
		},
	};
};

import {askStatus, parseHostStatus, type HostStatus, type LedgerEntry} from '../commands/host-status.ts';
import {renderCommand} from '../commands/shell.ts';
import {primaryHost, type Environment} from '../domain/environment.ts';
import {DeployError} from '../domain/errors.ts';
import type {ProbeAnswer} from '../domain/ports.ts';
import type {AppServices} from './app-services.ts';

/** What runs in one environment, or why that is not known. */
export type EnvironmentStatus = {
	readonly environment: string;
	readonly host: string;
	readonly reachable: boolean;
	readonly problem?: {readonly code: string; readonly why: string; readonly next: string};
	readonly backend?: {
		readonly live: string | undefined;
		readonly isAdopted: boolean;
		readonly commit: string | undefined;
		readonly by: string | undefined;
		/** Server time, ISO 8601 UTC. */
		readonly since: string | undefined;
	};
	readonly services: HostStatus['services'];
	readonly health: {
		readonly url: string;
		readonly answer: string;
		readonly durationMs: number;
		readonly isGood: boolean;
	};
	readonly disk?: HostStatus['disk'];
	readonly lock?: {
		readonly run: string;
		readonly by: string;
		readonly machine: string;
		readonly since: string;
		readonly running: readonly string[];
	};
	/** Reasons to look closer; empty when all is well. */
	readonly bad: readonly string[];
};

const describeAnswer = ({outcome}: ProbeAnswer): string =>
	'status' in outcome ? String(outcome.status) : outcome.error;

const lastChange = (ledger: readonly LedgerEntry[], release: string): LedgerEntry | undefined =>
	ledger.findLast(
		({type, data}) => (type === 'deploy.finished' || type === 'adopt.finished') && data?.release === release,
	);

/** Asks every environment that has hosts, at once. Never throws for a host that can't be asked. */
export const readStatus = async (
	services: AppServices,
	environments: readonly Environment[],
): Promise<readonly EnvironmentStatus[]> =>
	Promise.all(
		environments
			.filter(({hosts, apps}) => hosts.length > 0 && apps.backend)
			.map(environment => readOne(services, environment)),
	);

const readOne = async (services: AppServices, environment: Environment): Promise<EnvironmentStatus> => {
	const target = environment.apps.backend;
	if (!target) throw new TypeError(`environment ${environment.name} has no backend`);
	const host = primaryHost(environment);
	const [answer, status] = await Promise.all([
		services.probe.get(target.health.url, {timeoutMs: 10_000}),
		askHost(services, environment),
	]);
	const isGood = 'status' in answer.outcome && answer.outcome.status === target.health.status;
	const health = {
		url: target.health.url,
		answer: describeAnswer(answer),
		durationMs: Math.round(answer.durationMs),
		isGood,
	};
	const common = {environment: environment.name, host: host.name, health};
	if (status instanceof DeployError) {
		const {code, why, next} = status;
		return {
			...common,
			reachable: false,
			problem: {code, why, next},
			services: [],
			bad: [why, ...badHealth(health)],
		};
	}
	const release = typeof status.live === 'object' ? status.live.release : undefined;
	const change = release === undefined ? undefined : lastChange(status.ledger, release);
	const lock = status.open?.holder;
	return {
		...common,
		reachable: true,
		backend: {
			live: release,
			isAdopted: status.live !== 'directory',
			commit: change?.data?.build?.commit || undefined,
			by: change?.actor?.name,
			since: change?.time,
		},
		services: status.services,
		disk: status.disk,
		...(lock
			? {lock: {run: lock.run, by: lock.name, machine: lock.machine, since: lock.since, running: lock.running}}
			: {}),
		bad: [
			...status.services.filter(({state}) => state !== 'active').map(({unit, state}) => `${unit} is ${state}`),
			...badHealth(health),
		],
	};
};

const badHealth = ({url, answer, isGood}: EnvironmentStatus['health']): string[] =>
	isGood ? [] : [`GET ${url}: ${answer}`];

const askHost = async ({sessions}: AppServices, environment: Environment): Promise<HostStatus | DeployError> => {
	const target = environment.apps.backend;
	const command = askStatus({
		stateDirectory: environment.stateDirectory,
		app: 'backend',
		live: target?.path ?? '',
		units: target?.services.map(({unit}) => unit) ?? [],
	});
	try {
		const {stdout} = await sessions
			.session(primaryHost(environment))
			.exec(renderCommand(command), {lane: 'poll', timeoutMs: 30_000});
		return parseHostStatus(stdout);
	} catch (error) {
		if (error instanceof DeployError) return error;
		throw error;
	}
};

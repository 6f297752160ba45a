import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {carriedOn} from '../../domain/host-clock.ts';
import type {LocalPort, SessionStatus} from '../../domain/ports.ts';
import type {AppServices} from '../app-services.ts';
import {backOffMs, isPassing, repeat} from '../repeat.ts';
import {keepHealth} from '../probes/keep-health.ts';
import {readLocal, type LocalReading} from '../runs/read-local.ts';
import {askHealth, askHost, isAsked, type HealthReading, type HostProblem, type HostReading} from './status.ts';

/** What the overview learns. `at` and `nextAt` are epoch milliseconds of this machine. */
export type OverviewEvent =
	| {readonly type: 'host.answered'; readonly environment: string; readonly at: number; readonly reading: HostReading}
	| {readonly type: 'host.silent'; readonly environment: string; readonly at: number; readonly problem: HostProblem}
	| {
			readonly type: 'health.answered';
			readonly environment: string;
			readonly at: number;
			readonly reading: HealthReading;
	  }
	/** Absent `nextAt`: not asked again by itself, since asking would change nothing or lock the login. */
	| {readonly type: 'poll.planned'; readonly environment: string; readonly nextAt: number | undefined}
	| {readonly type: 'link.changed'; readonly environment: string; readonly status: SessionStatus}
	| {readonly type: 'local.read'; readonly at: number; readonly reading: LocalReading};

/** Pause between two polls of a host that answers. */
export const pollMs = 5000;
/** Pause between two reads of this machine. */
export const localMs = 10_000;
const longestPauseMs = 60_000;
const execTimeoutMs = 15_000;

export type OverviewWatch = {
	/** Asks all again now; those being asked already are left alone. */
	readonly refresh: () => void;
	/** Ends all questions and resolves when none is under way. */
	readonly stop: () => Promise<void>;
};

type Emit = (event: OverviewEvent) => void;

/**
 * Asks every environment on its own clock until stopped: one exec and one HTTP GET per host and poll, and what this
 * machine has. Events come in the order things were learnt. Never throws; a bug is told as a silent host.
 */
export const watchOverview = (options: {
	readonly services: AppServices;
	readonly environments: readonly Environment[];
	/** Absent: nothing is said about this machine. */
	readonly local?: LocalPort;
	readonly emit: Emit;
}): OverviewWatch => {
	const {services, environments, local, emit} = options;
	const {clock} = services;
	const asked = environments.filter(isAsked);
	const unsubscribe = asked.map(environment => followLink(services, environment, emit));
	const polls = [
		...asked.map(environment => repeat(clock, pollOf(services, environment, emit))),
		...(local ? [repeat(clock, localOf(services, local, environments, emit))] : []),
	];
	return {
		refresh: () => {
			for (const {wake} of polls) wake();
		},
		stop: async () => {
			for (const off of unsubscribe) off();
			await Promise.all(polls.map(({stop}) => stop()));
		},
	};
};

const followLink = ({sessions}: AppServices, environment: Environment, emit: Emit): (() => void) => {
	const session = sessions.session(primaryHost(environment));
	const tell = (status: SessionStatus): void => emit({type: 'link.changed', environment: environment.name, status});
	tell(session.status);
	return session.subscribe(tell);
};

/** One poll; answers with the pause before the next. */
const pollOf = (
	services: AppServices,
	environment: Environment,
	emit: Emit,
): ((signal: AbortSignal) => Promise<number | undefined>) => {
	const {clock} = services;
	const {name} = environment;
	let failures = 0;
	let last: HostReading | undefined;
	let read: {readonly time: number | undefined; readonly readAt: number | undefined} = {
		time: undefined,
		readAt: undefined,
	};
	const host = async (signal: AbortSignal): Promise<HostProblem | undefined> => {
		const answer = await askHost(services, environment, {timeoutMs: execTimeoutMs, signal, last}).catch(problemOf);
		if (signal.aborted) return undefined;
		if ('code' in answer) {
			emit({type: 'host.silent', environment: name, at: clock.now(), problem: answer});
			return answer;
		}
		last = answer;
		read = {time: answer.time, readAt: clock.now()};
		emit({type: 'host.answered', environment: name, at: clock.now(), reading: answer});
		return undefined;
	};
	const health = async (signal: AbortSignal): Promise<void> => {
		const reading = await askHealth(services, environment, signal);
		if (signal.aborted) return;
		emit({type: 'health.answered', environment: name, at: clock.now(), reading});
		// What is asked anyway is what a watch compares with.
		const at = carriedOn(read, clock.now());
		if (at !== undefined) keepHealth(services, environment, {app: 'backend', at, ...reading});
	};
	return async signal => {
		const [problem] = await Promise.all([host(signal), health(signal)]);
		failures = problem ? failures + 1 : 0;
		const mayPass = !problem || problem.code === 'bug' || isPassing(problem.code);
		const ms = mayPass ? backOffMs(failures, {ms: pollMs, longestMs: longestPauseMs}) : undefined;
		if (!signal.aborted)
			emit({type: 'poll.planned', environment: name, nextAt: ms === undefined ? undefined : clock.now() + ms});
		return ms;
	};
};

const problemOf = (error: unknown): HostProblem => ({
	code: 'bug',
	why: error instanceof Error ? error.message : String(error),
	next: 'This is a fault of the cockpit; its log has the details.',
});

const localOf =
	(services: AppServices, local: LocalPort, environments: readonly Environment[], emit: Emit) =>
	async (): Promise<number> => {
		const reading = await readLocal(services, local, environments).catch(() => undefined);
		if (reading) emit({type: 'local.read', at: services.clock.now(), reading});
		return localMs;
	};

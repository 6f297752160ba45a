import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {hasCode} from '../../domain/errors.ts';
import type {LocalPort, SessionStatus} from '../../domain/ports.ts';
import type {AppServices} from '../app-services.ts';
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

/** Codes that may go away by themselves. Any other needs a person, and a refused login counts against the account. */
const passing = new Set(['unreachable', 'link-lost', 'timeout', 'remote-signal', 'bug']);

/** Pause after `failures` polls in a row without an answer: 5 s, doubled up to 60 s. */
export const pauseMs = (failures: number): number => Math.min(pollMs * 2 ** Math.max(0, failures - 1), longestPauseMs);

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
	const ending = new AbortController();
	const naps = new Set<AbortController>();

	/** Waits, or less when somebody asks for news; for ever when there is no `ms`. */
	const nap = async (ms: number | undefined): Promise<void> => {
		const wake = new AbortController();
		naps.add(wake);
		const signal = AbortSignal.any([wake.signal, ending.signal]);
		try {
			await (ms === undefined ? untilAborted(signal) : services.clock.wait(ms, signal));
		} catch (error) {
			if (!hasCode(error, 'cancelled')) throw error;
		} finally {
			naps.delete(wake);
		}
	};
	const again = async (look: () => Promise<number | undefined>): Promise<void> => {
		while (!ending.signal.aborted) {
			const ms = await look();
			if (!ending.signal.aborted) await nap(ms);
		}
	};

	const asked = environments.filter(isAsked);
	const unsubscribe = asked.map(environment => followLink(services, environment, emit));
	const loops = [
		...asked.map(environment => again(pollOf(services, environment, {emit, signal: ending.signal}))),
		...(local ? [again(localOf(services, local, environments, emit))] : []),
	];
	return {
		refresh: () => {
			for (const wake of naps) wake.abort();
		},
		stop: async () => {
			ending.abort();
			for (const off of unsubscribe) off();
			await Promise.all(loops);
		},
	};
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
	new Promise(resolve => {
		if (signal.aborted) resolve();
		else signal.addEventListener('abort', () => resolve(), {once: true});
	});

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
	{emit, signal}: {readonly emit: Emit; readonly signal: AbortSignal},
): (() => Promise<number | undefined>) => {
	const {clock} = services;
	const {name} = environment;
	let failures = 0;
	let last: HostReading | undefined;
	const host = async (): Promise<HostProblem | undefined> => {
		const answer = await askHost(services, environment, {timeoutMs: execTimeoutMs, signal, last}).catch(problemOf);
		if (signal.aborted) return undefined;
		if ('code' in answer) {
			emit({type: 'host.silent', environment: name, at: clock.now(), problem: answer});
			return answer;
		}
		last = answer;
		emit({type: 'host.answered', environment: name, at: clock.now(), reading: answer});
		return undefined;
	};
	const health = async (): Promise<void> => {
		const reading = await askHealth(services, environment, signal);
		if (!signal.aborted) emit({type: 'health.answered', environment: name, at: clock.now(), reading});
	};
	return async () => {
		const [problem] = await Promise.all([host(), health()]);
		failures = problem ? failures + 1 : 0;
		const ms = problem && !passing.has(problem.code) ? undefined : pauseMs(failures);
		if (!signal.aborted) {
			emit({type: 'poll.planned', environment: name, nextAt: ms === undefined ? undefined : clock.now() + ms});
		}
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

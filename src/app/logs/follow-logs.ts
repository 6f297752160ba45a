import {understand} from '../../commands/answers.ts';
import {readLogs} from '../../commands/logs/read-logs.ts';
import {renderCommand} from '../../commands/shell.ts';
import {primaryHost, type Environment, type Host} from '../../domain/environments/environment.ts';
import {DeployError, failure, hasCode} from '../../domain/errors.ts';
import type {LogSource} from '../../domain/logs/log.ts';
import {mergeEntries} from '../../domain/logs/merge.ts';
import type {AppServices} from '../app-services.ts';
import {backOffMs, isPassing} from '../repeat.ts';
import {createHostLogs, sourcesOf, type HostEntry, type HostLogs, type LogState, type Swaps} from './host-logs.ts';
import {createNewKinds, type FollowedEntry, type NewKinds} from './new-kinds.ts';
import {placePm2Logs} from './place-pm2-logs.ts';

export type LogsOptions = {
	readonly environment: Environment;
	/** Those of `logSources` that are wanted. */
	readonly sources: readonly LogSource[];
	/** As `lastSwaps` has them; absent: nothing is known to be new. */
	readonly swaps?: Swaps;
	/** Bytes of each log, from its end, at the first look; default 128 KiB. */
	readonly firstBytes?: number;
	readonly signal?: AbortSignal | undefined;
};

type Services = Pick<AppServices, 'sessions' | 'clock' | 'samples'>;

/** How long a host waits for new bytes before it answers that there are none: following costs no polls. */
const waitSeconds = 20;
const retry = {ms: 1000, longestMs: 30_000};

/** Clocks that differ by less are as good as one: they are told in whole seconds. */
const sameClockMs = 2000;

/** Hosts have clocks of their own; entries are told by that of the primary. */
const createClocks = (environment: Environment, clock: AppServices['clock']) => {
	/** By how much each is ahead of this machine. */
	const ahead = new Map<string, number>();
	return {
		/** Epoch milliseconds now by the primary; undefined as long as it has not answered. */
		now: (): number | undefined => {
			const by = ahead.get(primaryHost(environment).name);
			return by === undefined ? undefined : clock.now() + by;
		},
		note: ({name}: Host, time: number): void => {
			ahead.set(name, time - clock.now());
		},
		/** By how much the primary is ahead of a host; 0 where that is not known or makes no difference. */
		byPrimary: ({name}: Host): number => {
			const by = (ahead.get(primaryHost(environment).name) ?? NaN) - (ahead.get(name) ?? NaN);
			return Math.abs(by) > sameClockMs ? by : 0;
		},
	};
};

type Reading = {
	readonly host: Host;
	/** What the host has, once PM2 has said where its own are; asked again as long as it could not be. */
	readonly logs: (signal: AbortSignal | undefined) => Promise<HostLogs>;
	readonly swapped: (swaps: Swaps) => void;
	/** What was held back, where anything was read. */
	readonly finish: () => readonly HostEntry[];
	readonly sources: readonly LogSource[];
	readonly kinds: NewKinds;
	readonly clocks: ReturnType<typeof createClocks>;
};

const readingsOf = (services: Services, options: LogsOptions): readonly Reading[] => {
	const {environment, sources, swaps = {}, firstBytes = 128 * 1024} = options;
	const clocks = createClocks(environment, services.clock);
	const kinds = createNewKinds(services, environment, sources);
	return environment.hosts.flatMap(host => {
		const mine = sourcesOf(sources, host);
		let found: HostLogs | undefined;
		let current = swaps;
		const logs = async (signal: AbortSignal | undefined): Promise<HostLogs> => {
			const placed = found ? mine : await placePm2Logs(services, environment, {host, sources: mine, signal});
			return (found ??= createHostLogs({environment, sources: placed, swaps: current, firstBytes}));
		};
		const swapped = (others: Swaps): void => {
			current = others;
			found?.swapped(others);
		};
		const finish = () => found?.finish() ?? [];
		return mine.length === 0 ? [] : [{host, logs, swapped, finish, sources: mine, kinds, clocks}];
	});
};

/** A standard input that stays open as long as somebody waits for the answer: by its end the host sees that nobody does. */
const heldOpen = () => {
	const {promise, resolve} = Promise.withResolvers<void>();
	// oxlint-disable-next-line require-yield -- nothing is sent
	const input = (async function* (): AsyncGenerator<Uint8Array> {
		await promise;
	})();
	return {input, release: resolve};
};

/** Throws DeployError `cancelled` once nobody looks any more. */
const refuseAborted = (signal: AbortSignal | undefined): void => {
	if (signal?.aborted)
		throw failure('cancelled')({
			what: 'Reading logs was cancelled',
			why: 'nobody looks any more',
			now: 'Nothing was changed.',
			next: '',
		});
};

/** One look at the logs of a host. Throws DeployError as `Session.exec`, `step-failed` and `answer-unreadable`. */
const look = async (
	{sessions}: Services,
	{host, logs: find, kinds, clocks}: Reading,
	wait: number,
	signal: AbortSignal | undefined,
) => {
	const logs = await find(signal);
	refuseAborted(signal);
	const {input, release} = heldOpen();
	const answer = await sessions
		.session(host)
		.exec(renderCommand(readLogs(logs.requests(), wait)), {
			lane: 'poll',
			timeoutMs: (wait + 30) * 1000,
			signal,
			maxOutputBytes: 64 * 1024 * 1024,
			...(wait === 0 ? {} : {input}),
		})
		.finally(release);
	const {stderr, code} = answer;
	// What nobody takes any more is read again by whoever follows next.
	refuseAborted(signal);
	if (code !== 0)
		throw new DeployError({
			code: 'step-failed',
			what: `Logs of ${host.name} can't be read`,
			why: stderr.trim() || `the program that reads them exited with ${code}`,
			now: 'Nothing was changed.',
			next: 'Look on the host.',
		});
	const {entries, states: said, hasMore, time} = understand(host.name, answer, logs.take);
	clocks.note(host, time);
	const by = clocks.byPrimary(host);
	const states = said.map(state => (state.swapAt === undefined ? state : {...state, swapAt: state.swapAt + by}));
	kinds.place(states);
	const told = entries.map(({entry, isSinceSwap}) => ({entry: {...entry, at: entry.at + by}, isSinceSwap}));
	return {entries: kinds.mark(told), states, hasMore};
};

const silent = ({sources}: Reading, error: unknown, askedAt: number): readonly LogState[] => {
	if (!(error instanceof DeployError)) throw error;
	return sources.map(({id}) => ({
		source: id,
		state: 'silent',
		why: error.why,
		askedAt,
		skippedBytes: 0,
		knowsSwap: false,
	}));
};

type FollowOptions = {
	readonly signal: AbortSignal;
	/** `now`: epoch milliseconds by the primary host, as far as it is known. */
	readonly onEntries: (entries: readonly FollowedEntry[], now: number | undefined) => void;
	readonly onState: (states: readonly LogState[]) => void;
};

/** Logs of an environment that are followed, with pauses: nothing is told twice, and nothing is left out. */
export type LogFollower = {
	/**
	 * Follows logs on all hosts until the signal aborts: first the end of each, then what comes, in the order of time as far
	 * as it is known; the next time it goes on where this one ended. A host that goes silent is asked again and again, and
	 * read on where it was left; one that refuses the login is not asked again. `onState`: of the logs of one host, whenever
	 * something is new about them. One follows at a time.
	 */
	readonly follow: (options: FollowOptions) => Promise<void>;
	/** Goes by other swaps when it follows on. */
	readonly swapped: (swaps: Swaps) => void;
};

export const createLogFollower = (services: Services, options: LogsOptions): LogFollower => {
	const readings = readingsOf(services, options);
	const followOne = async (reading: Reading, {signal, onEntries, onState}: FollowOptions): Promise<void> => {
		let wait = 0;
		let failures = 0;
		while (!signal.aborted) {
			const askedAt = services.clock.now();
			try {
				const {entries, states, hasMore} = await look(services, reading, wait, signal);
				failures = 0;
				wait = hasMore ? 0 : waitSeconds;
				onState(states);
				if (entries.length > 0) onEntries(mergeEntries([], entries), reading.clocks.now());
			} catch (error) {
				if (signal.aborted) return;
				onState(silent(reading, error, askedAt));
				if (!hasCode(error, 'step-failed') && !(error instanceof DeployError && isPassing(error.code))) return;
				failures += 1;
				await services.clock.wait(backOffMs(failures, retry), signal).catch(() => undefined);
			}
		}
	};
	return {
		follow: async told => {
			await Promise.all(readings.map(reading => followOne(reading, told)));
		},
		swapped: swaps => {
			for (const reading of readings) reading.swapped(swaps);
		},
	};
};

/** Follows logs once, until the signal aborts. */
export const followLogs = (services: Services, options: LogsOptions & FollowOptions): Promise<void> =>
	createLogFollower(services, options).follow(options);

/** The end of logs on all hosts, in the order of time; a host that does not answer is told as silent. */
export const tailOf = async (
	services: Services,
	options: LogsOptions,
): Promise<{
	readonly entries: readonly FollowedEntry[];
	readonly states: readonly LogState[];
	/** Epoch milliseconds by the primary host; undefined when it did not answer. */
	readonly now: number | undefined;
}> => {
	const readings = readingsOf(services, options);
	const answers = await Promise.all(
		readings.map(async reading => {
			const askedAt = services.clock.now();
			try {
				const {entries, states} = await look(services, reading, 0, options.signal);
				const rest = reading.kinds.mark(reading.finish());
				return {entries: [...entries, ...rest], states};
			} catch (error) {
				if (hasCode(error, 'cancelled')) throw error;
				return {entries: [], states: silent(reading, error, askedAt)};
			}
		}),
	);
	return {
		entries: mergeEntries(
			[],
			answers.flatMap(({entries}) => entries),
		),
		states: answers.flatMap(({states}) => states),
		now: readings[0]?.clocks.now(),
	};
};

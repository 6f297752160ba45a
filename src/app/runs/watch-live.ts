import type {AppServices} from '../app-services.ts';
import {isGoodAnswer, type HealthPolicy} from '../../domain/health.ts';
import type {ProbeAnswer} from '../../domain/ports.ts';
import type {LiveAnswer} from '../../domain/releases/live-health.ts';

const everyMs = 1000;
/** While live changes a second would hide what is to be measured. */
const closelyMs = 20;
/** Slow apps are not asked more often than they can answer. */
const mostAtOnce = 4;
/** How long it is looked at closely once nothing has gone wrong any more. */
const calmMs = 1000;
/** An outage that lasts, while nobody changes anything, is not made worse by asking. */
const longMs = 30_000;
const longEveryMs = 250;
/** A request without an answer for so long, or for four times what is usual, hangs. */
const hangsMs = 300;
/** Connections that may hang at a time. */
const mostHanging = 50;
/** Requests that a limiter leaves are for users, and for the health check. */
const limitedEveryMs = 5000;
const tooMany = 429;

/** A limiter that counts, and whether half of what it allows is gone already. */
const isLimited = ({outcome, headers = {}}: ProbeAnswer): boolean => {
	const [limit, left] = ['x-ratelimit-limit', 'x-ratelimit-remaining'].map(name =>
		Number(headers[name] ?? Number.NaN),
	);
	return ('status' in outcome && outcome.status === tooMany) || (left ?? 0) * 2 < (limit ?? 0);
};

export type LiveWatch = {
	/** Asks until the signal aborts. Never throws. */
	readonly start: (signal: AbortSignal) => Promise<void>;
	/** Asks at once, and closely from now on, whatever it waits for. */
	readonly wake: () => void;
};

/**
 * Asks the app as a user would: about once a second, and every 20 ms while live changes and until all has been well for a
 * while. A request that hangs keeps none of the others waiting, and each is a connection of its own, as a new visitor's.
 * `isChanging`: whether live changes now. `isMaintenance`: whether a run keeps visitors out meanwhile.
 */
export const createLiveWatch = (
	{probe, clock}: Pick<AppServices, 'probe' | 'clock'>,
	policy: Pick<HealthPolicy, 'url' | 'status' | 'timeoutMs'>,
	options: {
		readonly isChanging: () => boolean;
		readonly onAnswer: (answer: LiveAnswer, outcome: ProbeAnswer['outcome']) => void;
	},
): LiveWatch => {
	const {isChanging, onAnswer} = options;
	const {url, timeoutMs} = policy;
	/** When each request was sent that has no answer yet. */
	const waiting = new Map<Promise<void>, number>();
	let closeUntil = 0;
	let failingSince: number | undefined;
	let limited = false;
	let usualMs = 0;
	let waking = new AbortController();

	const wake = (): void => {
		closeUntil = clock.now() + calmMs;
		waking.abort();
	};

	const hear = (at: number, answer: ProbeAnswer): void => {
		const {durationMs, outcome} = answer;
		limited = isLimited(answer);
		// Says nothing of the app: users have a limiter each.
		if ('status' in outcome && outcome.status === tooMany) return;
		const isGood = isGoodAnswer(policy, outcome);
		if (isGood) {
			usualMs = durationMs;
			failingSince = undefined;
		} else {
			failingSince ??= at;
			// Of a second's pause only: each answer of an outage must not bring the next request.
			if (clock.now() >= closeUntil) wake();
			closeUntil = clock.now() + calmMs;
		}
		onAnswer({at, durationMs, isGood, text: 'status' in outcome ? String(outcome.status) : outcome.error}, outcome);
	};

	const ask = (signal: AbortSignal): void => {
		const at = clock.now();
		const asking = probe
			.get(url, {timeoutMs, signal})
			.then(answer => {
				if (!signal.aborted) hear(at, answer);
			})
			.finally(() => waiting.delete(asking));
		waiting.set(asking, at);
	};

	const pauseMs = (): number => {
		const now = clock.now();
		if (limited) return limitedEveryMs;
		if (isChanging()) closeUntil = now + calmMs;
		if (now >= closeUntil) return everyMs;
		if (!isChanging() && failingSince !== undefined && now - failingSince > longMs) return longEveryMs;
		const [oldest = now] = waiting.values();
		const ageMs = now - oldest;
		const hangs = ageMs > Math.max(hangsMs, mostAtOnce * usualMs);
		// What may still hang at a time is spread over the time until the first of them is given up.
		const spreadMs = hangs ? (timeoutMs - ageMs) / Math.max(1, mostHanging - waiting.size) : 0;
		return Math.max(closelyMs, usualMs / mostAtOnce, spreadMs);
	};

	return {
		wake,
		start: async signal => {
			while (!signal.aborted) {
				waking = new AbortController();
				if (waiting.size < mostHanging) ask(signal);
				await clock.wait(pauseMs(), AbortSignal.any([signal, waking.signal])).catch(() => undefined);
			}
			await Promise.all(waiting.keys());
		},
	};
};

import {hasCode} from '../domain/errors.ts';
import type {Clock} from '../domain/ports.ts';

/** Something that is looked at again and again. */
export type Repeat = {
	/** Cuts the pause short; a look under way is left alone. */
	readonly wake: () => void;
	/** Ends it, and resolves as `ended` does. */
	readonly stop: () => Promise<void>;
	/** Resolves once it was stopped and no look is under way. Rejects with what a look has thrown, which ends it too. */
	readonly ended: Promise<void>;
};

/**
 * Looks now, and again after the pause (milliseconds) each look answers with, until it is stopped; after `undefined`
 * only when it is woken. The signal ends with it.
 */
export const repeat = (clock: Clock, look: (signal: AbortSignal) => Promise<number | undefined>): Repeat => {
	const ending = new AbortController();
	const {signal} = ending;
	let pause = new AbortController();
	const goOn = async (): Promise<void> => {
		while (!signal.aborted) {
			const ms = await look(signal);
			if (signal.aborted) return;
			pause = new AbortController();
			await nap(clock, ms, AbortSignal.any([signal, pause.signal]));
		}
	};
	const ended = goOn();
	return {
		wake: () => pause.abort(),
		stop: () => {
			ending.abort();
			return ended;
		},
		ended,
	};
};

/** Waits until the time has passed or the signal aborts; for the signal alone when there is no `ms`. */
const nap = async (clock: Clock, ms: number | undefined, signal: AbortSignal): Promise<void> => {
	try {
		await (ms === undefined ? untilAborted(signal) : clock.wait(ms, signal));
	} catch (error) {
		if (!hasCode(error, 'cancelled')) throw error;
	}
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
	new Promise(resolve => {
		if (signal.aborted) resolve();
		else signal.addEventListener('abort', () => resolve(), {once: true});
	});

/** Pause after so many looks in a row without an answer: doubled each time, up to the longest. */
export const backOffMs = (
	failures: number,
	{ms, longestMs}: {readonly ms: number; readonly longestMs: number},
): number => Math.min(ms * 2 ** Math.max(0, failures - 1), longestMs);

/** Codes that may go away by themselves. Any other needs a person, and a refused login counts against the account. */
const passing: ReadonlySet<string> = new Set(['unreachable', 'link-lost', 'timeout', 'remote-signal']);

export const isPassing = (code: string): boolean => passing.has(code);

import {DeployError} from '../../../src/domain/errors.ts';
import type {Clock} from '../../../src/domain/ports.ts';
import {until} from '../../support/wait.ts';

/** A clock that stands still until the test moves it, and knows when everybody who goes by it waits again. */
export const createDrivenClock = (start: number) => {
	let now = start;
	const waits = new Set<{readonly at: number; readonly end: () => void}>();
	const clock: Clock = {
		now: () => now,
		wait: (ms, signal) =>
			new Promise((resolve, reject) => {
				const cancel = (): void => {
					waits.delete(wait);
					reject(new DeployError({code: 'cancelled', what: '', why: '', now: '', next: ''}));
				};
				const wait = {
					at: now + ms,
					end: () => {
						signal?.removeEventListener('abort', cancel);
						resolve();
					},
				};
				if (signal?.aborted) return cancel();
				signal?.addEventListener('abort', cancel, {once: true});
				waits.add(wait);
			}),
	};
	return {
		clock,
		/** Resolves once so many are waiting. */
		idle: (count: number): Promise<boolean> =>
			until(`${count} to wait`, () => waits.size === count, {within: 60_000, show: () => `${waits.size} wait`}),
		/** Moves it, and lets go on whoever waited for that. `onMove`: told before anybody goes on. */
		advance: async (ms: number, onMove: (now: number) => void | Promise<void>): Promise<void> => {
			now += ms;
			await onMove(now);
			for (const wait of waits) {
				if (wait.at > now) continue;
				waits.delete(wait);
				wait.end();
			}
		},
	};
};

import type {ExecOptions} from '../../domain/ports.ts';

type Lane = ExecOptions['lane'];

type Waiting = {readonly lane: Lane; readonly start: () => void};

export type Lanes = {
	/** Resolves with the function that gives the channel back. Rejects with the signal's reason. */
	acquire(lane: Lane, signal: AbortSignal): Promise<() => void>;
	/** Resolves when some channel is given back. */
	freed(): Promise<void>;
	readonly active: number;
};

/**
 * Shares the channels of one connection. sshd opens 10 (MaxSessions); 8 leaves room for its slower bookkeeping.
 * Polls may hold at most half of them, and runs are served first: a run never waits behind a poll.
 */
export const createLanes = (limit = 8, pollLimit = 4): Lanes => {
	const active = {run: 0, poll: 0};
	let waiting: Waiting[] = [];
	let watchers: Array<() => void> = [];

	const hasRoom = (lane: Lane): boolean =>
		active.run + active.poll < limit && (lane === 'run' || active.poll < pollLimit);

	const next = (): Waiting | undefined =>
		[...waiting.filter(({lane}) => lane === 'run'), ...waiting].find(({lane}) => hasRoom(lane));

	const serve = (): void => {
		for (let job = next(); job; job = next()) {
			const served = job;
			waiting = waiting.filter(other => other !== served);
			active[served.lane] += 1;
			served.start();
		}
	};

	const giveBack = (lane: Lane): (() => void) => {
		let isDone = false;
		return () => {
			if (isDone) return;
			isDone = true;
			active[lane] -= 1;
			const woken = watchers;
			watchers = [];
			for (const wake of woken) wake();
			serve();
		};
	};

	return {
		get active() {
			return active.run + active.poll;
		},
		freed: () => new Promise(resolve => watchers.push(resolve)),
		acquire: (lane, signal) =>
			new Promise((resolve, reject) => {
				signal.throwIfAborted();
				const job: Waiting = {
					lane,
					start: () => {
						signal.removeEventListener('abort', leave);
						resolve(giveBack(lane));
					},
				};
				const leave = (): void => {
					waiting = waiting.filter(other => other !== job);
					reject(signal.reason);
				};
				signal.addEventListener('abort', leave, {once: true});
				waiting.push(job);
				serve();
			}),
	};
};

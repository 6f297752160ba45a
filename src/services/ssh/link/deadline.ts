export type Deadline = {
	/** Stops the clock while a person is asked. */
	whilePaused<T>(work: () => Promise<T>): Promise<T>;
	stop(): void;
};

/** Calls `onExpire` once `ms` have passed, pauses not counted. */
export const createDeadline = (ms: number, onExpire: () => void): Deadline => {
	let leftMs = ms;
	let startedAt = performance.now();
	let timer = setTimeout(onExpire, ms);
	return {
		whilePaused: async work => {
			clearTimeout(timer);
			leftMs -= performance.now() - startedAt;
			try {
				return await work();
			} finally {
				startedAt = performance.now();
				timer = setTimeout(onExpire, Math.max(leftMs, 1));
			}
		},
		stop: () => clearTimeout(timer),
	};
};

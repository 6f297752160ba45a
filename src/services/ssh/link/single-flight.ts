/** Many callers, one piece of work. It is aborted when the last caller has left. */
export type SingleFlight<T> = (signal: AbortSignal | undefined, whenAborted: () => Error) => Promise<T>;

type Flight<T> = {readonly promise: Promise<T>; readonly controller: AbortController; callers: number};

/** Joins the work under way, or starts it. A caller whose signal aborts leaves with `whenAborted()`. */
export const createSingleFlight = <T>(work: (signal: AbortSignal) => Promise<T>): SingleFlight<T> => {
	let flight: Flight<T> | undefined;

	const start = (): Flight<T> => {
		const controller = new AbortController();
		const started: Flight<T> = {promise: work(controller.signal), controller, callers: 0};
		const land = (): void => {
			if (flight === started) flight = undefined;
		};
		started.promise.then(land, land);
		return started;
	};

	return async (signal, whenAborted) => {
		if (signal?.aborted) throw whenAborted();
		const mine = (flight ??= start());
		mine.callers += 1;
		return new Promise<T>((resolve, reject) => {
			const leave = (): void => {
				signal?.removeEventListener('abort', onAbort);
				mine.callers -= 1;
			};
			const onAbort = (): void => {
				leave();
				if (mine.callers === 0) {
					if (flight === mine) flight = undefined;
					mine.controller.abort(whenAborted());
				}
				reject(whenAborted());
			};
			signal?.addEventListener('abort', onAbort, {once: true});
			mine.promise.then(
				value => (leave(), resolve(value)),
				(error: unknown) => (leave(), reject(error)),
			);
		});
	};
};

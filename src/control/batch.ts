import type {Clock} from '../domain/ports.ts';

export type Batch<Item> = {
	readonly push: (item: Item) => void;
	/** Applies what is left now. */
	readonly flush: () => void;
};

/**
 * Hands items over in batches, at most one each `everyMs`; the first after a pause at once, so that nothing quiet is
 * slow. `apply` may fail: a screen that can't draw must not touch the run behind it.
 */
export const createBatch = <Item>(options: {
	readonly clock: Clock;
	readonly everyMs: number;
	readonly apply: (items: readonly Item[]) => void;
	readonly onFault: (error: unknown) => void;
	/** Nothing is applied any more once it aborts. */
	readonly signal?: AbortSignal;
}): Batch<Item> => {
	const {clock, everyMs, apply, onFault, signal} = options;
	let items: Item[] = [];
	let lastAt = Number.NEGATIVE_INFINITY;
	let isWaiting = false;

	const flush = (): void => {
		if (items.length === 0 || signal?.aborted) return;
		const due = items;
		items = [];
		lastAt = clock.now();
		try {
			apply(due);
		} catch (error) {
			onFault(error);
		}
	};
	const later = async (ms: number): Promise<void> => {
		isWaiting = true;
		await clock.wait(ms, signal).catch(() => undefined);
		isWaiting = false;
		flush();
	};

	return {
		push: item => {
			items.push(item);
			if (isWaiting) return;
			const sinceMs = clock.now() - lastAt;
			if (sinceMs >= everyMs) flush();
			else void later(everyMs - sinceMs);
		},
		flush,
	};
};

/** Answers closer together than this come from a key held down, or are meant for the item before. */
export const leastLookMs = 700;

/** Remembers what was answered at this cockpit. */
export type AnsweredHere = ReturnType<typeof createAnsweredHere>;

export const createAnsweredHere = () => {
	const items: string[] = [];
	let lastAt = Number.NEGATIVE_INFINITY;
	return {
		/** Whether an answer comes too soon behind the last one; a key that is held down goes on coming too soon. */
		comesTooSoon: (now: number): boolean => {
			const isTooSoon = now - lastAt < leastLookMs;
			if (isTooSoon) lastAt = now;
			return isTooSoon;
		},
		add: (item: string, now: number): void => {
			items.push(item);
			lastAt = now;
		},
		remove: (item: string): void => {
			const at = items.lastIndexOf(item);
			if (at >= 0) items.splice(at, 1);
		},
		/** The last item that was answered, but for this one. */
		lastBefore: (item: string): string | undefined => items.findLast(one => one !== item),
	};
};

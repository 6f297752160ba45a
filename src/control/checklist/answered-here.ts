/** Answers closer together than this come from a key held down, or are meant for the item before. */
export const leastLookMs = 700;

/** Remembers what was answered at this cockpit. */
export type AnsweredHere = {
	/** Whether an answer comes too soon behind the last one; a key that is held down goes on coming too soon. */
	readonly comesTooSoon: (now: number) => boolean;
	readonly add: (item: string, now: number) => void;
	readonly remove: (item: string) => void;
	/** The last item that was answered, but for this one. */
	readonly lastBefore: (item: string) => string | undefined;
};

export const createAnsweredHere = (): AnsweredHere => {
	const items: string[] = [];
	let lastAt = Number.NEGATIVE_INFINITY;
	return {
		comesTooSoon: now => {
			const isTooSoon = now - lastAt < leastLookMs;
			if (isTooSoon) lastAt = now;
			return isTooSoon;
		},
		add: (item, now) => {
			items.push(item);
			lastAt = now;
		},
		remove: item => {
			const at = items.lastIndexOf(item);
			if (at >= 0) items.splice(at, 1);
		},
		lastBefore: item => items.findLast(one => one !== item),
	};
};

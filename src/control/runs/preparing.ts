/** What is found out before a run: nothing of it is on a host yet, so ending it ends everything. */
export type Preparing = {
	readonly isUnderWay: () => boolean;
	/** Answers with whether there was anything to cancel. */
	readonly cancel: () => boolean;
	/**
	 * Asks for what a run needs, and goes on with it at once, so that nothing else begins in between; with undefined
	 * where it was cancelled meanwhile.
	 */
	readonly ask: <Found>(
		question: () => Promise<Found>,
		goOn: (found: Found | undefined) => Promise<void>,
	) => Promise<void>;
};

export const createPreparing = (): Preparing => {
	let current: {isCancelled: boolean} | undefined;
	return {
		isUnderWay: () => current !== undefined,
		cancel: () => {
			if (current) current.isCancelled = true;
			return current !== undefined;
		},
		ask: async (question, goOn) => {
			const mine = {isCancelled: false};
			current = mine;
			let found;
			try {
				found = await question();
			} finally {
				current = undefined;
			}
			await goOn(mine.isCancelled ? undefined : found);
		},
	};
};

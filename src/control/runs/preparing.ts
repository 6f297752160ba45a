/** What is found out before a run: nothing of it is on a host yet, so ending it ends everything. */
export type Preparing = ReturnType<typeof createPreparing>;

export const createPreparing = () => {
	let current: {isCancelled: boolean} | undefined;
	return {
		isUnderWay: (): boolean => current !== undefined,
		/** Answers with whether there was anything to cancel. */
		cancel: (): boolean => {
			if (current) current.isCancelled = true;
			return current !== undefined;
		},
		/**
		 * Asks for what a run needs, and goes on with it at once, so that nothing else begins in between; with undefined
		 * where it was cancelled meanwhile.
		 */
		ask: async <Found>(
			question: () => Promise<Found>,
			goOn: (found: Found | undefined) => Promise<void>,
		): Promise<void> => {
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

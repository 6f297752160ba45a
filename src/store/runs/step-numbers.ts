type Counted = {readonly id: string; readonly isClosing?: true};

/** The steps people count; closing checks stand behind them without a number. */
export const numberedSteps = <Step extends Counted>(steps: readonly Step[]): readonly Step[] =>
	steps.filter(({isClosing}) => isClosing === undefined);

/** Number of a step as people count it, from 1; undefined for a closing check. */
export const numberOf = (steps: readonly Counted[], id: string): number | undefined => {
	const index = numberedSteps(steps).findIndex(step => step.id === id);
	return index < 0 ? undefined : index + 1;
};

/** `step 3 of 9`; `after step 9` for a closing check. */
export const stepPosition = (steps: readonly Counted[], id: string): string => {
	const count = numberedSteps(steps).length;
	const number = numberOf(steps, id);
	return number === undefined ? `after step ${count}` : `step ${number} of ${count}`;
};

import type {Step} from '../domain/runs/pipeline.ts';

/**
 * Does every step as soon as the steps it names are done; a step may wait for one that people read further down: the list is
 * in the order of the runbook. What waits for a step that failed fails with it. Resolves when nothing is under way any
 * more, with how each ended.
 */
export const inOrder = async (
	steps: readonly Step[],
	runStep: (step: Step) => Promise<void>,
): Promise<readonly PromiseSettledResult<void>[]> => {
	const ends = new Map(steps.map(({id}) => [id, Promise.withResolvers<void>()]));
	const running = steps.map(async step => {
		const end = ends.get(step.id);
		try {
			await Promise.all(step.after.map(id => ends.get(id)?.promise ?? Promise.reject(unknownStep(step, id))));
			await runStep(step);
			end?.resolve();
		} catch (error) {
			// Nobody may wait for this step.
			end?.promise.catch(() => undefined);
			end?.reject(error);
			throw error;
		}
	});
	return Promise.allSettled(running);
};

const unknownStep = ({id}: Step, after: string): TypeError =>
	new TypeError(`step ${id} waits for ${after}, which is not in the pipeline`);

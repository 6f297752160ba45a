import type {Pipeline, Step} from '../../domain/runs/pipeline.ts';

/** Ids of the jobs that can only begin after the `index`-th action of `step` is done. */
export const jobsBehind = ({steps}: Pipeline, step: Step, index: number): readonly string[] => {
	const behind = new Set([step.id]);
	// Steps stand in the order people read them; one may wait for another that stands below it.
	for (let size = 0; size < behind.size;) {
		size = behind.size;
		for (const {id, after} of steps) if (after.some(before => behind.has(before))) behind.add(id);
	}
	return [
		...step.actions.slice(index + 1),
		...steps.flatMap(({id, actions}) => (id !== step.id && behind.has(id) ? actions : [])),
	].flatMap(({kind, id}) => (kind === 'job' ? [id] : []));
};

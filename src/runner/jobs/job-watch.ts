import type {JobAction} from '../../domain/runs/pipeline.ts';

/** A job under way that several steps look at. */
export type JobWatch = ReturnType<typeof watchJob>;

/** Index of the first command behind those told as `step`; Infinity when they are the job's last. */
const endOf = ({spans = []}: JobAction, own: string, step: string): number => {
	const all = [{from: 0, step: own}, ...spans];
	const at = all.findLastIndex(span => span.step === step);
	return all[at + 1]?.from ?? Number.POSITIVE_INFINITY;
};

/** Follows a job for the steps it is told as. `start` runs it and tells of each command that begins. */
export const watchJob = (
	action: JobAction,
	own: string,
	start: (onCommand: (index: number) => void) => Promise<string>,
) => {
	let current = -1;
	let waiting: {readonly index: number; readonly resolve: (log: string) => void}[] = [];
	const finished = start(index => {
		current = index;
		for (const {index: wanted, resolve} of waiting) if (current >= wanted) resolve('');
		waiting = waiting.filter(({index: wanted}) => current < wanted);
	});
	// Whoever follows hears of a failure by `passed`; nobody may.
	finished.catch(() => undefined);
	const begun = (index: number): Promise<string> =>
		current >= index
			? Promise.resolve('')
			: Promise.race([finished, new Promise<string>(resolve => waiting.push({index, resolve}))]);
	return {
		/** Resolves with the end of the log. */
		finished,
		/** Resolves once the commands that are told as `step` have passed. Rejects with the job's failure. */
		passed: (step: string): Promise<string> => {
			const end = endOf(action, own, step);
			return end === Number.POSITIVE_INFINITY ? finished : begun(end);
		},
		/** Resolves once the command with this index has passed. */
		passedCommand: (index: number): Promise<string> => begun(index + 1),
	};
};

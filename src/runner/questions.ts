import {DeployError} from '../domain/errors.ts';
import type {RunEventBody} from '../domain/runs/events.ts';
import type {Prompt} from '../domain/runs/prompt.ts';

/** The questions of a run that wait for a person. */
export type Questions = ReturnType<typeof createQuestions>;

/** `canAsk`: whether a person watches who can answer. */
export const createQuestions = (canAsk: boolean, emit: (event: RunEventBody) => void) => {
	const open = new Map<string, {readonly prompt: Prompt; readonly resolve: (choice: string) => void}>();
	return {
		/**
		 * Raises a question and resolves with the id of the choice. Throws DeployError `cancelled` when the signal aborts,
		 * `answer-needed` when nobody is there to ask.
		 */
		ask: async (prompt: Prompt, step: string, signal: AbortSignal): Promise<string> => {
			if (prompt.settled === undefined && !canAsk) throw nobodyToAsk(prompt);
			const answered = (choice: string, by: 'person' | 'settled'): string => {
				emit({type: 'prompt.answered', step, prompt: prompt.id, choice, by});
				return choice;
			};
			if (prompt.settled !== undefined) {
				emit({type: 'prompt.raised', step, prompt});
				return answered(prompt.settled, 'settled');
			}
			const {promise, resolve, reject} = Promise.withResolvers<string>();
			const stop = (): void => reject(notAnswered(prompt));
			signal.addEventListener('abort', stop, {once: true});
			if (signal.aborted) stop();
			open.set(prompt.id, {prompt, resolve});
			try {
				// Open before it is told of: whoever hears of it may answer at once.
				emit({type: 'prompt.raised', step, prompt});
				return answered(await promise, 'person');
			} finally {
				open.delete(prompt.id);
				signal.removeEventListener('abort', stop);
			}
		},
		/** Answers the question with this id; says why when that is not possible. */
		answer: (id: string, choice: string): string | undefined => {
			const question = open.get(id);
			if (!question) return 'that is not asked any more';
			if (question.prompt.choices.every(({id: known}) => known !== choice)) return `${choice} is not a choice`;
			question.resolve(choice);
			return undefined;
		},
	};
};

const nobodyToAsk = ({title, choices}: Prompt): DeployError =>
	new DeployError({
		code: 'answer-needed',
		what: title,
		why: `nobody is there to answer: ${choices.map(({id}) => id).join(', ')}`,
		now: '',
		next: 'Settle it before the run begins, e.g. with --migrate run or --migrate skip.',
		guide: 'failures',
	});

const notAnswered = ({title}: Prompt): DeployError =>
	new DeployError({
		code: 'cancelled',
		what: title,
		why: 'it was not answered',
		now: '',
		next: 'Start again.',
	});

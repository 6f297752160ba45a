import type {RunEvent} from './events.ts';

type Sampled = Extract<RunEvent, {type: 'health.sampled'}>;

/** What a health check heard, and what it waits for as long as it does. */
export const sampledLine = ({answer, durationMs, waits}: Pick<Sampled, 'answer' | 'durationMs' | 'waits'>): string =>
	waits === undefined
		? `${answer} in ${Math.round(durationMs)} ms`
		: `${waits}; answered in ${Math.round(durationMs)} ms`;

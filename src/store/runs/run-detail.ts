import type {RunEvent} from '../../domain/runs/events.ts';
import type {Touches} from '../../domain/runs/pipeline.ts';

/** What the screens show of a run beside its state. Times: epoch milliseconds of this machine. */
export type RunDetail = {
	/** By step id. */
	readonly touches: Readonly<Record<string, Touches>>;
	/** Id of the action each step is at. */
	readonly actions: Readonly<Record<string, string>>;
	/** What a health check waits for, by the step it is part of. */
	readonly waits: Readonly<Record<string, string>>;
	readonly attempt: number;
	readonly lockAt: number | undefined;
	readonly swappedAt: number | undefined;
	readonly lostAt: number | undefined;
	readonly goingBackAt: number | undefined;
	/** The last answers of the run's own health check, oldest first. */
	readonly answers: readonly {readonly at: number; readonly durationMs: number; readonly answer: string}[];
	/** Health of the app from here was asked for this often in the run. */
	readonly asked: number;
};

export const noDetail: RunDetail = {
	touches: {},
	actions: {},
	waits: {},
	attempt: 1,
	lockAt: undefined,
	swappedAt: undefined,
	lostAt: undefined,
	goingBackAt: undefined,
	answers: [],
	asked: 0,
};

const without = (waits: RunDetail['waits'], step: string): RunDetail['waits'] =>
	step in waits ? Object.fromEntries(Object.entries(waits).filter(([id]) => id !== step)) : waits;

const keptAnswers = 12;

/** Adds one event. Pure. */
export const foldDetail = (detail: RunDetail, event: RunEvent): RunDetail => {
	switch (event.type) {
		case 'run.started':
			return {...noDetail, touches: Object.fromEntries(event.steps.map(({id, touches}) => [id, touches]))};
		case 'run.resumed':
			return {...detail, attempt: event.attempt, lostAt: undefined};
		case 'lock.taken':
			return {...detail, lockAt: event.at};
		case 'action.announced':
			return {
				...detail,
				actions: {...detail.actions, [event.step]: event.action},
				waits: without(detail.waits, event.step),
			};
		case 'live.changed':
			return {...detail, swappedAt: event.at};
		case 'link.lost':
			return {...detail, lostAt: event.at};
		case 'link.resumed':
			return {...detail, lostAt: undefined};
		case 'going-back.started':
			return {...detail, goingBackAt: event.at};
		case 'health.sampled': {
			const {at, durationMs, answer, waits} = event;
			return {
				...detail,
				asked: detail.asked + 1,
				waits: waits === undefined ? without(detail.waits, event.step) : {...detail.waits, [event.step]: waits},
				answers: [...detail.answers, {at, durationMs, answer}].slice(-keptAnswers),
			};
		}
		case 'run.finished':
		case 'prompt.raised':
		case 'prompt.answered':
		case 'going-back.finished':
		case 'downtime.measured':
		case 'run.noted':
		case 'step.started':
		case 'step.output':
		case 'step.progress':
		case 'step.finished':
			return detail;
	}
};

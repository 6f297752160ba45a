import type {RunEvent} from './events.ts';
import type {RunRecord} from './pipeline.ts';
import type {Prompt} from './prompt.ts';

export type StepState = {
	readonly id: string;
	readonly title: string;
	readonly isClosing?: true;
	readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
	readonly startedAt?: number;
	readonly durationMs?: number;
	readonly summary?: string | undefined;
	readonly progress?: {readonly done: number; readonly total: number};
};

/** What users met. See the event `downtime.measured`. */
export type MeasuredDowntime = {
	readonly ms: number;
	readonly asked: number;
	readonly failed: number;
	readonly maintenanceMs?: number;
	readonly isPart?: true;
};

/** A run as its events tell it: the same fold serves the screen, the headless output and a restart. */
export type RunState = {
	readonly record?: RunRecord;
	readonly title: string;
	readonly host: string;
	readonly swapStep: string;
	readonly steps: readonly StepState[];
	readonly startedAt?: number;
	readonly isLinkLost: boolean;
	/** Path of the live release once the swap has happened. */
	readonly live?: string;
	/** The question that waits for a person. */
	readonly prompt?: Prompt | undefined;
	/** The way back the run itself takes after a failure behind the swap. */
	readonly goingBack?: {readonly state: 'running' | 'done' | 'failed'; readonly durationMs?: number};
	readonly downtime?: MeasuredDowntime;
	/** What was told on the way, oldest first. */
	readonly notes: readonly string[];
	readonly finished?: Extract<RunEvent, {type: 'run.finished'}> | undefined;
};

export const emptyRun: RunState = {title: '', host: '', swapStep: '', steps: [], notes: [], isLinkLost: false};

const change = (state: RunState, id: string, changes: Partial<StepState>): RunState => ({
	...state,
	steps: state.steps.map(step => (step.id === id ? {...step, ...changes} : step)),
});

/** What is kept of the event. */
export const downtimeOf = ({
	downtimeMs: ms,
	asked,
	failed,
	maintenanceMs,
	isPart,
}: Extract<RunEvent, {type: 'downtime.measured'}>): MeasuredDowntime => ({
	ms,
	asked,
	failed,
	...(maintenanceMs === undefined ? {} : {maintenanceMs}),
	...(isPart ? {isPart} : {}),
});

/** Adds one event to what is known of a run. Pure; unknown steps are ignored. */
export const foldRun = (state: RunState, event: RunEvent): RunState => {
	switch (event.type) {
		case 'run.started': {
			const {record, title, host, swapStep} = event;
			const steps = event.steps.map(({id, title, isClosing}) => ({
				id,
				title,
				...(isClosing ? {isClosing} : {}),
				state: 'waiting' as const,
			}));
			return {...emptyRun, record, title, host, swapStep, steps, startedAt: event.at};
		}
		case 'run.resumed':
			return {...state, finished: undefined, prompt: undefined, isLinkLost: false};
		case 'step.started':
			return change(state, event.step, {state: 'running', startedAt: event.at});
		case 'step.progress':
			return change(state, event.step, {progress: {done: event.done, total: event.total}});
		case 'step.finished':
			return change(state, event.step, {
				state: event.state,
				durationMs: event.durationMs,
				summary: event.summary,
			});
		case 'live.changed':
			return {...state, live: event.to};
		case 'prompt.raised':
			return {...state, prompt: event.prompt};
		case 'prompt.answered':
			return {...state, prompt: undefined};
		case 'going-back.started':
			return {...state, goingBack: {state: 'running'}};
		case 'going-back.finished': {
			const {state: result, durationMs, live} = event;
			return {
				...state,
				goingBack: {state: result, durationMs},
				...(live === undefined ? {} : {live}),
			};
		}
		case 'downtime.measured':
			return {...state, downtime: downtimeOf(event)};
		case 'run.noted':
			// Whoever drives a run on hears again what was noted before.
			return state.notes.includes(event.text) ? state : {...state, notes: [...state.notes, event.text]};
		case 'link.lost':
			return {...state, isLinkLost: true};
		case 'link.resumed':
			return {...state, isLinkLost: false};
		case 'run.finished':
			return {...state, prompt: undefined, finished: event};
		case 'lock.taken':
		case 'step.output':
		case 'action.announced':
		case 'health.sampled':
			return state;
	}
};

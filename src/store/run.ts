import type {StateCreator} from 'zustand';
import type {RunEvent} from '../domain/events.ts';
import {emptyRun, foldRun, type RunState} from '../domain/run-state.ts';
import type {CockpitState} from './create-store.ts';

export type RunSlice = {
	/** The run on screen, under way or over; undefined before the first. */
	readonly run: RunState | undefined;
	/** Whether this cockpit drives it now. */
	readonly isDriving: boolean;
	/** Raised when the output ring has grown; the lines themselves live outside. */
	readonly outputVersion: number;
	readonly applyRunEvents: (events: readonly RunEvent[]) => void;
	readonly beginDriving: (state?: RunState) => void;
	readonly endDriving: () => void;
	readonly bumpOutput: () => void;
};

export const createRunSlice: StateCreator<CockpitState, [], [], RunSlice> = (set, get) => ({
	run: undefined,
	isDriving: false,
	outputVersion: 0,
	applyRunEvents: events => set({run: events.reduce(foldRun, get().run ?? emptyRun)}),
	beginDriving: (state = emptyRun) => set({run: state, isDriving: true}),
	endDriving: () => set({isDriving: false}),
	bumpOutput: () => set({outputVersion: get().outputVersion + 1}),
});

/** Whether leaving the cockpit now would leave a run behind. */
export const selectIsRunActive = ({isDriving}: Pick<RunSlice, 'isDriving'>): boolean => isDriving;

import type {CockpitState} from '../create-store.ts';
import {isDown} from '../overview/overview.ts';
import {numberedSteps} from './step-numbers.ts';

/** The run on screen in a few words: its kind, and the number of the step under way, from 1. */
export type ActiveRun = {
	readonly what: string;
	readonly step: number;
	readonly of: number;
	readonly hasFailed: boolean;
	/** It waits for an answer. */
	readonly isAsking: boolean;
	/** It has failed after its swap and is on its way back. */
	readonly isGoingBack: boolean;
};

/** The run under way, or the one that just failed; undefined when nothing needs to be said of a run. */
export const selectActiveRun = ({run, isDriving}: Pick<CockpitState, 'run' | 'isDriving'>): ActiveRun | undefined => {
	if (!run || run.steps.length === 0) return undefined;
	const hasFailed = run.finished?.outcome === 'failed';
	if (!isDriving && !hasFailed) return undefined;
	const numbered = numberedSteps(run.steps);
	const at = numbered.findIndex(({state}) => state !== 'done');
	const step = at < 0 ? numbered.length : at + 1;
	const isAsking = run.prompt !== undefined;
	const isGoingBack = run.goingBack?.state === 'running';
	return {what: run.record?.kind ?? 'run', step, of: numbered.length, hasFailed, isAsking, isGoingBack};
};

/** Environments whose connection was lost, with when. */
export const selectLost = ({links}: Pick<CockpitState, 'links'>) =>
	Object.entries(links).flatMap(([environment, status]) =>
		status && isDown(status) ? [{environment, since: status.since}] : [],
	);

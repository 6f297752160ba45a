import type {CockpitState} from './create-store.ts';

/** The run on screen in a few words: kind, app, and the number of the step under way, from 1. */
export type ActiveRun = {
	readonly what: string;
	readonly step: number;
	readonly of: number;
	readonly hasFailed: boolean;
};

/** The run under way, or the one that just failed; undefined when nothing needs to be said of a run. */
export const selectActiveRun = ({run, isDriving}: Pick<CockpitState, 'run' | 'isDriving'>): ActiveRun | undefined => {
	if (!run || run.steps.length === 0) return undefined;
	const hasFailed = run.finished?.outcome === 'failed';
	if (!isDriving && !hasFailed) return undefined;
	const at = run.steps.findIndex(({state}) => state !== 'done');
	const step = at < 0 ? run.steps.length : at + 1;
	return {what: run.record?.kind ?? 'run', step, of: run.steps.length, hasFailed};
};

/** Environments whose connection was lost, with when. */
export const selectLost = ({
	links,
}: Pick<CockpitState, 'links'>): readonly {readonly environment: string; readonly since: number}[] =>
	Object.entries(links).flatMap(([environment, status]) =>
		status && (status.state === 'reconnecting' || status.state === 'failed')
			? [{environment, since: status.since}]
			: [],
	);

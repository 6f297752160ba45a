import type {UsualDurations} from '../../../../app/runs/usual-durations.ts';
import {emptyRun, type RunState} from '../../../../domain/runs/run-state.ts';
import type {CockpitState} from '../../../../store/create-store.ts';
import type {LiveHealth} from '../../../../domain/releases/live-health.ts';
import type {RunDetail} from '../../../../store/runs/run-detail.ts';
import type {PlanView} from '../../../../store/runs/run.ts';
import {shortRelease} from '../../../kit/names.ts';

/** Everything the panels of a run are drawn from. */
export type RunView = {
	readonly run: RunState;
	readonly detail: RunDetail;
	readonly plan: PlanView | undefined;
	readonly health: LiveHealth;
	readonly now: number;
};

const noUsual: UsualDurations = {count: 0, totalMs: undefined, downtimeMs: undefined, stepMs: {}, recent: []};

export const usualOf = ({plan}: Pick<RunView, 'plan'>): UsualDurations => plan?.usual ?? noUsual;

export const zoneOf = ({plan}: Pick<RunView, 'plan'>): string => plan?.timeZone ?? 'UTC';

/** A time of this machine as the clock of the host has it, like every other time on the screen. */
export const onHost = (plan: PlanView | undefined, at: number): number => at + (plan?.clockAheadMs ?? 0);

/** What is live by now, as people call it. */
export const liveNow = ({run, plan}: Pick<RunView, 'run' | 'plan'>): string =>
	run.live === undefined ? shortRelease(plan?.replaces ?? 'as before') : shortRelease(run.live);

export const becomesOf = ({plan}: Pick<RunView, 'plan'>): string => (plan ? shortRelease(plan.becomes) : '');

/** Parts of the state, each stored, so that `useShallow` compares them. */
export const selectRunView = ({run, runDetail, runPlan, liveHealth, now}: CockpitState): RunView => ({
	run: run ?? emptyRun,
	detail: runDetail,
	plan: runPlan,
	health: liveHealth,
	now,
});

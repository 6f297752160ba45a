import type {StateCreator} from 'zustand';
import type {UsualDurations} from '../../app/runs/usual-durations.ts';
import type {Actor} from '../../domain/build.ts';
import type {AppName, Tier} from '../../domain/environments/environment.ts';
import type {RunEvent} from '../../domain/runs/events.ts';
import type {PipelineKind} from '../../domain/runs/pipeline.ts';
import {emptyRun, foldRun, type RunState} from '../../domain/runs/run-state.ts';
import type {CockpitState} from '../create-store.ts';
import {foldHealth, noHealth, type LiveAnswer, type LiveHealth} from '../../domain/releases/live-health.ts';
import type {AboutApp} from '../../recipes/recipes.ts';
import {OutputRing} from './output-ring.ts';
import {freshOutput, type OutputView} from './output-view.ts';
import {foldDetail, noDetail, type RunDetail} from './run-detail.ts';
import type {PromptView} from './run-prompt.ts';

/** What was settled before a run began. */
export type PlanView = {
	readonly kind: PipelineKind;
	readonly app: AppName;
	readonly environment: string;
	/** For people: `Pre-Prod`. */
	readonly environmentTitle: string;
	readonly tier: Tier;
	readonly timeZone: string;
	/** By how much the host's clock is ahead of this machine's, in milliseconds, when it differs enough to be seen. */
	readonly clockAheadMs?: number;
	readonly title: string;
	readonly address: string;
	readonly actor: Actor;
	/** Release that was live when it was reviewed; undefined when that is not known. */
	readonly replaces: string | undefined;
	/** Absolute path that is live after the swap. */
	readonly becomes: string;
	/** How to go back by hand, one command per line. */
	readonly wayBack: readonly string[];
	readonly usual: UsualDurations;
	/** What the health check of the app asks. */
	readonly serves: AboutApp['serves'];
	/** Where to look at what was deployed. */
	readonly testUrl: string;
	readonly logPath: string;
};

export type RunSlice = {
	/** The run on screen, under way or over; undefined before the first. */
	readonly run: RunState | undefined;
	readonly runDetail: RunDetail;
	readonly runPlan: PlanView | undefined;
	readonly liveHealth: LiveHealth;
	/** Whether this cockpit drives it now. */
	readonly isDriving: boolean;
	/** The run's last output; not part of what is compared. */
	readonly output: OutputRing;
	/** Raised when the output ring has grown; the lines themselves live outside. */
	readonly outputVersion: number;
	readonly outputView: OutputView;
	readonly promptView: PromptView | undefined;
	readonly applyRunEvents: (events: readonly RunEvent[]) => void;
	readonly beginDriving: (state?: RunState, plan?: PlanView) => void;
	readonly endDriving: () => void;
	readonly bumpOutput: () => void;
	readonly sampleLive: (...answers: readonly LiveAnswer[]) => void;
	readonly setOutputView: (view: OutputView) => void;
	readonly setPromptView: (view: PromptView) => void;
};

export const createRunSlice: StateCreator<CockpitState, [], [], RunSlice> = (set, get) => ({
	run: undefined,
	runDetail: noDetail,
	runPlan: undefined,
	liveHealth: noHealth,
	isDriving: false,
	output: new OutputRing(),
	outputVersion: 0,
	outputView: freshOutput,
	promptView: undefined,
	applyRunEvents: events =>
		set({
			run: events.reduce(foldRun, get().run ?? emptyRun),
			runDetail: events.reduce(foldDetail, get().runDetail),
		}),
	beginDriving: (state = emptyRun, plan) =>
		set({
			run: state,
			runDetail: noDetail,
			runPlan: plan,
			liveHealth: noHealth,
			isDriving: true,
			outputView: {...freshOutput, rows: get().outputView.rows},
			promptView: undefined,
		}),
	endDriving: () => set({isDriving: false}),
	bumpOutput: () => set({outputVersion: get().outputVersion + 1}),
	sampleLive: (...answers) => set({liveHealth: answers.reduce(foldHealth, get().liveHealth)}),
	setOutputView: outputView => set({outputView}),
	setPromptView: promptView => set({promptView}),
});

/** Whether live may have changed: from the start of the swap step on, nothing can be cancelled. */
export const hasSwapBegun = (run: RunState | undefined): boolean => {
	const swap = run?.steps.find(({id}) => id === run.swapStep);
	return run?.live !== undefined || (swap !== undefined && swap.state !== 'waiting');
};

/** Whether the connection of the run under way is lost. */
export const selectIsLinkLost = ({run, isDriving}: Pick<RunSlice, 'run' | 'isDriving'>): boolean =>
	isDriving && run?.isLinkLost === true && run.finished === undefined;

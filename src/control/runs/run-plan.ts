import type {AppServices} from '../../app/app-services.ts';
import {usualDurations} from '../../app/runs/usual-durations.ts';
import type {RunEvent} from '../../domain/runs/events.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {recipeOf} from '../../recipes/recipes.ts';
import {started} from '../../runner/run-pipeline.ts';
import {addressOf} from '../../domain/environments/environment.ts';
import type {PlanView} from '../../store/runs/run.ts';

/** Clocks closer than this show the same minute, give or take the way there. */
const seenMs = 60_000;

/** What the screens show of a run from its first moment on. */
export const runPlanOf = (
	{runs}: Pick<AppServices, 'runs'>,
	pipeline: Pipeline,
	known: {
		readonly replaces: string | undefined;
		readonly logPath: string;
		/** Time on the host and here when it was last asked. */
		readonly clocks?: {readonly host: number; readonly here: number} | undefined;
	},
): PlanView => {
	const {environment, record} = pipeline;
	const {project, name} = environment;
	const {clocks, ...settled} = known;
	const aheadMs = clocks ? clocks.host - clocks.here : 0;
	return {
		kind: record.kind,
		app: pipeline.app,
		environment: name,
		environmentTitle: environment.title,
		tier: environment.tier,
		timeZone: environment.timeZone,
		title: pipeline.title,
		address: addressOf(pipeline.host),
		actor: record.actor,
		becomes: pipeline.liveAfterSwap,
		wayBack: pipeline.wayBack,
		usual: usualDurations(runs, {
			project,
			environment: name,
			kind: record.kind,
			app: record.app,
			goal: record.target?.kind,
		}),
		serves: recipeOf(pipeline).about.serves,
		testUrl: environment.urls.site,
		...(Math.abs(aheadMs) < seenMs ? {} : {clockAheadMs: aheadMs}),
		...settled,
	};
};

/** The event a run begins with, for one that another machine began. */
export const startedEvent = (pipeline: Pipeline): RunEvent => ({
	at: Date.parse(pipeline.record.startedAt),
	...started(pipeline),
});

import type {AppServices} from '../../app/app-services.ts';
import {execute, type RunGuard} from '../../app/runs/execute.ts';
import type {LiveAnswer} from '../../domain/releases/live-health.ts';
import type {RunEvent} from '../../domain/runs/events.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import type {Prompt} from '../../domain/runs/prompt.ts';
import {emptyRun} from '../../domain/runs/run-state.ts';
import type {RunControl, RunOutcome} from '../../runner/run-pipeline.ts';
import type {CockpitStore} from '../../store/create-store.ts';
import {createBatch} from '../batch.ts';
import type {ControlOptions} from '../part.ts';
import {outputText} from '../../store/runs/output-lines.ts';
import {runPlanOf, startedEvent} from './run-plan.ts';

const everyMs = 100;

/** A run under way, as the controller holds it. */
export type FollowedRun = RunControl & {readonly finished: Promise<RunOutcome>};

/** Executes a pipeline and folds what it says into the store. The run goes on whatever happens to a screen. */
export const followRun = (
	{services, store, onFault}: ControlOptions,
	pipeline: Pipeline,
	{
		attempt,
		replaces,
		guard,
	}: {readonly attempt: number; readonly replaces: string | undefined; readonly guard: RunGuard | undefined},
): FollowedRun => {
	const {output} = store.getState();
	const guarded = (work: () => void): void => {
		try {
			work();
		} catch (error) {
			onFault(error);
		}
	};
	const batch = createBatch<RunEvent>({
		clock: services.clock,
		everyMs,
		onFault,
		apply: events => {
			store.getState().applyRunEvents(events);
			store.getState().bumpOutput();
		},
	});
	/** While live changes they come many times a second. */
	const answers = createBatch<LiveAnswer>({
		clock: services.clock,
		everyMs,
		onFault,
		apply: some => store.getState().sampleLive(...some),
	});
	/** What the run says before the store is ready for it. */
	let early: RunEvent[] | undefined = [];
	const onEvent = (event: RunEvent): void => {
		const text = outputText(event);
		if (text) output.push(event.at, text.source, text.lines);
		if (event.type === 'prompt.raised') guarded(() => callBack(store, event.prompt));
		if (early) early.push(event);
		else batch.push(event);
	};

	const before = attempt > 1 ? earlierEvents(services, pipeline) : [];
	const run = execute(services, pipeline, {
		attempt,
		onEvent,
		canAsk: true,
		guard,
		onLive: answer => answers.push(answer),
	});
	const view = store.getState().environments.find(({name}) => name === pipeline.environment.name);
	const clocks = view?.status && view.readAt !== undefined ? {host: view.status.time, here: view.readAt} : undefined;
	const plan = runPlanOf(services, pipeline, {replaces, logPath: run.logPath, clocks});
	guarded(() => store.getState().beginDriving(emptyRun, plan));
	guarded(() => store.getState().applyRunEvents([...before, ...(early ?? [])]));
	early = undefined;
	const finished = run.finished.then(outcome => {
		batch.flush();
		answers.flush();
		guarded(() => store.getState().endDriving());
		return outcome;
	});
	return {...run, finished};
};

/** A question waits on the screen of the run: somebody who looks elsewhere is told. */
const callBack = (store: CockpitStore, {kind, title, settled}: Prompt): void => {
	const {screen, say} = store.getState();
	if (screen === 'deploy' || settled !== undefined) return;
	say(kind === 'go-back' ? 'danger' : 'attention', `The run asks: ${title} 3 shows it.`);
};

/** How the run stood when it was left: its steps, and whether it is live already. Each step is told again. */
const earlierEvents = ({runs}: AppServices, pipeline: Pipeline): readonly RunEvent[] => {
	const {project, name: environment} = pipeline.environment;
	const past = runs.events({project, environment, run: pipeline.record.run});
	const started = past.find(({type}) => type === 'run.started') ?? startedEvent(pipeline);
	return [started, ...past.filter(({type}) => type === 'live.changed')];
};

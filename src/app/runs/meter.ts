import {carriedOn} from '../../domain/host-clock.ts';
import type {RunEvent} from '../../domain/runs/events.ts';
import {
	downtimeAt,
	foldHealth,
	maintenanceAt,
	noHealth,
	type LiveAnswer,
	type LiveHealth,
} from '../../domain/releases/live-health.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import {swapsOf, swapStepsOf} from '../../runner/run-pipeline.ts';
import type {AppServices} from '../app-services.ts';
import {cleanText} from '../clean-text.ts';
import {keepHealth} from '../probes/keep-health.ts';
import {createLiveWatch} from './watch-live.ts';

const unavailable = 503;

/** When a run changes what users get, from its events. */
const createChanges = (pipeline: Pipeline) => {
	const [swaps, steps] = [swapsOf(pipeline), swapStepsOf(pipeline)];
	const maintenance = pipeline.steps.flatMap(({id, actions}) =>
		actions.flatMap(action =>
			action.kind === 'job' && action.isMaintenance ? [{step: id, action: action.id}] : [],
		),
	);
	/** Steps that the swap is told as, as far as they have still to end. */
	let swapping = new Set<string>();
	let isGoingBack = false;
	let hasBegun = false;
	/** The step in which the run keeps visitors out. */
	let down: string | undefined;
	return {
		hear: (event: RunEvent): void => {
			if (event.type === 'going-back.started') [hasBegun, isGoingBack] = [true, true];
			if (event.type === 'going-back.finished') isGoingBack = false;
			if (event.type === 'action.announced') {
				if (swaps.includes(event.action)) [hasBegun, swapping] = [true, new Set(steps)];
				if (maintenance.some(({step, action}) => step === event.step && action === event.action))
					down = event.step;
				else if (event.step === down) down = undefined;
			}
			if (event.type === 'step.finished') {
				if (event.step === down) down = undefined;
				if (event.state === 'done') swapping.delete(event.step);
				else if (swapping.has(event.step)) swapping.clear();
			}
		},
		isNow: () => swapping.size > 0 || isGoingBack || down !== undefined,
		isDown: () => down !== undefined,
		haveBegun: () => hasBegun,
	};
};

/** What users meet while a run goes on: asked from here, counted. `attempt`: as the driver of the run has it. */
export const createMeter = (
	services: AppServices,
	pipeline: Pipeline,
	{attempt, onAnswer}: {readonly attempt: number; readonly onAnswer: (answer: LiveAnswer) => void},
) => {
	const {clock} = services;
	const {watch} = pipeline;
	const stopping = new AbortController();
	const changes = createChanges(pipeline);
	let health: LiveHealth = noHealth;
	/** What users met before the swap is what a watch compares with. A run that is driven on may be behind it. */
	const keepBefore = ({at, durationMs, isGood, text}: LiveAnswer): void => {
		const read = services.ledgers.remembered(pipeline.environment)?.clock;
		const hostAt = changes.haveBegun() || attempt > 1 || !read ? undefined : carriedOn(read, at);
		if (hostAt === undefined) return;
		const {app} = pipeline.record;
		keepHealth(services, pipeline.environment, {app, at: hostAt, durationMs, isGood, answer: cleanText(text)});
	};
	const live =
		watch &&
		createLiveWatch(services, watch, {
			isChanging: changes.isNow,
			onAnswer: (told, outcome) => {
				const isMaintenance = changes.isDown() && 'status' in outcome && outcome.status === unavailable;
				const answer: LiveAnswer = isMaintenance ? {...told, isMaintenance} : told;
				health = foldHealth(health, answer);
				keepBefore(answer);
				onAnswer(answer);
			},
		});
	return {
		/** Begins to ask, until it is stopped. */
		start: async (): Promise<void> => live?.start(stopping.signal),
		stop: (): void => stopping.abort(),
		/** Asks closely, and at once, when live begins to change. */
		hear: (event: RunEvent): void => {
			const before = changes.isNow();
			changes.hear(event);
			if (changes.isNow() !== before) live?.wake();
		},
		/** Undefined while nothing was asked. */
		measured: (): RunEvent | undefined => {
			const at = clock.now();
			const maintenanceMs = Math.round(maintenanceAt(health, at));
			return health.count === 0
				? undefined
				: {
						at,
						type: 'downtime.measured',
						downtimeMs: Math.round(downtimeAt(health, at)),
						asked: health.count,
						failed: health.failed,
						...(maintenanceMs > 0 ? {maintenanceMs} : {}),
						...(attempt > 1 ? {isPart: true} : {}),
					};
		},
	};
};

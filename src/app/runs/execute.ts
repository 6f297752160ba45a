import {hasCode} from '../../domain/errors.ts';
import {carriedOn} from '../../domain/host-clock.ts';
import type {RunEvent} from '../../domain/runs/events.ts';
import {createRedactor} from '../../domain/logs/mask.ts';
import {downtimeAt, foldHealth, noHealth, type LiveAnswer, type LiveHealth} from '../../domain/releases/live-health.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import type {RunOptions} from '../../runner/driver.ts';
import {startRun, swapsOf, type Run, type RunOutcome} from '../../runner/run-pipeline.ts';
import type {AppServices} from '../app-services.ts';
import {cleanText} from '../clean-text.ts';
import {createRunTeller} from '../notify/tell-run.ts';
import {keepHealth} from '../probes/keep-health.ts';
import {watchLive} from './watch-live.ts';

/** What holds a run to its gates, beside the run itself. */
export type RunGuard = {
	/** Asks again under the lock. Throws DeployError `blocked`, `locked`; nothing has been changed by then. */
	readonly underLock: (signal: AbortSignal) => Promise<void>;
	/** Gives back what it took elsewhere. Never throws. */
	readonly release: () => Promise<void>;
};

export type ExecuteOptions = Omit<RunOptions, 'underLock'> & {
	readonly guard?: RunGuard | undefined;
	/** Hears of each answer of live to this machine; may fail without harm. */
	readonly onLive?: (answer: LiveAnswer) => void;
};

const isOver = ({outcome, error}: RunOutcome): boolean => outcome !== 'left' && !hasCode(error, 'taken-over');

/** What users meet while a run goes on: asked from here, counted. */
const createMeter = (
	services: AppServices,
	pipeline: Pipeline,
	{attempt, onAnswer}: {readonly attempt: number; readonly onAnswer: (answer: LiveAnswer) => void},
) => {
	const {clock} = services;
	const {watch} = pipeline;
	const stopping = new AbortController();
	const swaps = swapsOf(pipeline);
	let health: LiveHealth = noHealth;
	let failed = 0;
	let isChanging = false;
	/** What users met before the swap is what a watch compares with. A run that is driven on may be behind it. */
	const keepBefore = ({at, durationMs, isGood, text}: LiveAnswer): void => {
		const read = services.ledgers.remembered(pipeline.environment)?.clock;
		const hostAt = isChanging || attempt > 1 || !read ? undefined : carriedOn(read, at);
		if (hostAt === undefined) return;
		const {app} = pipeline.record;
		keepHealth(services, pipeline.environment, {app, at: hostAt, durationMs, isGood, answer: cleanText(text)});
	};
	return {
		/** Begins to ask, until it is stopped. */
		start: async (): Promise<void> => {
			if (!watch) return;
			await watchLive(services, watch, {
				signal: stopping.signal,
				isChanging: () => isChanging,
				onAnswer: answer => {
					health = foldHealth(health, answer);
					if (!answer.isGood) failed += 1;
					keepBefore(answer);
					onAnswer(answer);
				},
			});
		},
		stop: (): void => stopping.abort(),
		/** Asks more closely once live may change. */
		hear: (event: RunEvent): void => {
			if (event.type === 'going-back.started') isChanging = true;
			if (event.type === 'action.announced' && swaps.includes(event.action)) isChanging = true;
		},
		/** Undefined while nothing was asked. */
		measured: (): RunEvent | undefined => {
			const at = clock.now();
			const downtimeMs = Math.round(downtimeAt(health, at));
			return health.count === 0
				? undefined
				: {at, type: 'downtime.measured', downtimeMs, asked: health.count, failed};
		},
	};
};

/**
 * Starts a prepared pipeline, or drives it on with a higher attempt. Front ends only watch what comes back. What users
 * meet meanwhile is asked for all along, and told before the end. Those who are not looking are told of its turns.
 */
export const execute = (
	services: AppServices,
	pipeline: Pipeline,
	{onEvent, guard, onLive = () => undefined, ...options}: ExecuteOptions,
): Run & {readonly logPath: string} => {
	const {project, name: environment} = pipeline.environment;
	services.runs.prune({project, environment, now: services.clock.now()});
	const journal = services.runs.open({project, environment, run: pipeline.record.run});
	const meter = createMeter(services, pipeline, {attempt: options.attempt, onAnswer: onLive});
	const {logPath} = journal;
	const teller = createRunTeller(services, pipeline, {
		attempt: options.attempt,
		canAsk: options.canAsk === true,
		logPath,
	});
	const run = startRun(
		pipeline,
		{
			...services,
			session: services.sessions.session(pipeline.host),
			journal,
			redact: createRedactor(services.secrets?.(pipeline.environment)).text,
		},
		{
			...options,
			underLock: guard?.underLock,
			onEvent: event => {
				meter.hear(event);
				teller.hear(event);
				const downtime = event.type === 'run.finished' ? meter.measured() : undefined;
				try {
					if (downtime) {
						teller.hear(downtime);
						journal.append(downtime);
						onEvent(downtime);
					}
				} finally {
					// A disk that is full here must not keep anybody from hearing how the run ended.
					onEvent(event);
				}
				// From the swap on, the environment before may change again.
				if (event.type === 'live.changed') guard?.release().catch(() => undefined);
			},
		},
	);
	const metered = options.aim === 'abandon' ? undefined : meter.start();
	const closed = async (): Promise<RunOutcome> => {
		let outcome: RunOutcome | undefined;
		try {
			outcome = await run.finished;
			teller.ended(outcome);
			return outcome;
		} finally {
			meter.stop();
			// A run that goes on without us still leans on what was taken elsewhere.
			await Promise.all([metered, outcome && isOver(outcome) ? guard?.release() : undefined]);
			journal.close();
		}
	};
	return {...run, logPath, finished: closed()};
};

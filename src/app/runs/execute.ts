import {hasCode} from '../../domain/errors.ts';
import {createRedactor} from '../../domain/logs/mask.ts';
import type {LiveAnswer} from '../../domain/releases/live-health.ts';
import type {Pipeline} from '../../domain/runs/pipeline.ts';
import type {RunOptions} from '../../runner/driver.ts';
import {startRun, type Run, type RunOutcome} from '../../runner/run-pipeline.ts';
import type {AppServices} from '../app-services.ts';
import {createRunTeller} from '../notify/tell-run.ts';
import {createMeter} from './meter.ts';
import {endDeadRun} from './end-dead-run.ts';
import {stayKnown} from './stay-known.ts';

/** What holds a run to its gates, beside the run itself. */
export type RunGuard = {
	/** Asks again under the lock. Throws DeployError `blocked`, `locked`; nothing has been changed by then. */
	readonly underLock: (signal: AbortSignal) => Promise<void>;
	/** Gives back what it took elsewhere. Never throws. */
	readonly release: () => Promise<void>;
};

export type ExecuteOptions = Omit<RunOptions, 'underLock' | 'endDeadRun'> & {
	readonly guard?: RunGuard | undefined;
	/** Hears of each answer of live to this machine; may fail without harm. */
	readonly onLive?: (answer: LiveAnswer) => void;
};

const isOver = ({outcome, error}: RunOutcome): boolean => outcome !== 'left' && !hasCode(error, 'taken-over');

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
	const driving = new AbortController();
	let known: Promise<void> | undefined;
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
			endDeadRun:
				pipeline.record.kind === 'rollback'
					? (answer, signal) => endDeadRun(services, pipeline, {answer, signal})
					: undefined,
			onEvent: event => {
				meter.hear(event);
				teller.hear(event);
				if (event.type === 'lock.taken')
					known = stayKnown(services, pipeline, {attempt: options.attempt, signal: driving.signal});
				const downtime = event.type === 'run.finished' ? meter.measured() : undefined;
				if (downtime) {
					teller.hear(downtime);
					journal.append(downtime);
					onEvent(downtime);
				}
				onEvent(event);
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
			driving.abort();
			// A run that goes on without us still leans on what was taken elsewhere.
			await Promise.all([known, metered, outcome && isOver(outcome) ? guard?.release() : undefined]);
			journal.close();
		}
	};
	return {...run, logPath, finished: closed()};
};

import type {RunEvent} from '../../domain/runs/events.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import type {PipelineKind, RollbackTarget} from '../../domain/runs/pipeline.ts';
import {appOfRun} from '../../domain/runs/run-names.ts';
import type {RunStore} from '../../domain/ports.ts';

/** How long a run of a kind takes here, from the journals of this machine. Times in milliseconds, medians. */
export type UsualDurations = {
	/** Runs looked at; 0 when none is known. */
	readonly count: number;
	readonly totalMs: number | undefined;
	/** By step id. */
	readonly stepMs: Readonly<Record<string, number>>;
	/** What users met, as measured from here; undefined when it never was. */
	readonly downtimeMs: number | undefined;
	/** Newest first. */
	readonly recent: readonly PastRun[];
};

export type PastRun = {
	readonly run: string;
	/** Epoch milliseconds. */
	readonly at: number;
	readonly commit: string;
	readonly outcome: 'done' | 'failed' | 'cancelled' | 'left' | 'unknown';
	readonly durationMs: number | undefined;
};

/** Runs of a kind that count, at most: old ones say little about today's host. */
const most = 10;

/** The middle value; the lower of the two middle ones for an even count. Undefined for none. */
export const median = (values: readonly number[]): number | undefined =>
	values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

const pastRun = (run: string, events: readonly RunEvent[]): PastRun => {
	const started = events.find(event => event.type === 'run.started');
	const finished = events.findLast(event => event.type === 'run.finished');
	return {
		run,
		at: started?.at ?? 0,
		commit: started?.record.commit ?? '',
		outcome: finished?.outcome ?? 'unknown',
		durationMs: finished?.durationMs,
	};
};

/** A run with a break in it says how long the break was, not how long the work takes. */
const isMeasure = (events: readonly RunEvent[]): boolean =>
	!events.some(({type}) => type === 'run.resumed' || type === 'link.lost') &&
	events.some(event => event.type === 'run.finished' && event.outcome === 'done');

type Journals = Pick<RunStore, 'list' | 'events'>;

type Asked = {readonly project: string; readonly environment: string; readonly app: AppName};

/** The last runs of one app in one environment, newest first, as far as this machine saw them begin. */
const lastRuns = (runs: Journals, {app, ...place}: Asked) =>
	runs
		.list(place)
		// By name: the other app's journals are neither counted nor read.
		.filter(run => (appOfRun(run) ?? app) === app)
		.slice(-most * 2)
		.reverse()
		.flatMap(run => {
			const events = runs.events({...place, run});
			const started = events.find(event => event.type === 'run.started');
			return started?.record.app === app ? [{run, events, record: started.record}] : [];
		});

/** Of the newest backup of an app that a deploy from this machine made; undefined when none of the last runs did. */
export const lastBackupBytes = (runs: Journals, asked: Asked): number | undefined =>
	lastRuns(runs, asked)
		.flatMap(({events}) =>
			events.flatMap(event =>
				event.type === 'step.finished' && event.step === 'back-up' && event.state === 'done'
					? [event.sizeBytes]
					: [],
			),
		)
		.find(bytes => bytes !== undefined);

/** Looks at the last runs of one kind in one environment. Reads journals of this machine, nothing else. */
export const usualDurations = (
	runs: Journals,
	options: Asked & {
		readonly kind: PipelineKind;
		/** Of a rollback: going back to a snapshot takes seconds, to an archive minutes. */
		readonly goal?: RollbackTarget['kind'] | undefined;
	},
): UsualDurations => {
	const {kind, goal} = options;
	const past = lastRuns(runs, options)
		.filter(({record}) => record.kind === kind && (goal === undefined || record.target?.kind === goal))
		.slice(0, most);
	const measures = past.filter(({events}) => isMeasure(events));
	const stepTimes = new Map<string, number[]>();
	for (const event of measures.flatMap(({events}) => events)) {
		if (event.type !== 'step.finished' || event.state !== 'done') continue;
		stepTimes.set(event.step, [...(stepTimes.get(event.step) ?? []), event.durationMs]);
	}
	return {
		count: measures.length,
		totalMs: median(measures.flatMap(({run, events}) => pastRun(run, events).durationMs ?? [])),
		downtimeMs: median(
			measures.flatMap(({events}) =>
				events.flatMap(event => (event.type === 'downtime.measured' ? [event.downtimeMs] : [])),
			),
		),
		stepMs: Object.fromEntries([...stepTimes].map(([step, times]) => [step, median(times) ?? 0])),
		recent: past.map(({run, events}) => pastRun(run, events)),
	};
};

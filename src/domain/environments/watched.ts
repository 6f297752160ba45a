import type {HttpProbe} from '../checklist/checklist.ts';
import type {LogKind} from '../logs/log.ts';
import type {NotifyTarget} from '../notify/message.ts';
import type {AppName} from './environment.ts';

/** An address that is asked as part of an app's health, beside its own. */
export type HttpCheck = HttpProbe & {
	readonly id: string;
	readonly title: string;
	readonly app: AppName;
	/** Keys the JSON of the answer must have; dots lead into objects: `data.total`. */
	readonly jsonKeys?: readonly string[];
	/** Headers the answer must have, names in lower case, each with text it must hold; empty: any. */
	readonly headers?: Readonly<Record<string, string>>;
};

/** Figures beyond which a probe of a host fails. */
export type ProbeLimits = {
	readonly diskPercent: number;
	readonly inodesPercent: number;
	readonly memoryPercent: number;
	/** Load of the last minute, for each core. */
	readonly loadPerCore: number;
	/** Fewer days than this left of a certificate. */
	readonly certificateDays: number;
	/** Jobs that wait in the queue. */
	readonly queueWaiting: number;
};

/** What is looked at, and how often. */
export type ProbeTerms = {
	/** Pause between two rounds while somebody looks or a watch is on. */
	readonly everyMs: number;
	readonly http: readonly HttpCheck[];
	readonly limits: ProbeLimits;
	/** What the scheduler writes whenever it runs, and how old that may be. Absent: whether it ran is not known. */
	readonly scheduler?: {readonly log: string; readonly withinMs: number};
	/** Whether the queue is asked, which starts PHP on the host. */
	readonly queue: boolean;
};

/** When a comparison of before and after says WORSE, and when a trigger fires. */
export type WatchTerms = {
	readonly minutes: number;
	/** Fewer samples than this on either side: unclear. */
	readonly minSamples: number;
	readonly worse: {
		/** Latency: by so many percent of before, and by so many milliseconds at least. */
		readonly latencyPercent: number;
		readonly latencyMs: number;
		/** Share of answers that are not good, in percent points. */
		readonly failuresPercent: number;
		/** Errors in a log. */
		readonly errorsPerMinute: number;
		/** Memory, disk, load: by so many percent of before. */
		readonly usePercent: number;
	};
	readonly triggers: {
		/** Answers in a row that are not good. */
		readonly notOkInARow: number;
		/** p95 since the swap, in times the one before. */
		readonly latencyTimes: number;
		readonly errorsPerMinute: number;
	};
};

/** A log beside those that a recipe knows. */
export type StatedLog = {
	readonly id: string;
	readonly title: string;
	readonly kind: LogKind;
	readonly app?: AppName;
	/** Absolute path on each host; its last part may hold `*`, and then the newest counts. */
	readonly path: string;
};

/** What the soak of a build asks for beside hours. */
export type SoakTerms = {
	/** `required`: only time in which somebody or something looked counts; `optional`: what was not seen is no matter. */
	readonly samples: 'optional' | 'required';
	/** An unhealthy stretch of at least this long restarts it; absent: none does. */
	readonly unhealthyMs?: number;
	/** `keep`: a value that is changed there does not restart it. Absent: it does. */
	readonly envChange?: 'keep';
};

/** The part of an environment that says how it is watched; all of it may be left out. */
export type Watched = {
	readonly probes?: ProbeTerms;
	readonly watch?: WatchTerms;
	readonly logs?: readonly StatedLog[];
	readonly notify?: readonly NotifyTarget[];
	readonly soak?: SoakTerms;
};

export const usualProbes: ProbeTerms = {
	everyMs: 5000,
	http: [],
	limits: {
		diskPercent: 85,
		inodesPercent: 85,
		memoryPercent: 90,
		loadPerCore: 2,
		certificateDays: 14,
		queueWaiting: 100,
	},
	queue: false,
};

/** Source: workflow, "Rollback Triggers"; the figures are ours. */
export const usualWatch: WatchTerms = {
	minutes: 30,
	minSamples: 10,
	worse: {latencyPercent: 20, latencyMs: 5, failuresPercent: 5, errorsPerMinute: 1, usePercent: 25},
	triggers: {notOkInARow: 2, latencyTimes: 2, errorsPerMinute: 5},
};

export const probeTerms = ({probes}: Watched): ProbeTerms => probes ?? usualProbes;

export const watchTerms = ({watch}: Watched): WatchTerms => watch ?? usualWatch;

export const usualSoak: SoakTerms = {samples: 'optional'};

export const soakTerms = ({soak}: Pick<Watched, 'soak'>): SoakTerms => soak ?? usualSoak;

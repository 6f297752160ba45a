import type {ActivityEntry} from '../../app/history/activity.ts';
import type {ProcessReading} from '../../app/status/read-processes.ts';
import type {AppReading, HealthReading, HostLock, HostProblem} from '../../app/status/status.ts';
import type {AppName, Environment} from '../../domain/environments/environment.ts';
import type {GateReport, Known} from '../../domain/gates/gates.ts';
import type {WatchReport} from '../../domain/watch/watch-report.ts';

/** One answer of an app's health address in the last hour. `at`: epoch milliseconds by the host. */
export type PastAnswer = {readonly at: number; readonly isGood: boolean; readonly durationMs: number | undefined};

/** What runs of one app in one environment. */
export type PageApp = {
	readonly app: AppName;
	/** Absent: the host is silent. */
	readonly live?: AppReading;
	readonly health: HealthReading;
	/** Oldest first; empty where nobody looked. */
	readonly past: readonly PastAnswer[];
};

/** The sources of one app on this machine. */
export type PageSource = {
	readonly app: AppName;
	readonly tree: Known<{readonly commit: string; readonly branch: string | undefined; readonly uncommitted: number}>;
};

type Place = Pick<Environment, 'name' | 'title' | 'tier' | 'timeZone'>;

/** One environment: sources where it has no host, else what is live. */
export type PageEnvironment =
	| (Place & {readonly sources: readonly PageSource[]})
	| (Place & {
			readonly host: string;
			/** Epoch milliseconds by the host; undefined: it is silent, and `problem` says why. */
			readonly now: number | undefined;
			readonly problem?: HostProblem;
			readonly apps: readonly PageApp[];
			readonly services: readonly {readonly unit: string; readonly state: string}[];
			readonly processes: readonly ProcessReading[];
			/** As df writes it: `81%`. */
			readonly diskUsed: string | undefined;
			readonly locks: readonly HostLock[];
	  });

/** What the gates say of one app on its way to an environment. */
export type PageBoard = {
	readonly to: Place;
	readonly app: AppName;
	/** Undefined: not known which build it is. */
	readonly commit: string | undefined;
	/** Epoch milliseconds by the host it would go to; undefined: its clock is not known. */
	readonly now: number | undefined;
	/** The reason where the gates could not be asked. */
	readonly report: Known<Pick<GateReport, 'verdict' | 'gates' | 'nextSlot' | 'clock'>>;
};

/** A watch that is on, or ended not long ago, by its ledger and the samples of this machine. */
export type PageWatch = {
	readonly report: WatchReport;
	readonly title: string;
	readonly timeZone: string;
	/** What is worse than before the swap and nobody accepted: ids of probes. */
	readonly worse: readonly string[];
};

export type PageActivity = ActivityEntry & {readonly title: string; readonly timeZone: string};

/** Everything the page says, as it was found at one moment. */
export type PageFacts = {
	readonly project: string;
	/** Epoch milliseconds, by the clock that `clock` names. */
	readonly madeAt: number;
	readonly clock: string;
	readonly timeZone: string;
	/** How often it is made anew; what is older than that is old. */
	readonly everyMs: number;
	/** Name of whoever made it. */
	readonly by: string;
	readonly version: string;
	readonly environments: readonly PageEnvironment[];
	readonly boards: readonly PageBoard[];
	readonly watches: readonly PageWatch[];
	/** Newest first. */
	readonly activity: readonly PageActivity[];
};

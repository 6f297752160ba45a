import type {AppName} from '../environments/environment.ts';

/** A unit of systemd. Times of everything here: epoch milliseconds by this host's clock. */
export type ProbedUnit = {
	readonly unit: string;
	/** `active`, `failed`, `activating`, ...; `not-found` where there is no such unit. */
	readonly state: string;
	/** `running`, `auto-restart`, ... */
	readonly sub: string;
	/** Why it ended, in systemd's word: `exit-code`, `oom-kill`. */
	readonly result: string;
	/** Times systemd has started it again since somebody did; absent before systemd 235. */
	readonly restarts?: number;
	readonly since?: number;
	/** Main process; 0 for none. */
	readonly pid: number;
};

/** A process of PM2 under one of the app's names. */
export type ProbedProcess = {
	readonly name: string;
	readonly pid: number;
	readonly status: string;
	readonly restarts: number;
	/** Of these, how many in its first moments. */
	readonly unstable: number;
	readonly startedAt: number;
	readonly memoryBytes: number;
	/** Where PM2 writes what it says as errors, as PM2 says. */
	readonly errorLog?: string;
};

/** A process that listens on the app's port. */
export type ProbedOwner = {
	readonly pid: number;
	readonly command: string;
	readonly startedAt: number | undefined;
	/** Name of the PM2 process it belongs to; absent: it is none of the app's. */
	readonly of?: string;
};

/** A process of php-fpm. */
export type ProbedWorker = {
	readonly pid: number;
	readonly parent: number;
	readonly kind: 'master' | 'pool';
	readonly startedAt: number;
};

/** What was asked and not answered: why, as a sentence. */
export type Unanswered = {readonly why: string};

/** An app as it lies on a host. */
export type ProbedApp = {
	/** `directory`: as the old scripts left it. */
	readonly live: {readonly release: string} | 'directory' | undefined;
	/** When the live link was put there. */
	readonly swappedAt?: number;
	/** A run has its lock. */
	readonly isLocked?: true;
};

/** What a tool printed. */
export type Printed = {readonly lines: readonly string[]};

/** What a host said of itself. Absent parts could not be read. */
export type ProbedHost = {
	readonly host: string;
	/** Epoch milliseconds by its clock, at which it looked. */
	readonly time: number;
	readonly cores?: number;
	/** Of the last minute. */
	readonly load?: number;
	readonly memory?: {readonly totalBytes: number; readonly availableBytes: number};
	/** File systems that hold apps. */
	readonly disks: readonly {
		readonly sizeBytes: number;
		readonly freeBytes: number;
		readonly usedPercent: number | undefined;
		readonly inodesPercent: number | undefined;
	}[];
	readonly units: readonly ProbedUnit[] | Unanswered;
	/** What systemd shows of units that are not active, line by line. */
	readonly unitWords: readonly {readonly unit: string; readonly line: string}[];
	readonly workers: readonly ProbedWorker[];
	readonly apps: Readonly<Partial<Record<AppName, ProbedApp>>>;
	/** On disk, of the frontend. */
	readonly buildId?: string;
	/** Absent: not asked. */
	readonly pm2?:
		| {readonly user: string; readonly instances: readonly ProbedProcess[]; readonly owners: readonly ProbedOwner[]}
		| Unanswered;
	/** What artisan printed; absent: not asked. */
	readonly migrations?: Printed | Unanswered;
	readonly waiting?: Printed | Unanswered;
	readonly failed?: Printed | Unanswered;
	/** Milliseconds since the scheduler wrote its log; undefined: there is none. Absent: not asked. */
	readonly scheduler?: {readonly ageMs: number | undefined};
};

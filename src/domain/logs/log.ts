import type {AppName} from '../environments/environment.ts';

/** Who writes a log, which decides how its lines are read. */
export const logKinds = [
	'laravel',
	'nginx-access',
	'nginx-error',
	'pm2-out',
	'pm2-error',
	'php-fpm',
	'scheduler',
	'plain',
] as const;
export type LogKind = (typeof logKinds)[number];

/** One log on one host. */
export type LogSource = {
	/** Unique in the environment: `production-1/laravel`. */
	readonly id: string;
	/** Name of the host. */
	readonly host: string;
	readonly kind: LogKind;
	/** For people: `Laravel`, `nginx error`. */
	readonly title: string;
	readonly app?: AppName;
	/** Absolute, or from a home on (`~/`, `~USER/`); its last part may be a pattern, and then the newest counts. */
	readonly path: string;
	/** User who can read it where the login can't. */
	readonly owner?: string;
	/** No run has noted where it ended at the swap: what came since only its own times tell. */
	readonly isUnnoted?: true;
};

/** From least to worst. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** One entry of a log: a line with what belongs to it. Secrets are masked, control characters gone. */
export type LogEntry = {
	/** Id of its source. */
	readonly source: string;
	/** Epoch milliseconds by the clock of the primary host; of a line without a time that of the one before it. */
	readonly at: number;
	/** Whether the line says its own time. */
	readonly isTimed: boolean;
	readonly level: LogLevel;
	/** The first line without its time and level. */
	readonly text: string;
	/** The lines that belong to it: a stack trace. */
	readonly trace: readonly string[];
	/** The text with what differs from time to time taken out; of warnings and errors. */
	readonly signature?: string;
	/** Values that were masked in it. */
	readonly masked: number;
};

/** A kind of entry, as it was seen before. */
export type KnownSignature = {
	/** Kind and app rather than host: the same error on two hosts is the same. */
	readonly log: LogKind;
	readonly signature: string;
	readonly level: LogLevel;
	/** Epoch milliseconds by the host. */
	readonly firstAt: number;
	readonly lastAt: number;
	readonly count: number;
	/** One masked sample. */
	readonly sample: string;
};

/** A kind that was not seen for so long is new again. */
export const forgottenMs = 30 * 24 * 3_600_000;

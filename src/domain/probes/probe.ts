import type {AppName} from '../environments/environment.ts';

/** How the value of a probe is measured; decides how it is shown and compared. */
export type ProbeUnit = 'ms' | '%' | 'bytes' | 'count' | 'per minute' | 'days';

/** What a probe looks at. */
export type ProbeKind =
	/** An address, from this machine. */
	| 'http'
	/** Days until a certificate ends. */
	| 'certificate'
	/** Whether what is served is what was deployed. */
	| 'served'
	/** Whether the process that answers is the one that was started last. */
	| 'worker'
	/** A unit of systemd. */
	| 'service'
	/** A process of PM2. */
	| 'process'
	| 'disk'
	| 'inodes'
	| 'memory'
	| 'load'
	| 'queue'
	| 'scheduler'
	| 'migrations'
	/** Errors in a log since the last swap. */
	| 'log';

/**
 * What a probe says. `unclear`: it could not find out, or what it found proves nothing; it never becomes a pass by being
 * asked again, only a later round of its own can pass.
 */
export type ProbeState = 'pass' | 'fail' | 'unclear';

/** What one probe found in one round. */
export type ProbeReading = {
	/** Stable, unique in the environment: `backend.health`, `http.analytics-trends`, `production-1.disk`. */
	readonly probe: string;
	/** For people: `API health`, `php8.1-fpm`, `disk`. */
	readonly title: string;
	readonly kind: ProbeKind;
	/** Absent: it is about the host. */
	readonly app?: AppName;
	/** Name of the host it is about; absent: asked from outside. */
	readonly host?: string;
	/** Epoch milliseconds by the clock of the environment's primary host. */
	readonly at: number;
	readonly state: ProbeState;
	/** In `unit`; absent where there is nothing to measure. */
	readonly value?: number;
	readonly unit?: ProbeUnit;
	/** Value beyond which it fails, in `unit`. */
	readonly limit?: number;
	/** Requests, lines or processes behind it; absent: one. */
	readonly count?: number;
	/** What was seen, on one line, without secrets: `200 in 64 ms`, `active, 13 min`, `81 %, 4.2 GB free`. */
	readonly text: string;
	/** Parts of the value, in its unit: of a request `dns`, `tcp`, `tls`, `firstByte`. */
	readonly parts?: Readonly<Record<string, number>>;
	/**
	 * The failing thing's own last lines, masked, four at most; absent where it passes, or says nothing. For who looks now:
	 * never kept, never told to others.
	 */
	readonly ownWords?: readonly string[];
};

/** A reading as it is kept. */
export const withoutWords = (reading: ProbeReading): ProbeReading => {
	const {ownWords: _, ...kept} = reading;
	return kept;
};

/** What was found, before it is known when that was by the clock of the primary host. */
export type ProbeFinding = Omit<ProbeReading, 'at'>;

/** All that was found at one moment. */
export type ProbeRound = {
	readonly environment: string;
	/** Epoch milliseconds by the clock of the primary host. */
	readonly at: number;
	/** The primary host never answered: times are by this machine's clock, and worth no more than that. */
	readonly isByThisMachine?: true;
	readonly readings: readonly ProbeReading[];
	/** Hosts that could not be asked, and why; what is about them is missing from the readings, not passed. */
	readonly silent: readonly {readonly host: string; readonly code: string; readonly why: string}[];
};

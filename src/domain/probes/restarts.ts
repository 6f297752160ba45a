/** How long a restart that nobody asked for stays a fault. */
const troubledMs = 5 * 60_000;

/** Restarts of a service as they were first seen, and for which run: a deploy restarts on purpose. */
export type Baseline = {readonly run: string | undefined; readonly restarts: number};

/** A count that went down was begun anew by a person; what a deploy did is no fault of the service. */
export const baselineOf = (before: Baseline | undefined, run: string | undefined, restarts: number): Baseline =>
	before === undefined || before.run !== run || restarts < before.restarts ? {run, restarts} : before;

/** Whether it restarted by itself, and so lately that it may again. Times by its host. */
export const isInTrouble = (restarts: number, startedAt: number | undefined, now: number): boolean =>
	restarts > 0 && (startedAt === undefined || now - startedAt < troubledMs);

/** `restarted 3 times`, behind a comma; empty for none. */
export const restartedText = (restarts: number): string =>
	restarts === 0 ? '' : `, restarted ${restarts === 1 ? 'once' : `${restarts} times`}`;

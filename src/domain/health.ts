/** How an app proves that it is healthy: `passes` good answers in a row, spread over at least `stableForMs`. */
export type HealthPolicy = {
	readonly url: string;
	/** Expected status code. */
	readonly status: number;
	readonly passes: number;
	readonly stableForMs: number;
	/** Deadline counted from the first request. */
	readonly withinMs: number;
	/** Pause between two requests. */
	readonly everyMs: number;
};

/** One answer of a health check. `atMs`: since the first request. */
export type HealthSample = {
	readonly atMs: number;
	readonly durationMs: number;
	/** HTTP status, or the reason there was none. */
	readonly outcome: {readonly status: number} | {readonly error: string};
};

export type HealthVerdict =
	| {readonly verdict: 'pass'}
	| {readonly verdict: 'fail'; readonly reason: string}
	| {readonly verdict: 'unclear'; readonly reason: string};

const isGood = (policy: HealthPolicy, {outcome}: HealthSample): boolean =>
	'status' in outcome && outcome.status === policy.status;

const describe = ({outcome}: HealthSample): string =>
	'status' in outcome ? `answered ${outcome.status}` : outcome.error;

/**
 * Judges the samples so far, oldest first. `unclear` means: ask again after `everyMs`.
 * Healthy is never one lucky answer: a restart loop answers 200 between two crashes.
 */
export const judgeHealth = (policy: HealthPolicy, samples: readonly HealthSample[]): HealthVerdict => {
	const last = samples.at(-1);
	if (!last) return {verdict: 'unclear', reason: 'not asked yet'};

	const firstOfRun = samples.findLastIndex(sample => !isGood(policy, sample)) + 1;
	const run = samples.slice(firstOfRun);
	const stableMs = run[0] ? last.atMs - run[0].atMs : 0;
	if (run.length >= policy.passes && stableMs >= policy.stableForMs) return {verdict: 'pass'};

	if (last.atMs < policy.withinMs) return {verdict: 'unclear', reason: describe(last)};
	const good = samples.filter(sample => isGood(policy, sample)).length;
	return {verdict: 'fail', reason: `${describe(last)}; ${good} of ${samples.length} tries answered ${policy.status}`};
};

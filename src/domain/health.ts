import {duration} from './format.ts';

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
	/** How long one request is waited for. */
	readonly timeoutMs: number;
	/** The app's own bad answer, the same all the time, decides after this long: before the deadline. */
	readonly sameFailureMs: number;
};

/** What an environment file need not say. */
export const usualHealth = {timeoutMs: 10_000, sameFailureMs: 5000} as const;

type Outcome = {readonly status: number} | {readonly error: string};

/** One answer of a health check. `atMs`: since the first request. */
export type HealthSample = {
	readonly atMs: number;
	readonly durationMs: number;
	/** HTTP status, or the reason there was none. */
	readonly outcome: Outcome;
};

export type HealthVerdict =
	| {readonly verdict: 'pass'}
	| {readonly verdict: 'fail'; readonly reason: string}
	/** `waits`: what is waited for, in a few words. `againMs`: when to ask again. */
	| {readonly verdict: 'unclear'; readonly waits: string; readonly againMs: number};

export const isGoodAnswer = ({status}: Pick<HealthPolicy, 'status'>, outcome: Outcome): boolean =>
	'status' in outcome && outcome.status === status;

/** A proxy's word that nothing is there, also that of a network in front of it, or a limiter's that it was too much. */
const isOfProxy = (status: number): boolean =>
	status === 429 || (status >= 502 && status <= 504) || (status >= 520 && status <= 530);

/** Whether the app itself has answered: what is refused, has no answer, or is a proxy's word, may be starting still. */
export const isOfApp = (outcome: Outcome): boolean => 'status' in outcome && !isOfProxy(outcome.status);

/** One time of asking, as the decision sees it: good, the app's own word that it is not, or nobody's. */
export type Tried = {readonly atMs: number; readonly says: string; readonly by: 'good' | 'app' | 'nobody'};

/** An app that is gone after it had answered may be started once more: it has as much longer as a start takes. */
const goneTimes = 3;
/** While it fails alike it is asked this often in the time that decides. */
const triesToDecide = 5;

/**
 * For how long the last answers have been the same bad one, and after how long that counts as failed, before the deadline.
 * A healthy start is never cut: what never answered has until the deadline. Undefined: there is nothing to decide by.
 */
export const sameFailure = (
	tries: readonly Tried[],
	sameFailureMs: number,
): {readonly forMs: number; readonly ofMs: number; readonly times: number} | undefined => {
	const last = tries.at(-1);
	if (!last || last.by === 'good') return undefined;
	const first = tries.findLastIndex(({by, says}) => by !== last.by || says !== last.says) + 1;
	const hasAnswered = tries.some(({by}) => by !== 'nobody');
	if (last.by === 'nobody' && !hasAnswered) return undefined;
	return {
		forMs: last.atMs - (tries[first]?.atMs ?? last.atMs),
		ofMs: last.by === 'app' ? sameFailureMs : goneTimes * sameFailureMs,
		times: tries.length - first,
	};
};

type Timing = Pick<HealthPolicy, 'withinMs' | 'everyMs' | 'sameFailureMs'>;

/** What becomes of tries of which the last is bad: it has failed, or is asked again. */
export const judgeFailing = (
	{withinMs, everyMs, sameFailureMs}: Timing,
	tries: readonly Tried[],
):
	| {readonly verdict: 'fail'; readonly how: string}
	| {readonly verdict: 'unclear'; readonly waits: string; readonly againMs: number} => {
	const last = tries.at(-1);
	const atMs = last?.atMs ?? 0;
	const same = sameFailure(tries, sameFailureMs);
	if (same && same.forMs >= same.ofMs && same.times > 1)
		return {verdict: 'fail', how: `the same for ${duration(same.forMs)}, ${same.times} times`};
	if (atMs >= withinMs) return {verdict: 'fail', how: `not right within ${duration(withinMs)}`};
	const says = last?.says ?? 'no answer yet';
	// The deadline may come first.
	return same && atMs - same.forMs + same.ofMs < withinMs
		? {
				verdict: 'unclear',
				waits: `${says} for ${duration(same.forMs)} of ${duration(same.ofMs)}, then it counts as failed`,
				againMs: Math.min(everyMs, same.ofMs / triesToDecide),
			}
		: {
				verdict: 'unclear',
				waits: `${says}, for at most ${duration(withinMs)} in all: ${duration(atMs)} are over`,
				againMs: everyMs,
			};
};

const describe = ({outcome}: HealthSample): string =>
	'status' in outcome ? `answered ${outcome.status}` : outcome.error;

const triedOf = (policy: HealthPolicy, {atMs, outcome}: HealthSample): Tried => ({
	atMs,
	says: 'status' in outcome ? String(outcome.status) : outcome.error,
	by: isGoodAnswer(policy, outcome) ? 'good' : isOfApp(outcome) ? 'app' : 'nobody',
});

/**
 * Judges the samples so far, oldest first. Healthy is never one lucky answer: a restart loop answers 200 between two
 * crashes.
 */
export const judgeHealth = (policy: HealthPolicy, samples: readonly HealthSample[]): HealthVerdict => {
	const {passes, stableForMs, withinMs, everyMs} = policy;
	const last = samples.at(-1);
	if (!last) return {verdict: 'unclear', waits: 'not asked yet', againMs: 0};

	const firstOfRun = samples.findLastIndex(({outcome}) => !isGoodAnswer(policy, outcome)) + 1;
	const run = samples.slice(firstOfRun);
	const stableMs = run[0] ? last.atMs - run[0].atMs : 0;
	if (run.length >= passes && stableMs >= stableForMs) return {verdict: 'pass'};

	const good = samples.filter(({outcome}) => isGoodAnswer(policy, outcome)).length;
	const count = `${good} of ${samples.length} tries answered ${policy.status}`;
	if (run.length === 0) {
		const tries = samples.map(sample => triedOf(policy, sample));
		const failing = judgeFailing(policy, tries);
		return failing.verdict === 'unclear'
			? failing
			: {verdict: 'fail', reason: `${describe(last)}, ${failing.how}; ${count}`};
	}
	if (last.atMs >= withinMs)
		return {verdict: 'fail', reason: `${describe(last)}, not stable within ${duration(withinMs)}; ${count}`};
	return {
		verdict: 'unclear',
		waits: `${policy.status}, ${run.length} of ${passes} in a row, ${duration(stableMs)} of ${duration(stableForMs)}`,
		againMs: everyMs,
	};
};

/** Ends of an interval, and the estimate inside. */
export type Interval = {
	readonly low: number;
	readonly high: number;
	readonly estimate: number;
	/** Too few independent samples for ends that can be relied on. */
	readonly isWide: boolean;
};

/** Numbers as they came, with what is asked of them again and again. */
export type Series = {
	readonly sorted: Float64Array;
	/**
	 * In how many samples there is as much as in one that owes nothing to the one before: 1 when they are independent.
	 * Of the place each has among all of them, which a single outlier can't move.
	 */
	readonly spread: number;
};

/** Samples nearer to each other than this tell of one another, whether it shows in few of them or not. */
const nearMs = 3000;

/** Lags up to which samples are held against each other: bursts and drifts of a minute or two at one each 5 s. */
const lags = 20;

/** Of fewer samples than this nothing can be said of how they hang together. */
const enoughForLags = 40;

/**
 * By how much the variance of a mean of these is larger than that of as many independent ones, with weights that fall
 * with the lag. Source: Newey and West, Econometrica 55 (1987), with Bartlett's weights.
 */
export const dependence = (values: ArrayLike<number>, everyMs: number): number => {
	const near = Math.exp(-Math.max(1, everyMs) / nearMs);
	const atLeast = (1 + near) / (1 - near);
	const count = values.length;
	if (count < enoughForLags) return atLeast;
	let mean = 0;
	for (let at = 0; at < count; at++) mean += values[at] ?? 0;
	mean /= count;
	const around = Float64Array.from({length: count}, (_, at) => (values[at] ?? 0) - mean);
	const product = (lag: number): number => {
		let sum = 0;
		for (let at = lag; at < count; at++) sum += (around[at] ?? 0) * (around[at - lag] ?? 0);
		return sum;
	};
	const own = product(0);
	if (own === 0) return atLeast;
	let found = 1;
	for (let lag = 1; lag <= lags; lag++) found += 2 * (1 - lag / (lags + 1)) * (product(lag) / own);
	return Math.max(atLeast, found);
};

/** How many of a sorted list are at most `limit`. */
const atMost = (sorted: Float64Array, limit: number): number => {
	let low = 0;
	let high = sorted.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((sorted[middle] ?? 0) <= limit) low = middle + 1;
		else high = middle;
	}
	return low;
};

export const seriesOf = (values: readonly number[], everyMs: number): Series => {
	const sorted = Float64Array.from(values).sort();
	const places = new Float64Array(values.length);
	for (const [at, value] of values.entries()) places[at] = atMost(sorted, value);
	return {sorted, spread: dependence(places, everyMs)};
};

/** Between two neighbours where it falls between them. */
export const quantile = (sorted: Float64Array, share: number): number => {
	const place = (sorted.length - 1) * share;
	const below = sorted[Math.floor(place)] ?? Number.NaN;
	const above = sorted[Math.ceil(place)] ?? below;
	return below + (above - below) * (place - Math.floor(place));
};

/**
 * How many standard errors an interval reaches to each side so that it holds the truth in 95 % of watches however often
 * it is looked at: a watch looks with each round, and stops being quiet at the first one that is bad. With 1.96 the first
 * of 360 looks would be wrong in about every third. Narrowest at `usual` independent samples.
 *
 * Source: Annals of Statistics 52 (2024), Waudby-Smith and others, Time-uniform central limit theory and asymptotic
 * confidence sequences, after Robbins' normal mixture.
 */
export const reach = (independent: number): number => {
	const told = (bestAt * Math.max(1, independent)) / usual;
	return Math.sqrt((1 + 1 / told) * Math.log((told + 1) / (missed * missed)));
};

const missed = 0.05;

/** Independent samples at which a verdict is wanted most. */
const usual = 30;

const bestAt = -2 * Math.log(missed) + Math.log(1 - 2 * Math.log(missed));

/** How many standard errors the interval of one look reaches, and one that holds in 80 % only. */
const once = 1.96;
const likely = 1.28;

/** How many of all differences `since - before` are below `limit`. */
const pairsBelow = (before: Float64Array, since: Float64Array, limit: number): number => {
	let pairs = 0;
	let first = 0;
	for (let at = 0; at < since.length; at++) {
		const least = (since[at] ?? 0) - limit;
		while (first < before.length && (before[first] ?? 0) <= least) first++;
		pairs += before.length - first;
	}
	return pairs;
};

/** Parts of the whole range of differences in which one is found: finer than it is ever shown. */
const fineness = 16_384;

/**
 * The difference that `rank` of all pairs lie below. It lies between two marks of a fixed scale, and is looked for where
 * the numbers below both ends say it should be, in turn with the middle between them.
 */
const differenceAt = (before: Float64Array, since: Float64Array, rank: number): number => {
	const least = (since[0] ?? 0) - (before.at(-1) ?? 0);
	const step = ((since.at(-1) ?? 0) - (before[0] ?? 0) - least) / fineness;
	if (step <= 0) return least;
	let [low, lowPairs] = [0, 0];
	let [high, highPairs] = [fineness, before.length * since.length];
	for (let turn = 0; high - low > 1; turn++) {
		const share = turn % 2 === 0 ? (rank - lowPairs) / Math.max(1, highPairs - lowPairs) : 0.5;
		const mark = Math.min(high - 1, Math.max(low + 1, low + Math.round((high - low) * share)));
		const pairs = pairsBelow(before, since, least + mark * step);
		if (pairs > rank) [high, highPairs] = [mark, pairs];
		else [low, lowPairs] = [mark, pairs];
	}
	return least + (low + 0.5) * step;
};

/**
 * By how much one list lies above the other, without a word about how they are distributed: the median of all
 * differences, between two of them that the rank test can't tell from it. What hangs together counts as the fewer
 * samples it is worth. It holds for one look: what misleads a watch that looks again and again are bursts and drifts, not
 * chance, and a wider one finds less and is misled as often. `likelyLow`: lower end of one of 80 %.
 *
 * Source: Annals of Mathematical Statistics 34 (1963), Hodges and Lehmann; the interval by Mann and Whitney's statistic,
 * as in Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, section 4.3.
 */
export const shift = (before: Series, since: Series): Interval & {readonly likelyLow: number} => {
	const [earlier, later] = [before.sorted.length, since.sorted.length];
	const pairs = earlier * later;
	const error = Math.sqrt((pairs / 12) * (earlier * since.spread + later * before.spread + 1));
	const endAt = (errors: number): number => Math.max(0, Math.floor(pairs / 2 - errors * error));
	const at = (rank: number): number => differenceAt(before.sorted, since.sorted, rank);
	return {
		low: at(endAt(once)),
		high: at(pairs - 1 - endAt(once)),
		estimate: at((pairs - 1) / 2),
		likelyLow: at(endAt(likely)),
		isWide: pairs / 2 - once * error < 1,
	};
};

/** Two intervals of their own to that of their difference. Source: Zou and Donner, Statistics in Medicine 27 (2008). */
const differenceOf = (before: Interval, since: Interval): Interval => ({
	estimate: since.estimate - before.estimate,
	low: since.estimate - before.estimate - Math.hypot(since.estimate - since.low, before.high - before.estimate),
	high: since.estimate - before.estimate + Math.hypot(since.high - since.estimate, before.estimate - before.low),
	isWide: before.isWide || since.isWide,
});

/** So many of so many. `spread`: as of `Series`. */
export type Share = {readonly hits: number; readonly count: number; readonly spread: number};

/** Source: Journal of the American Statistical Association 22 (1927), Wilson. */
const wilson = ({hits, count, spread}: Share, reached: number): Interval => {
	const worth = count / spread;
	const found = hits / count;
	const squared = reached * reached;
	const middle = (found + squared / (2 * worth)) / (1 + squared / worth);
	const half =
		(reached / (1 + squared / worth)) * Math.sqrt((found * (1 - found)) / worth + squared / (4 * worth * worth));
	return {estimate: found, low: Math.max(0, middle - half), high: Math.min(1, middle + half), isWide: false};
};

/** `likelyHigh`: upper end of the one that holds for one look. */
type WithLikely = Interval & {readonly likelyHigh: number};

/**
 * Difference of two shares. What was before does not grow from look to look, so its own interval is one of one look: few
 * samples from before then hide no app that fails. Source: Newcombe, Statistics in Medicine 17 (1998), method 10.
 */
export const shareDifference = (before: Share, since: Share): WithLikely => {
	const worth = 1 / (before.spread / before.count + since.spread / since.count);
	const earlier = wilson(before, once);
	const by = (reached: number): Interval => differenceOf(earlier, wilson(since, reached));
	return {...by(reach(worth)), likelyHigh: by(once).high};
};

/** So many in so many minutes. `spread`: how much more they come in bunches than by chance; 1: not at all. */
export type Rate = {readonly events: number; readonly minutes: number; readonly spread: number};

/** The score interval of a Poisson rate. */
const rateInterval = ({events, minutes, spread}: Rate, reached: number): Interval => {
	const worth = events / spread;
	const squared = reached * reached;
	const half = reached * Math.sqrt(worth + squared / 4);
	const per = spread / minutes;
	return {
		estimate: events / minutes,
		low: Math.max(0, worth + squared / 2 - half) * per,
		high: (worth + squared / 2 + half) * per,
		isWide: false,
	};
};

/** Difference of two rates, in events a minute. */
export const rateDifference = (before: Rate, since: Rate): WithLikely => {
	const by = (reached: number): Interval => differenceOf(rateInterval(before, reached), rateInterval(since, reached));
	const worth = (before.events + since.events) / Math.max(before.spread, since.spread);
	return {...by(reach(worth)), likelyHigh: by(once).high};
};

/** One quantile between two values that were seen. `above`: as `spread` of whether a value lies above it. */
const quantileInterval = (sorted: Float64Array, share: number, above: number, reached: number): Interval => {
	const half = reached * Math.sqrt((share * (1 - share) * above) / sorted.length);
	return {
		estimate: quantile(sorted, share),
		low: quantile(sorted, Math.max(0, share - half)),
		high: quantile(sorted, Math.min(1, share + half)),
		isWide: share + half > 1,
	};
};

/**
 * Difference of a quantile, by the places around it. Undefined where the list before is too short to say how high its
 * own may lie.
 */
export const quantileDifference = (
	before: Series & {readonly above: number},
	since: Series & {readonly above: number},
	share: number,
): Interval | undefined => {
	const reached = reach(1 / (before.above / before.sorted.length + since.above / since.sorted.length));
	const earlier = quantileInterval(before.sorted, share, before.above, reached);
	if (earlier.isWide) return undefined;
	return {...differenceOf(earlier, quantileInterval(since.sorted, share, since.above, reached)), isWide: false};
};

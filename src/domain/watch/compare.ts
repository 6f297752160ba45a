import type {WatchTerms} from '../environments/watched.ts';
import type {ProbeKind, ProbeReading, ProbeUnit} from '../probes/probe.ts';
import {
	dependence,
	quantile,
	quantileDifference,
	rateDifference,
	seriesOf,
	shareDifference,
	shift,
	type Interval,
	type Rate,
	type Series,
} from './intervals.ts';
import type {Comparison, Side, WatchVerdict} from './watch.ts';

/** Readings of one side with what was worked out of them; the side before stays the same for a whole watch. */
type Worked = {
	/** Those that could find out. */
	readonly clear: readonly ProbeReading[];
	/** Those of them that measured. */
	readonly measured: readonly ProbeReading[];
	readonly everyMs: number;
	readonly notGood: number;
	/** Logarithms for times, values for all else. */
	readonly values: readonly number[];
	readonly series: Series;
	/** `dependence` of whether they lie above a limit. */
	readonly hangTogether: (limit: number) => number;
};

/** Nothing is faster, and no logarithm of it is asked for. */
const leastMs = 0.1;

const workedOut = new WeakMap<readonly ProbeReading[], Worked>();

/** Usual pause between two of them; of a single one nothing is known. */
const pause = (readings: readonly ProbeReading[]): number => {
	const pauses = new Float64Array(Math.max(0, readings.length - 1));
	for (let at = 1; at < readings.length; at++) pauses[at - 1] = (readings[at]?.at ?? 0) - (readings[at - 1]?.at ?? 0);
	return pauses.length === 0 ? 60_000 : quantile(pauses.sort(), 0.5);
};

const workOut = (readings: readonly ProbeReading[]): Worked => {
	const kept = workedOut.get(readings);
	if (kept) return kept;
	const clear = readings.filter(({state}) => state !== 'unclear');
	const measured = clear.filter(({value}) => value !== undefined);
	const everyMs = pause(measured.length > 1 ? measured : clear);
	const values = measured.map(({value = 0, unit}) => (unit === 'ms' ? Math.log(Math.max(value, leastMs)) : value));
	const above = new Map<number, number>();
	const worked: Worked = {
		clear,
		measured,
		everyMs,
		notGood: clear.filter(({state}) => state === 'fail').length,
		values,
		series: seriesOf(values, everyMs),
		hangTogether: limit => {
			const found =
				above.get(limit) ??
				dependence(
					values.map(value => (value > limit ? 1 : 0)),
					everyMs,
				);
			above.set(limit, found);
			return found;
		},
	};
	workedOut.set(readings, worked);
	return worked;
};

/**
 * The interval that is shown. `decisive`: what has to be beyond the limit, where that is another end than `low`;
 * `likelyHigh`: what must not be far beyond it, where that is another end than `high`.
 */
type Shown = Interval & {readonly decisive?: number; readonly likelyHigh?: number};

type Told = {
	readonly unit: ProbeUnit;
	readonly measure: string;
	readonly before: Side;
	readonly since: Side;
	/** Undefined: not to be asked, as there are too few samples. */
	readonly interval: Shown | undefined;
	readonly worseFrom: number;
	/** Samples that are missing before anything can be said; 0 or less: none. */
	readonly tooFew: number;
	/** Samples until it has been seen for long enough. */
	readonly settles: number;
};

/** Most samples a verdict is said to miss: beyond them it is anybody's guess. */
const mostMissing = 360;

/**
 * How many more samples would tell, if all goes on as it does: an interval narrows with the root of them. `reached`: how
 * far it reaches, and has to reach at most.
 */
const missingFor = (reached: {readonly now: number; readonly atMost: number}, count: number): number => {
	const times = reached.atMost <= 0 ? Number.POSITIVE_INFINITY : (reached.now / reached.atMost) ** 2;
	return Math.max(1, Math.min(mostMissing, Math.ceil(count * (times - 1))));
};

/**
 * WORSE is what is beyond its limit with the whole interval; UNCLEAR what seems to be, and what may well be: the same has
 * to be seen as well. It is where the interval ends below the limit, and where the difference is at most half of it and,
 * after the time of a burst, not even the interval is far beyond.
 */
const judge = (told: Told): Pick<Comparison, 'verdict' | 'missing'> => {
	const {interval, before, since, worseFrom, tooFew, settles} = told;
	if (tooFew > 0 || !interval) return {verdict: 'unclear', missing: Math.max(1, tooFew)};
	const {low, high, estimate, isWide, decisive = low, likelyHigh = high} = interval;
	if (decisive > worseFrom && !isWide) return {verdict: 'worse', missing: 0};
	const unclear = (reached: Parameters<typeof missingFor>[0]) =>
		({verdict: 'unclear', missing: Math.max(settles, missingFor(reached, since.count))}) as const;
	// Middles may differ by more than the middle of all differences: what is seen counts.
	const seen = Math.max(estimate, (since.value ?? 0) - (before.value ?? 0));
	if (seen > worseFrom) return unclear({now: seen - low, atMost: seen - worseFrom});
	if (high <= worseFrom) return {verdict: 'same', missing: 0};
	const isWell = seen <= worseFrom / 2;
	if (isWell && settles === 0 && likelyHigh <= farTimes * worseFrom) return {verdict: 'same', missing: 0};
	return unclear({now: likelyHigh - estimate, atMost: (isWell ? farTimes : 1) * worseFrom - estimate});
};

/** So many times its limit is far beyond it. */
const farTimes = 2;

const tell = ({probe, title}: ProbeReading, told: Told): Comparison => {
	const {interval, unit, measure, before, since, worseFrom} = told;
	return {
		probe,
		title,
		unit,
		measure,
		before,
		since,
		...(interval ? {difference: {low: interval.low, high: interval.high}} : {}),
		worseFrom,
		...judge(told),
	};
};

const p95 = 0.95;

/** Fewer samples than this have no p95 worth a row. */
const enoughForP95 = 180;

/** A sorted list of logarithms at a quantile, in milliseconds. */
const msAt = (sorted: Float64Array, share: number): number => Math.exp(quantile(sorted, share));

/** A difference of logarithms to one of milliseconds, above what was there before. */
const inMs = (interval: Shown, before: number): Shown => ({
	...interval,
	...(interval.decisive === undefined ? {} : {decisive: before * Math.expm1(interval.decisive)}),
	low: before * Math.expm1(interval.low),
	high: before * Math.expm1(interval.high),
	estimate: before * Math.expm1(interval.estimate),
});

/** What a burst or a cold start may last without saying anything of the release. */
const settlingMs = 210_000;

/** Samples until they cover that long. */
const settlesIn = (seen: readonly ProbeReading[], everyMs: number): number => {
	const tookMs = (seen.at(-1)?.at ?? 0) - (seen[0]?.at ?? 0);
	return Math.max(0, Math.ceil((settlingMs - tookMs) / Math.max(1, everyMs)));
};

/** How far above before each half of it has to lie, and which part of its values does. */
type Lasting = {readonly above: number; readonly share?: number};

/**
 * A shift that may be believed: seen for longer than a burst lasts, and in both halves of that time. Chance is not what
 * makes a good release look bad in a few minutes; bursts, cold caches and drifts are, and they pass.
 */
const lasting = (before: Worked, since: Worked, interval: Shown, {above, share = 0.5}: Lasting): Shown => {
	// Where it is not beyond at all, nothing has to be believed.
	if (interval.estimate <= above) return interval;
	const {values} = since;
	const from = quantile(before.series.sorted, share) + above;
	const half = values.length >> 1;
	const isBeyond = (part: readonly number[]): boolean => quantile(Float64Array.from(part).sort(), share) > from;
	const isLasting =
		settlesIn(since.measured, since.everyMs) === 0 &&
		isBeyond(values.slice(0, half)) &&
		isBeyond(values.slice(half));
	return isLasting ? interval : {...interval, isWide: true};
};

/**
 * The shift of what a probe measures. The first look that has enough samples goes by 80 %: it is the only one within five
 * minutes of a probe that is asked each 30 s, would miss one that is half as slow again in every eighth watch by 95 %, and
 * is misled as seldom as all that follow it.
 */
const shifted = (before: Worked, since: Worked, limit: number, minSamples: number): Shown | undefined => {
	const [earlier, later] = [before.values.length, since.values.length];
	if (Math.min(earlier, later) < Math.max(1, minSamples)) return undefined;
	const {likelyLow, ...interval} = shift(before.series, since.series);
	const shown = later > minSamples ? interval : {...interval, decisive: likelyLow};
	// Half of the limit: half of the samples say half as much for sure.
	return lasting(before, since, shown, {above: limit / 2});
};

/** Times are compared by their logarithms: twice as slow is as far whether it was 10 ms or 1 s. */
const latencies = (before: Worked, since: Worked, {worse, minSamples}: WatchTerms): readonly Told[] => {
	const [earlier, later] = [before.series.sorted, since.series.sorted];
	const fewest = Math.min(earlier.length, later.length);
	const row = (measure: string, share: number, compare: (limit: number) => Shown | undefined): Told => {
		const was = earlier.length === 0 ? 0 : msAt(earlier, share);
		const worseFrom = Math.max((was * worse.latencyPercent) / 100, worse.latencyMs);
		const interval = compare(Math.log1p(worseFrom / Math.max(was, leastMs)));
		return {
			unit: 'ms',
			measure,
			before: {value: earlier.length === 0 ? undefined : was, count: earlier.length},
			since: {value: later.length === 0 ? undefined : msAt(later, share), count: later.length},
			interval: interval && inMs(interval, was),
			worseFrom,
			tooFew: minSamples - fewest,
			settles: settlesIn(since.measured, since.everyMs),
		};
	};
	const median = row('median', 0.5, limit => shifted(before, since, limit, minSamples));
	if (fewest < Math.max(minSamples, enoughForP95)) return [median];
	const limit = quantile(earlier, p95);
	const tail = quantileDifference(
		{...before.series, above: before.hangTogether(limit)},
		{...since.series, above: since.hangTogether(limit)},
		p95,
	);
	if (!tail) return [median];
	return [median, row('p95', p95, above => lasting(before, since, tail, {above, share: p95}))];
};

const notGood = (before: Worked, since: Worked, {worse, minSamples}: WatchTerms): Told => {
	const side = ({clear, notGood: hits}: Worked): Side => ({
		value: clear.length === 0 ? undefined : (100 * hits) / clear.length,
		count: clear.length,
	});
	const share = ({clear, notGood: hits}: Worked) => ({hits, count: clear.length, spread: 1});
	const tooFew = Math.max(1, minSamples) - Math.min(before.clear.length, since.clear.length);
	const found = tooFew > 0 ? undefined : shareDifference(share(before), share(since));
	return {
		unit: '%',
		measure: 'not good',
		before: side(before),
		since: side(since),
		interval: found && {
			...found,
			low: 100 * found.low,
			high: 100 * found.high,
			likelyHigh: 100 * found.likelyHigh,
			estimate: 100 * found.estimate,
		},
		worseFrom: worse.failuresPercent,
		tooFew,
		settles: settlesIn(since.clear, since.everyMs),
	};
};

/** Minutes between two readings, at most three usual pauses: what nobody looked at is not counted. */
const minutesOf = ({measured, everyMs}: Worked): readonly number[] =>
	measured.map((one, at) => {
		const last = measured[at - 1];
		return Math.min(last ? one.at - last.at : everyMs, 3 * everyMs) / 60_000;
	});

/** What was counted in all of them. A number of entries goes up until it begins anew; a rate counts for its pause. */
const rateOf = (side: Worked): Rate => {
	const minutes = minutesOf(side);
	const events = side.measured.map(({value = 0, unit}, at) => {
		if (unit === 'per minute') return value * (minutes[at] ?? 0);
		const last = side.measured[at - 1]?.value;
		return last === undefined ? 0 : value < last ? value : value - last;
	});
	const all = events.reduce((sum, one) => sum + one, 0);
	const mean = all / events.length;
	const variance = events.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, events.length - 1);
	const bunched = mean > 0 ? variance / mean : 1;
	return {
		events: all,
		minutes: minutes.reduce((sum, one) => sum + one, 0),
		spread: Math.max(1, bunched * dependence(events, side.everyMs * 10)),
	};
};

/**
 * Samples of a side that are missing for a rate: each tells of up to a minute, so fewer that lie further apart are as
 * many. What a log says of the minutes before the swap is one for each, and never will be more.
 */
const missingOfRate = ({measured}: Worked, {minutes}: Rate, minSamples: number): number =>
	measured.length >= fewestLevels && minutes * 60_000 >= settlingMs ? 0 : Math.max(1, minSamples) - measured.length;

/** Errors of a log: how many a minute. */
const rates = (before: Worked, since: Worked, {worse, minSamples}: WatchTerms): Told => {
	const [earlier, later] = [rateOf(before), rateOf(since)];
	const side = ({measured}: Worked, {events, minutes}: Rate): Side => ({
		value: minutes > 0 ? events / minutes : undefined,
		count: measured.length,
	});
	const tooFew = Math.max(missingOfRate(before, earlier, minSamples), missingOfRate(since, later, minSamples));
	return {
		unit: 'per minute',
		measure: '',
		before: side(before, earlier),
		since: side(since, later),
		interval: tooFew > 0 ? undefined : rateDifference(earlier, later),
		worseFrom: worse.errorsPerMinute,
		tooFew,
		settles: settlesIn(since.measured, since.everyMs),
	};
};

/** Part of its limit by which what is used has to grow to be worth a word: twice of next to nothing is nothing. */
const worthOfLimit = 0.1;

/** Of what is asked seldom, as many samples as this time holds are enough: as long as a verdict takes of all else. */
const enoughMs = 300_000;

/** Fewer than this can't be told from chance, however long they took. */
const fewestLevels = 4;

/** What is used of a host: its level before and since. */
const levels = (before: Worked, since: Worked, terms: WatchTerms): Told => {
	const {worse} = terms;
	const side = ({series: {sorted}}: Worked): Side => ({
		value: sorted.length === 0 ? undefined : quantile(sorted, 0.5),
		count: sorted.length,
	});
	const was = side(before);
	const last = since.measured.at(-1) ?? before.measured.at(-1);
	const worseFrom = Math.max(((was.value ?? 0) * worse.usePercent) / 100, (last?.limit ?? 0) * worthOfLimit);
	const everyMs = Math.max(1, (before.measured.length > 1 ? before : since).everyMs);
	const minSamples = Math.min(terms.minSamples, Math.max(fewestLevels, Math.ceil(enoughMs / everyMs)));
	return {
		unit: last?.unit ?? 'count',
		measure: '',
		before: was,
		since: side(since),
		interval: shifted(before, since, worseFrom, minSamples),
		worseFrom,
		tooFew: minSamples - Math.min(before.measured.length, since.measured.length),
		settles: settlesIn(since.measured, since.everyMs),
	};
};

type Compare = (before: Worked, since: Worked, terms: WatchTerms) => readonly Told[];

/**
 * How what a probe measures is compared. Of the others a value says nothing beside its limit: the age of a log is a
 * saw-tooth, days of a certificate only go down, restarts are counted from the swap on.
 */
const byValue: Readonly<Partial<Record<ProbeKind, Compare>>> = {
	http: latencies,
	log: (...sides) => [rates(...sides)],
	memory: (...sides) => [levels(...sides)],
	load: (...sides) => [levels(...sides)],
	disk: (...sides) => [levels(...sides)],
	queue: (...sides) => [levels(...sides)],
};

/** Whether it was known before the swap, and nothing could be found out since. */
const isLost = (before: Worked, since: Worked, found: readonly ProbeReading[]): boolean =>
	before.clear.length > 0 && found.length > 0 && since.clear.length === 0;

/** What is seldom asked was not asked often enough before the swap, and never will have been. */
const isPastKnowing = ({everyMs}: Worked, {before, since, tooFew}: Told): boolean =>
	everyMs >= seldomMs && before.count < tooFew + Math.min(before.count, since.count);

const seldomMs = 30_000;

/**
 * One probe before and since, oldest first: its value where the kind says how, and how often it was not good where that
 * happened at all. What has nothing to say has no row. A watch looks with each round and ends being quiet at the first
 * WORSE, which has to be one to believe: rare things (answers that are not good, errors, the p95) are held to intervals
 * that hold however often they are looked at (see `reach`), levels to what outlasts a burst (see `lasting`), and what
 * hangs together in time counts as the fewer samples it is worth (see `dependence`). Readings that could not find out
 * count as missing. Random in nothing: the same samples, the same words. Source: design, "Words", watch.
 */
export const compareProbe = (
	before: readonly ProbeReading[],
	since: readonly ProbeReading[],
	terms: WatchTerms,
): readonly Comparison[] => {
	const last = since.at(-1) ?? before.at(-1);
	if (!last) return [];
	const sides = [workOut(before), workOut(since)] as const;
	const compare = byValue[last.kind];
	const failed = sides[0].notGood + sides[1].notGood > 0;
	const values = compare?.(...sides, terms) ?? [];
	const isOwn = last.kind === 'http' || last.kind === 'log';
	const measured = isOwn ? values : values.filter(told => !isPastKnowing(sides[0], told));
	const isTold = failed || (compare === undefined && isLost(...sides, since));
	return [...(isTold ? [notGood(...sides, terms)] : []), ...measured].map(told => tell(last, told));
};

const order: Readonly<Record<Comparison['verdict'], number>> = {worse: 0, unclear: 1, same: 2};

/** By how many times its limit it differs. */
const sizeOf = ({before, since, worseFrom}: Comparison): number =>
	before.value === undefined || since.value === undefined
		? 0
		: (since.value - before.value) / Math.max(worseFrom, 1e-9);

/** Worst first. */
export const worstFirst = (comparisons: readonly Comparison[]): readonly Comparison[] =>
	comparisons.toSorted(
		(a, b) =>
			order[a.verdict] - order[b.verdict] ||
			sizeOf(b) - sizeOf(a) ||
			a.title.localeCompare(b.title, 'en') ||
			a.probe.localeCompare(b.probe, 'en'),
	);

/** `swapAt`, `now`: epoch milliseconds by the host. */
export type CompareOptions = {
	readonly swapAt: number;
	/** How much of the time before the swap counts. */
	readonly minutes: number;
	readonly now: number;
	readonly terms: WatchTerms;
};

/** All probes that were seen on either side, worst first. */
export const compareAll = (
	samples: readonly ProbeReading[],
	{swapAt, minutes, now, terms}: CompareOptions,
): readonly Comparison[] => {
	const from = swapAt - minutes * 60_000;
	const sides = new Map<string, {readonly before: ProbeReading[]; readonly since: ProbeReading[]}>();
	const inOrder = samples.every(({at}, index) => at >= (samples[index - 1]?.at ?? at))
		? samples
		: samples.toSorted((a, b) => a.at - b.at);
	for (const reading of inOrder) {
		if (reading.at < from || reading.at > now) continue;
		const side = sides.get(reading.probe) ?? {before: [], since: []};
		sides.set(reading.probe, side);
		(reading.at < swapAt ? side.before : side.since).push(reading);
	}
	return worstFirst([...sides.values()].flatMap(({before, since}) => compareProbe(before, since, terms)));
};

/** The worst verdict of what nobody accepted; of nothing at all: unclear. `accepted`: ids of probes. */
export const verdictOf = (comparisons: readonly Comparison[], accepted: readonly string[]): WatchVerdict => {
	if (comparisons.length === 0) return 'unclear';
	const [worst] = worstFirst(comparisons.filter(({probe}) => !accepted.includes(probe)));
	return worst?.verdict ?? 'same';
};

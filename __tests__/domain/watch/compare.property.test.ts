import {expect, test} from 'vitest';
import {usualWatch} from '../../../src/domain/environments/watched.ts';
import type {ProbeReading} from '../../../src/domain/probes/probe.ts';
import {compareProbe} from '../../../src/domain/watch/compare.ts';
import {shareDifference} from '../../../src/domain/watch/intervals.ts';
import {isDeep} from '../../support/depth.ts';
import {randomFrom, seedOf} from '../oracle/random.ts';
import {simulate, someAnswers} from './simulated.ts';

const swapAt = Date.parse('2026-02-10T11:28:00Z');

const minutes = 30;

type Sides = {readonly before: readonly ProbeReading[]; readonly since: readonly ProbeReading[]};

const sidesOf = (seed: number, {everyMs = 5000, times = 1} = {}): Sides => {
	const random = randomFrom(seed);
	const all = simulate({random, answers: someAnswers(random), probe: 'api', swapAt, everyMs, minutes, times});
	return {before: all.filter(({at}) => at < swapAt), since: all.filter(({at}) => at >= swapAt)};
};

const {worse} = usualWatch;

/** Samples from which a p95 is compared. */
const enoughForP95 = 180;

/** Where a share of a sorted list lies, between two neighbours. */
const at = (sorted: readonly number[], share: number): number => {
	const place = (sorted.length - 1) * share;
	const below = sorted[Math.floor(place)] ?? 0;
	return below + ((sorted[Math.ceil(place)] ?? below) - below) * (place - Math.floor(place));
};

/**
 * Looks worth the time of a comparison: nothing can be worse while neither the middle of all differences nor the p95 lies
 * beyond its limit. Said here as plainly as it can be, so that every round of thousands of watches can be looked at.
 */
const looksUp = ({before, since}: Sides): ((count: number) => boolean) => {
	const earlier = before.map(({value = 0}) => value).toSorted((a, b) => a - b);
	const later: number[] = [];
	const isAbove = (share: number): boolean => {
		const was = at(earlier, share);
		// Logarithms lie a little elsewhere between two neighbours.
		return at(later, share) - was > 0.95 * Math.max((was * worse.latencyPercent) / 100, worse.latencyMs);
	};
	const limit = Math.log1p(Math.max(worse.latencyPercent / 100, worse.latencyMs / at(earlier, 0.5)));
	/** Whether so many of all pairs lie above the limit that the middle one does. */
	const isShifted = (): boolean => {
		let above = 0;
		let first = 0;
		for (const value of later) {
			while (first < earlier.length && (earlier[first] ?? 0) * Math.exp(limit) < value * 1.001) first++;
			above += first;
		}
		return above >= (earlier.length * later.length) / 2 - 1;
	};
	return count => {
		while (later.length < count) {
			const value = since[later.length]?.value ?? 0;
			const place = later.findIndex(one => one > value);
			later.splice(place === -1 ? later.length : place, 0, value);
		}
		return isShifted() || (count >= enoughForP95 && isAbove(0.95));
	};
};

/** When it is first called worse, in samples since the swap; undefined: never. */
const firstWorse = ({before, since}: Sides, {until = since.length, step = 1} = {}): number | undefined => {
	const isWorthIt = looksUp({before, since});
	for (let count = usualWatch.minSamples; count <= until; count += step) {
		if (!isWorthIt(count)) continue;
		const found = compareProbe(before, since.slice(0, count), usualWatch);
		if (found.some(({verdict}) => verdict === 'worse')) return count;
	}
	return undefined;
};

const watches = isDeep ? 1000 : 16;

const probes = 12;

/** Looks at every round in the full depth, otherwise once a minute. */
const stepOf = (everyMs: number): number => (isDeep ? 1 : Math.max(1, 60_000 / everyMs));

test.each([{everyMs: 5000}, {everyMs: 10_000}, {everyMs: 30_000}])(
	`${watches} watches of ${probes} probes without a change, each asked every $everyMs ms: at most 1 % are ever called worse`,
	{timeout: 3_600_000},
	({everyMs}) => {
		const begun = performance.now();
		const bad = Array.from({length: watches}, (_, watch) => watch).filter(watch =>
			Array.from({length: probes}, (_, probe) => seedOf(watch * probes + probe)).some(
				seed => firstWorse(sidesOf(seed, {everyMs}), {step: stepOf(everyMs)}) !== undefined,
			),
		);
		if (isDeep)
			console.log(
				`without a change, each ${everyMs} ms: ${bad.length} of ${watches} watches worse, ${Math.round((performance.now() - begun) / 1000)} s`,
			);
		expect(bad.length).toBeLessThanOrEqual(watches / 100);
	},
);

test('looks that are left out would not have called anything worse', () => {
	for (let seed = 0; seed < 40; seed++) {
		const sides = sidesOf(seedOf(3_000_000 + seed), {everyMs: 30_000, times: seed % 2 === 0 ? 1.2 : 1});
		const isWorthIt = looksUp(sides);
		for (let count = usualWatch.minSamples; count <= sides.since.length; count++) {
			const found = compareProbe(sides.before, sides.since.slice(0, count), usualWatch);
			if (found.some(({verdict}) => verdict === 'worse'))
				expect(isWorthIt(count), `${seed}: ${count}`).toBe(true);
		}
	}
});

const slowed = isDeep ? 2000 : 60;

test.each([
	{everyMs: 5000, times: 1.5, share: 0.95},
	{everyMs: 10_000, times: 1.5, share: 0.95},
	{everyMs: 30_000, times: 1.5, share: 0.95},
])('$times times as slow, asked each $everyMs ms: found within five minutes', ({everyMs, times, share}) => {
	const within = 300_000 / everyMs;
	const found = Array.from({length: slowed}, (_, index) =>
		sidesOf(seedOf(1_000_000 + index), {everyMs, times}),
	).filter(sides => firstWorse(sides, {until: within}) !== undefined);
	if (isDeep) console.log(`${times} times as slow, each ${everyMs} ms: found ${found.length} of ${slowed}`);
	expect(found.length).toBeGreaterThanOrEqual(share * slowed);
});

test.each([12, 20, 60, 360])(
	`${watches} watches of ${probes} addresses that fail as often as in %i samples before: at most 1 % are ever called worse`,
	count => {
		const limit = worse.failuresPercent / 100;
		/** Whether any round since the swap finds more answers that are not good than before. */
		const isWorse = (seed: number): boolean => {
			const random = randomFrom(seed);
			const fails = random.share() * 0.03;
			const before = {
				count,
				hits: Array.from({length: count}, () => random.chance(fails)).filter(Boolean).length,
				spread: 1,
			};
			let hits = 0;
			return Array.from({length: (minutes * 60) / 5}, (_, at) => {
				hits += random.chance(fails) ? 1 : 0;
				return {count: at + 1, hits, spread: 1};
			}).some(since => since.count >= usualWatch.minSamples && shareDifference(before, since).low > limit);
		};
		const bad = Array.from({length: watches}, (_, watch) => watch).filter(watch =>
			Array.from({length: probes}, (_, probe) => seedOf(4_000_000 + watch * probes + probe)).some(isWorse),
		);
		expect(bad.length).toBeLessThanOrEqual(watches / 100);
	},
);

test('below the fewest samples it is unclear, however slow', () => {
	for (let seed = 0; seed < 50; seed++) {
		const {before, since} = sidesOf(seedOf(2_000_000 + seed), {times: 20});
		for (let count = 0; count < usualWatch.minSamples; count++) {
			for (const found of [
				compareProbe(before, since.slice(0, count), usualWatch),
				compareProbe(before.slice(0, count), since, usualWatch),
			]) {
				expect(found.map(({verdict}) => verdict)).toEqual(['unclear']);
				expect(found[0]?.missing).toBe(usualWatch.minSamples - count);
			}
		}
	}
});

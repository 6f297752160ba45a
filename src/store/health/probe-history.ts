import {p95} from '../../domain/watch/triggers.ts';
import type {ProbeReading, ProbeRound, ProbeState} from '../../domain/probes/probe.ts';

/** What one probe found at one moment, as much of it as is drawn. `at`: epoch milliseconds by the primary host. */
export type HistoryPoint = {readonly at: number; readonly state: ProbeState; readonly value?: number};

/** By probe, oldest first. */
export type ProbeHistory = Readonly<Record<string, readonly HistoryPoint[]>>;

export const historyMs = 60 * 60_000;
/** More than this many rounds in an hour are not kept one by one: no screen shows them apart. */
const mostPoints = 1800;

const pointOf = ({at, state, value}: ProbeReading): HistoryPoint => ({
	at,
	state,
	...(value === undefined ? {} : {value}),
});

const bounded = (points: readonly HistoryPoint[], now: number): readonly HistoryPoint[] => {
	const first = points.findIndex(({at}) => at > now - historyMs);
	return first < 0 ? [] : points.slice(Math.max(first, points.length - mostPoints));
};

/** Only times of requests are drawn over time. */
const isDrawn = ({kind}: ProbeReading): boolean => kind === 'http';

/** The history with a round behind it; a round that is there already changes nothing. */
export const laterHistory = (history: ProbeHistory, {at, readings}: ProbeRound): ProbeHistory => ({
	...history,
	...Object.fromEntries(
		readings.filter(isDrawn).map(reading => {
			const before = history[reading.probe] ?? [];
			const isNew = (before.at(-1)?.at ?? Number.NEGATIVE_INFINITY) < reading.at;
			return [reading.probe, bounded(isNew ? [...before, pointOf(reading)] : before, at)] as const;
		}),
	),
});

/** The history with older readings in their places; what is known of a moment already stays. */
export const withHistory = (history: ProbeHistory, readings: readonly ProbeReading[]): ProbeHistory => {
	const found = Map.groupBy(readings.filter(isDrawn), ({probe}) => probe);
	return {
		...history,
		...Object.fromEntries(
			[...found].map(([probe, more]) => {
				const known = history[probe] ?? [];
				const times = new Set(known.map(({at}) => at));
				const merged = [...more.filter(({at}) => !times.has(at)).map(pointOf), ...known];
				const sorted = merged.toSorted((a, b) => a.at - b.at);
				return [probe, bounded(sorted, sorted.at(-1)?.at ?? 0)] as const;
			}),
		),
	};
};

/** The value that 95 of 100 stay within; undefined for too few of them. */
export const percentile95 = (values: readonly number[], least = 5): number | undefined => {
	return values.length < least ? undefined : p95(values);
};

/** Times of good answers. */
export const goodTimes = (points: readonly HistoryPoint[]): readonly number[] =>
	points.flatMap(({state, value}) => (state === 'pass' && value !== undefined ? [value] : []));

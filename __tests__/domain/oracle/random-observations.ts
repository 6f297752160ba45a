import type {AppName} from '../../../src/domain/environments/environment.ts';
import type {SoakTerms} from '../../../src/domain/environments/watched.ts';
import type {LedgerEntry} from '../../../src/domain/ledger/ledger.ts';
import {actors} from './draft.ts';
import type {OracleLive} from './gate-oracle.ts';
import type {Random} from './random.ts';

const minuteMs = 60_000;

export const someSoakTerms = (random: Random): SoakTerms => ({
	samples: random.pick(['optional', 'optional', 'required']),
	...(random.chance(0.5) ? {unhealthyMs: random.pick([1, 5, 10, 60]) * minuteMs} : {}),
	...(random.chance(0.3) ? {envChange: 'keep' as const} : {}),
});

type Time = {readonly from: number; readonly until: number};

const iso = (at: number): string => new Date(at).toISOString();

/** Cut at some moments, so that each part begins where the one before ends. */
const cutUp = (random: Random, {from, until}: Time): readonly Time[] => {
	const cuts = Array.from({length: random.whole(0, 4)}, () => random.whole(from, until)).toSorted((a, b) => a - b);
	const marks = [from, ...cuts, until];
	return marks.slice(1).map((mark, index) => ({from: marks[index] ?? from, until: mark}));
};

/** Times in one in which it was not healthy: at its ends, or anywhere. */
const someTroubles = (random: Random, {from, until}: Time): readonly Time[] =>
	Array.from({length: random.whole(1, 2)}, () => {
		const length = Math.min(until - from, random.pick([1, 5, 10, 59, 61, 300]) * minuteMs);
		const begin = random.pick([from, until - length, random.whole(from, until - length), from - minuteMs]);
		return {from: begin, until: begin + length};
	});

/** Entries nobody can read, or that claim what was still to come. */
const someNonsense = (random: Random, data: Readonly<Record<string, unknown>>, now: number) =>
	random.pick<Readonly<Record<string, unknown>>>([
		{...data, from: null},
		{...data, until: iso(now + 2 * minuteMs)},
		{...data, from: data['until'], until: data['from']},
		{...data, samples: 1},
		{...data, samples: 'many'},
		{...data, apps: {}},
		{...data, unhealthy: 'no'},
		{...data, unhealthy: [{from: 'x', until: 'y'}, null]},
	]);

type Watched = {
	readonly app: AppName;
	readonly live: OracleLive | undefined;
	readonly now: number;
	/** All of it was seen, and nothing was wrong. */
	readonly isGood: boolean;
};

/** What services that look now and then wrote of the time since a build is live, put behind what is there. */
export const withObservations = (
	random: Random,
	entries: readonly LedgerEntry[],
	{app, live, now, isGood}: Watched,
): readonly LedgerEntry[] => {
	if (!live || live.since > now) return entries;
	const watchers = isGood ? 1 : random.whole(1, 3);
	const seen = Array.from({length: watchers}, (_, watcher) =>
		cutUp(random, {from: live.since - (random.chance(0.2) ? 10 * minuteMs : 0), until: now}).flatMap(time => {
			if (!isGood && random.chance(0.2)) return [];
			const everyMs = random.pick([5000, 60_000, 5 * minuteMs]);
			const looks = Math.ceil((time.until - time.from) / everyMs) + 1;
			const data = {
				apps: {[app]: !isGood && random.chance(0.1) ? 'another' : live.digest},
				from: iso(time.from),
				until: iso(time.until),
				everyMs,
				samples: !isGood && random.chance(0.1) ? Math.ceil(looks / random.whole(100, 400)) : looks,
				unhealthy:
					!isGood && random.chance(0.3)
						? someTroubles(random, time).map(({from, until}) => ({
								from: iso(from),
								until: iso(until),
								what: 'API health: 502',
							}))
						: [],
			};
			return [
				{
					at: time.until,
					actor: actors[watcher % actors.length],
					data: !isGood && random.chance(0.1) ? someNonsense(random, data, now) : data,
				},
			];
		}),
	).flat();
	const last = entries.at(-1);
	// Whoever was cut off writes later, of whatever it saw first.
	const order = random.chance(0.8) ? seen.toSorted((a, b) => a.at - b.at) : seen;
	return [
		...entries,
		...order.map(({actor, data}, index): LedgerEntry => ({
			seq: (last?.seq ?? 0) + index + 1,
			type: 'health.observed',
			at: Math.max(last?.at ?? 0, Math.floor(now / 1000) * 1000),
			actor,
			data,
			hash: '',
		})),
	];
};

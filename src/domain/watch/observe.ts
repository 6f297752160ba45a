import type {Actor} from '../build.ts';
import {textIn, type LedgerEntry} from '../ledger/ledger.ts';
import type {ProbeReading} from '../probes/probe.ts';

/** A stretch in which somebody looked again and again. Times: epoch milliseconds by the host. */
export type SeenStretch = {
	readonly from: number;
	readonly until: number;
	/** Looks in it, those at both ends too. */
	readonly samples: number;
	readonly unhealthy: readonly {readonly from: number; readonly until: number; readonly what: string}[];
	/** Whether its last look was not healthy. */
	readonly isBad: boolean;
};

/** What was written down last: up to when, and what was not healthy then; empty: all was. */
export type LastSeen = {
	readonly until: number;
	readonly bad: string;
	/** Whether whoever looks now wrote it. */
	readonly isOwn: boolean;
	/** Number of its entry. */
	readonly seq: number;
};

/** What says whether an environment is healthy: its addresses, and what answers behind them. */
const isAbout = ({probe, kind}: ProbeReading): boolean =>
	/^(backend|frontend)\.health$/.test(probe) || kind === 'service' || kind === 'process' || kind === 'worker';

/** What of a round is not healthy, each on one line; that nothing was found out is not healthy either. */
export const looksBad = (readings: readonly ProbeReading[]): readonly string[] => {
	const about = readings.filter(isAbout);
	const bad = about.filter(({state}) => state === 'fail').map(({title, text}) => `${title}: ${text}`);
	const isKnown = about.some(({probe, state}) => probe.endsWith('.health') && state !== 'unclear');
	return isKnown || bad.length > 0 ? bad : ['its health is not known'];
};

type Look = {readonly at: number; readonly bad: readonly string[]};

/** Looks that found out something, oldest first. One that only knows of a host says nothing about users. */
const looksIn = (readings: readonly ProbeReading[]): readonly Look[] =>
	[...Map.groupBy(readings.filter(isAbout), ({at}) => at)]
		.filter(([, found]) => found.some(({probe, state}) => probe.endsWith('.health') && state !== 'unclear'))
		.map(([at, found]) => ({
			at,
			bad: found.filter(({state}) => state === 'fail').map(({title, text}) => `${title}: ${text}`),
		}))
		.sort((a, b) => a.at - b.at);

/** `bad`: what was not healthy at `from` already, where somebody had looked. */
const stretchOf = (looks: readonly Look[], from: number, bad: string): SeenStretch => {
	const before = looks[0] && looks[0].at > from ? 1 : 0;
	const unhealthy = bad === '' ? [] : [{from, until: from, what: bad}];
	let isBad = bad !== '';
	for (const look of looks) {
		const current = unhealthy.at(-1);
		if (isBad && current) current.until = look.at;
		else if (look.bad.length > 0) unhealthy.push({from: look.at, until: look.at, what: look.bad.join('; ')});
		isBad = look.bad.length > 0;
	}
	return {from, until: looks.at(-1)?.at ?? from, samples: before + looks.length, unhealthy, isBad};
};

/** Longest pause that is still looking again and again: a look may take its time, or be left out once. */
const longestPauseMs = (everyMs: number): number => 2 * everyMs + 60_000;

/**
 * What was seen since `last`, in stretches without a gap; the last one may go on. Where nobody looked before, the first
 * begins with the first look.
 */
export const observedSince = (
	readings: readonly ProbeReading[],
	{last, everyMs}: {readonly last: LastSeen | undefined; readonly everyMs: number},
): readonly SeenStretch[] => {
	const looks = looksIn(readings).filter(({at}) => last === undefined || at > last.until);
	const stretches: Look[][] = [];
	for (const look of looks) {
		const stretch = stretches.at(-1);
		const before = stretch?.at(-1);
		if (stretch && before && look.at - before.at <= longestPauseMs(everyMs)) stretch.push(look);
		else stretches.push([look]);
	}
	return stretches.map((found, index) => {
		const begun = found[0]?.at ?? 0;
		return index === 0 && last !== undefined && begun - last.until <= longestPauseMs(everyMs)
			? stretchOf(found, last.until, last.bad)
			: stretchOf(found, begun, '');
	});
};

/**
 * What was written down last of looks at an environment, whoever looked; undefined: nothing. `counts`: of an entry by
 * somebody else, whether it is as good as an own one.
 */
export const lastObserved = (
	entries: readonly LedgerEntry[],
	{
		actor,
		counts = () => true,
	}: {readonly actor: Pick<Actor, 'name' | 'machine'>; readonly counts?: (entry: LedgerEntry) => boolean},
): LastSeen | undefined => {
	const isBy = ({actor: by}: LedgerEntry): boolean => by?.name === actor.name && by.machine === actor.machine;
	const entry = entries.findLast(one => one.type === 'health.observed' && (isBy(one) || counts(one)));
	const until = Date.parse(textIn(entry?.data['until']) ?? '');
	return entry === undefined || Number.isNaN(until)
		? undefined
		: {until, bad: textIn(entry.data['bad']) ?? '', isOwn: isBy(entry), seq: entry.seq};
};

/** Longest time in which nothing is written down while nothing changes. */
const longestSilenceMs = 30 * 60_000;

/**
 * Of what was seen, what is to be written down now: all that is over, and what goes on where its health has changed, half
 * an hour has passed, or whoever looks `isLeaving`. Where somebody else wrote last, and may still, it is theirs to write:
 * only what is bad and new is not left to them.
 */
export const dueObservations = (
	stretches: readonly SeenStretch[],
	{last, isLeaving}: {readonly last: LastSeen | undefined; readonly isLeaving: boolean},
): readonly SeenStretch[] => {
	const current = stretches.at(-1);
	if (!current) return [];
	const isNewlyBad = current.isBad && last?.bad === '';
	if (last?.isOwn === false && current.until - last.until < longestSilenceMs && !isNewlyBad) return [];
	const isDue =
		isLeaving ||
		last === undefined ||
		current.isBad !== (last.bad !== '') ||
		current.until - current.from >= longestSilenceMs;
	return isDue ? stretches : stretches.slice(0, -1);
};

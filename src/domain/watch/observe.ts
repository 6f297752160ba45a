import type {LedgerEntry} from '../ledger/ledger.ts';
import type {ProbeReading} from '../probes/probe.ts';

/** A stretch in which somebody looked again and again. Times: epoch milliseconds by the host. */
export type SeenStretch = {
	readonly from: number;
	readonly until: number;
	/** Looks in it. */
	readonly samples: number;
	readonly unhealthy: readonly {readonly from: number; readonly until: number; readonly what: string}[];
};

/** What says whether an environment is healthy: its addresses, and what answers behind them. */
const isAbout = ({probe, kind}: ProbeReading): boolean =>
	/^(backend|frontend)\.health$/.test(probe) || kind === 'service' || kind === 'process';

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

const stretchOf = (looks: readonly Look[], from: number): SeenStretch => {
	const unhealthy: {from: number; until: number; what: string}[] = [];
	let isBad = false;
	for (const {at, bad} of looks) {
		const current = unhealthy.at(-1);
		if (isBad && current) current.until = at;
		else if (bad.length > 0) unhealthy.push({from: at, until: at, what: bad.join('; ')});
		isBad = bad.length > 0;
	}
	return {from, until: looks.at(-1)?.at ?? from, samples: looks.length, unhealthy};
};

/** Longest pause that is still looking again and again: a look may take its time, or be left out once. */
const longestPauseMs = (everyMs: number): number => 2 * everyMs + 60_000;

/**
 * What was seen since `from`, in stretches without a gap; the last one may go on. Where nobody looked before, the first
 * begins with the first look.
 */
export const observedSince = (
	readings: readonly ProbeReading[],
	{from, everyMs}: {readonly from: number | undefined; readonly everyMs: number},
): readonly SeenStretch[] => {
	const looks = looksIn(readings).filter(({at}) => from === undefined || at > from);
	const stretches: Look[][] = [];
	for (const look of looks) {
		const last = stretches.at(-1);
		const before = last?.at(-1);
		if (last && before && look.at - before.at <= longestPauseMs(everyMs)) last.push(look);
		else stretches.push([look]);
	}
	return stretches.map((found, index) => {
		const [first] = found;
		const begun = first?.at ?? 0;
		const goesOn = index === 0 && from !== undefined && begun - from <= longestPauseMs(everyMs);
		return stretchOf(found, goesOn ? from : begun);
	});
};

/** Whether a stretch ends with something that is not healthy. */
export const endsBad = ({until, unhealthy}: Pick<SeenStretch, 'until' | 'unhealthy'>): boolean =>
	unhealthy.at(-1)?.until === until;

/** What a machine wrote down last of its looks; undefined: nothing. */
export const lastObserved = (
	entries: readonly LedgerEntry[],
	machine: string,
): {readonly until: number; readonly isBad: boolean} | undefined => {
	const entry = entries.findLast(({type, actor}) => type === 'health.observed' && actor?.machine === machine);
	const until = typeof entry?.data['until'] === 'string' ? Date.parse(entry.data['until']) : Number.NaN;
	return Number.isNaN(until) ? undefined : {until, isBad: entry?.data['isBad'] === true};
};

/** Longest time in which nothing is written down while nothing changes. */
const longestSilenceMs = 30 * 60_000;

/**
 * Of what was seen, what is to be written down now: all that is over, and what goes on where its health has changed, half
 * an hour has passed, or whoever looks `isLeaving`.
 */
export const dueObservations = (
	stretches: readonly SeenStretch[],
	{
		last,
		isLeaving,
	}: {readonly last: {readonly until: number; readonly isBad: boolean} | undefined; readonly isLeaving: boolean},
): readonly SeenStretch[] => {
	const current = stretches.at(-1);
	if (!current) return [];
	const isDue =
		isLeaving ||
		last === undefined ||
		endsBad(current) !== last.isBad ||
		current.until - current.from >= longestSilenceMs;
	return isDue ? stretches : stretches.slice(0, -1);
};

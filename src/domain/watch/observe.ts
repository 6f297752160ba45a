import type {Actor} from '../build.ts';
import {members, textIn, type LedgerEntry} from '../ledger/ledger.ts';
import type {ProbeReading} from '../probes/probe.ts';

/** A probe that is not healthy. What it says changes with every look; this does not. */
export type BadProbe = {
	readonly probe: string;
	readonly title: string;
	/** Epoch milliseconds by the host of the look that first found it so. */
	readonly since: number;
};

/** A stretch in which somebody looked again and again. Times: epoch milliseconds by the host. */
export type SeenStretch = {
	readonly from: number;
	readonly until: number;
	/** Looks in it, those at both ends too. */
	readonly samples: number;
	readonly unhealthy: readonly {readonly from: number; readonly until: number; readonly what: string}[];
	/** What is not healthy by its last look. */
	readonly bad: readonly BadProbe[];
};

/** What was written down last: up to when, and what was not healthy then. */
export type LastSeen = {
	readonly until: number;
	readonly bad: readonly BadProbe[];
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

/** Ids of what of a round is not healthy, in order. */
export const badProbes = (readings: readonly ProbeReading[]): readonly string[] =>
	readings
		.filter(one => isAbout(one) && one.state === 'fail')
		.map(({probe}) => probe)
		.toSorted();

type Look = {readonly at: number; readonly found: readonly ProbeReading[]};

/** Looks that found out something, oldest first. One that only knows of a host says nothing about users. */
const looksIn = (readings: readonly ProbeReading[]): readonly Look[] =>
	[...Map.groupBy(readings, ({at}) => at)]
		.filter(([, found]) =>
			found.some(({probe, state}) => /^(backend|frontend)\.health$/.test(probe) && state !== 'unclear'),
		)
		.map(([at, found]) => ({at, found}))
		.sort((a, b) => a.at - b.at);

/** What a host is asked for carries its name first. */
const isOn = (probe: string, host: string): boolean =>
	probe.startsWith(`${host}.service.`) || probe.startsWith(`${host}.process.`);

/**
 * Whether a look leaves open how a probe is: it could not find out, or its host said nothing. Of a host that did answer,
 * what is missing is there no more.
 */
const isOpen = ({found}: Look, {probe}: BadProbe): boolean => {
	const reading = found.find(one => one.probe === probe);
	if (reading) return reading.state === 'unclear';
	return /\.(service|process)\./.test(probe) && !found.some(({host}) => host !== undefined && isOn(probe, host));
};

/** What is bad behind a look: what it found, and what was bad before it and may be still. */
const badAfter = (before: readonly BadProbe[], look: Look): readonly BadProbe[] => [
	...before.filter(one => isOpen(look, one)),
	...look.found
		.filter(one => isAbout(one) && one.state === 'fail')
		.map(({probe, title}) => ({
			probe,
			title,
			since: before.find(one => one.probe === probe)?.since ?? look.at,
		})),
];

/** Those of `these` that are not among `those`. */
export const notIn = (these: readonly BadProbe[], those: readonly BadProbe[]): readonly BadProbe[] =>
	these.filter(({probe}) => !those.some(one => one.probe === probe));

const whatIs = (bad: readonly BadProbe[], {found}: Look): string =>
	bad
		.map(({probe, title}) => {
			const reading = found.find(one => one.probe === probe && one.state === 'fail');
			return reading ? `${title}: ${reading.text}` : title;
		})
		.join('; ');

/**
 * `before`: what was bad by the look before. `isSeenOn`: that look was at `from`, so that what was bad then was so until
 * the first of these. What becomes bad meanwhile begins a stretch of its own, which says so.
 */
const stretchOf = (
	looks: readonly Look[],
	{from, before, isSeenOn}: {readonly from: number; readonly before: readonly BadProbe[]; readonly isSeenOn: boolean},
): SeenStretch => {
	const unhealthy: {from: number; until: number; what: string}[] = [];
	let bad = before;
	let isGoingOn = isSeenOn && before.length > 0;
	if (isGoingOn) unhealthy.push({from, until: from, what: before.map(({title}) => title).join('; ')});
	for (const look of looks) {
		const now = badAfter(bad, look);
		const current = unhealthy.at(-1);
		if (isGoingOn && current) current.until = look.at;
		if (now.length > 0 && (!isGoingOn || notIn(now, bad).length > 0))
			unhealthy.push({from: look.at, until: look.at, what: whatIs(now, look)});
		bad = now;
		isGoingOn = now.length > 0;
	}
	return {
		from,
		until: looks.at(-1)?.at ?? from,
		samples: (looks[0] && looks[0].at > from ? 1 : 0) + looks.length,
		unhealthy,
		bad,
	};
};

/** Longest pause that is still looking again and again: a look may take its time, or be left out once. */
const longestPauseMs = (everyMs: number): number => 2 * everyMs + 60_000;

/**
 * What was seen since `last`, in stretches without a gap; the last one may go on. Where nobody looked before, the first
 * begins with the first look; as it does where `last` ends before `from`: what was seen then is about something else.
 */
export const observedSince = (
	readings: readonly ProbeReading[],
	{last, everyMs, from = 0}: {readonly last: LastSeen | undefined; readonly everyMs: number; readonly from?: number},
): readonly SeenStretch[] => {
	const looks = looksIn(readings).filter(({at}) => at >= from && (last === undefined || at > last.until));
	const stretches: Look[][] = [];
	for (const look of looks) {
		const stretch = stretches.at(-1);
		const before = stretch?.at(-1);
		if (stretch && before && look.at - before.at <= longestPauseMs(everyMs)) stretch.push(look);
		else stretches.push([look]);
	}
	const seen: SeenStretch[] = [];
	for (const found of stretches) {
		const begun = found[0]?.at ?? 0;
		const isSeenOn =
			seen.length === 0 &&
			last !== undefined &&
			last.until >= from &&
			begun - last.until <= longestPauseMs(everyMs);
		const before = seen.at(-1)?.bad ?? last?.bad ?? [];
		seen.push(stretchOf(found, {from: isSeenOn ? last.until : begun, before, isSeenOn}));
	}
	return seen;
};

/** What an entry says was bad, or well again. */
export const badIn = (value: unknown): readonly BadProbe[] =>
	(Array.isArray(value) ? value : []).map(members).flatMap(({probe, title, since}) => {
		const at = Date.parse(textIn(since) ?? '');
		const id = textIn(probe) ?? '';
		return id === '' || Number.isNaN(at) ? [] : [{probe: id, title: textIn(title) ?? id, since: at}];
	});

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
		: {until, bad: badIn(entry.data['bad']), isOwn: isBy(entry), seq: entry.seq};
};

/** Longest time in which nothing is written down while nothing changes. */
const longestSilenceMs = 30 * 60_000;

/**
 * Of what was seen, what is to be written down now: all that is over, and what goes on where what is bad has changed, half
 * an hour has passed, or whoever looks `isLeaving`. Single looks far apart are no stretch: a time between two of them was
 * not seen, and they are written once in half an hour. Where somebody else wrote last, and may still, it is theirs to
 * write: only what is bad and new is not left to them, and what they saw stays so.
 */
export const dueObservations = (
	stretches: readonly SeenStretch[],
	{last, isLeaving}: {readonly last: LastSeen | undefined; readonly isLeaving: boolean},
): readonly SeenStretch[] => {
	const current = stretches.at(-1);
	if (!current) return [];
	const known = last?.bad ?? [];
	const isTheirs = last?.isOwn === false && current.until - last.until < longestSilenceMs;
	if (isTheirs && notIn(current.bad, known).length === 0) return [];
	const all = isTheirs ? stretches.map(one => ({...one, bad: [...one.bad, ...notIn(known, one.bad)]})) : stretches;
	const hasChanged = (before: readonly BadProbe[], {bad}: SeenStretch): boolean =>
		notIn(bad, before).length > 0 || notIn(before, bad).length > 0;
	const due: SeenStretch[] = [];
	for (const [index, one] of all.entries()) {
		const writtenUntil = due.at(-1)?.until ?? last?.until ?? Number.NEGATIVE_INFINITY;
		const isDue =
			hasChanged(all[index - 1]?.bad ?? known, one) ||
			(index < all.length - 1
				? one.samples > 1
				: isLeaving || one.until - Math.min(one.from, writtenUntil) >= longestSilenceMs);
		if (isDue) due.push(one);
	}
	return due;
};

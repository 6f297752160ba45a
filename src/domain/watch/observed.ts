import type {AppName} from '../environments/environment.ts';
import {members, type LedgerEntry} from '../ledger/ledger.ts';
import type {LiveRelease} from '../releases/live-releases.ts';

/** Epoch milliseconds by the host. */
export type Stretch = {readonly from: number; readonly until: number};

/** What was seen of the health of what is live, oldest first. What is in neither, nobody looked at. */
export type SeenHealth = {
	/** Looked at again and again, healthy or not; no two of them meet. */
	readonly seen: readonly Stretch[];
	readonly unhealthy: readonly Stretch[];
};

/** Stretches that meet as one, oldest first. `apartMs`: what they may lie apart. */
const joined = (stretches: readonly Stretch[], apartMs = 0): readonly Stretch[] => {
	const found: Stretch[] = [];
	for (const one of stretches.toSorted((a, b) => a.from - b.from)) {
		const last = found.at(-1);
		if (!last || one.from - last.until > apartMs) found.push(one);
		else found[found.length - 1] = {from: last.from, until: Math.max(last.until, one.until)};
	}
	return found;
};

/** The parts of stretches that lie in one. */
export const within = (stretches: readonly Stretch[], {from, until}: Stretch): readonly Stretch[] =>
	stretches
		.map(one => ({from: Math.max(one.from, from), until: Math.min(one.until, until)}))
		.filter(one => one.until > one.from);

/** Stretches with others taken out. */
export const without = (stretches: readonly Stretch[], gone: readonly Stretch[]): readonly Stretch[] =>
	gone.reduce<readonly Stretch[]>(
		(left, {from, until}) =>
			left.flatMap(one => [
				...within([one], {from: Number.NEGATIVE_INFINITY, until: from}),
				...within([one], {from: until, until: Number.POSITIVE_INFINITY}),
			]),
		stretches,
	);

/** How long they are together. */
export const everMs = (stretches: readonly Stretch[]): number =>
	stretches.reduce((sum, {from, until}) => sum + until - from, 0);

/** Whoever looks less often than this has not kept an eye on it. */
const mostPauseMs = 15 * 60_000;

const stretchIn = (value: unknown): Stretch | undefined => {
	const {from, until} = members(value);
	const stretch = {from: Date.parse(String(from)), until: Date.parse(String(until))};
	return stretch.until >= stretch.from ? stretch : undefined;
};

/** One entry about the health of an environment. Undefined: it is none, or says too little to be read. */
type Observation = Stretch & {
	readonly builds: Readonly<Record<string, unknown>>;
	readonly everyMs: number;
	readonly samples: number;
	readonly unhealthy: readonly Stretch[];
};

/** What is said of a time that was still to come when it was written says nothing. */
const observationIn = ({type, at, data}: LedgerEntry): Observation | undefined => {
	const stretch = type === 'health.observed' ? stretchIn(data) : undefined;
	if (!stretch || stretch.until > at + 60_000) return undefined;
	const {apps, everyMs, samples, unhealthy} = data;
	return {
		...stretch,
		builds: members(apps),
		everyMs: typeof everyMs === 'number' ? everyMs : 0,
		samples: typeof samples === 'number' ? samples : 0,
		unhealthy: Array.isArray(unhealthy)
			? within(
					unhealthy.flatMap(one => stretchIn(one) ?? []),
					{from: stretch.from, until: Math.max(stretch.until, stretch.from + 1)},
				)
			: [],
	};
};

/**
 * One that ends with its entry goes on in the next one, where somebody went on looking. By their own times: entries of two
 * who looked at once lie across each other.
 */
const runsOn = (observations: readonly Observation[]): readonly Stretch[] => {
	const all = observations.flatMap(({until, everyMs, unhealthy}) =>
		unhealthy.map(one => ({
			...one,
			goesOnUntil: one.until === until ? until + 2 * everyMs + 60_000 : one.until,
		})),
	);
	const found: (Stretch & {readonly goesOnUntil: number})[] = [];
	for (const one of all.toSorted((a, b) => a.from - b.from)) {
		const last = found.at(-1);
		if (last && one.from <= last.goesOnUntil)
			found[found.length - 1] = {
				from: last.from,
				until: Math.max(last.until, one.until),
				goesOnUntil: Math.max(last.goesOnUntil, one.goesOnUntil),
			};
		else found.push(one);
	}
	return found.map(({from, until}) => ({from, until}));
};

/**
 * What the ledger of an environment says was seen of an app since it is live. Seen counts only for its build, and by an
 * entry that is trusted; that it was not healthy counts whoever saw it. Source: design, "Gates to production".
 */
export const observedOf = (
	entries: readonly LedgerEntry[],
	{
		app,
		live: {build, since},
		isTrusted = () => true,
	}: {
		readonly app: AppName;
		readonly live: Pick<LiveRelease, 'build' | 'since'>;
		/** Of the number of an entry. */
		readonly isTrusted?: (seq: number) => boolean;
	},
): SeenHealth => {
	const sinceThen = {from: since, until: Number.POSITIVE_INFINITY};
	const read = entries.flatMap(entry => {
		// What is not read is most of it: nothing is written of a time to come.
		if (entry.at + 60_000 < since) return [];
		const observation = observationIn(entry);
		return observation && observation.until >= since ? [{...observation, seq: entry.seq}] : [];
	});
	const own = read.filter(
		({seq, builds, from, until, samples}) =>
			build !== undefined &&
			builds[app] === build.digest &&
			isTrusted(seq) &&
			samples > 1 &&
			until - from <= mostPauseMs * (samples - 1),
	);
	return {
		seen: joined(within(own, sinceThen)),
		unhealthy: joined(within(runsOn(read), sinceThen)),
	};
};

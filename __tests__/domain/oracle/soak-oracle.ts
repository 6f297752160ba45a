import type {AppName} from '../../../src/domain/environments/environment.ts';
import type {SoakTerms} from '../../../src/domain/environments/watched.ts';
import type {LedgerEntry} from '../../../src/domain/ledger/ledger.ts';

/*
 * How far a build has soaked, worked out a second time: the time since it is live is cut wherever anything begins or ends,
 * and each piece is asked by itself. Nothing here may come from src/ but types.
 */

const minuteMs = 60_000;

type Piece = {readonly from: number; readonly until: number};

/** A time in which it was not healthy; what begins by `goesOn` is the same one. */
type Trouble = Piece & {readonly goesOn: number};

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
	value !== null && typeof value === 'object' ? (value as Readonly<Record<string, unknown>>) : {};

const timeOf = (value: unknown): number => (typeof value === 'string' ? Date.parse(value) : Number.NaN);

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

const pieceOf = (value: unknown): Piece => {
	const {from, until} = fieldsOf(value);
	return {from: timeOf(from), until: timeOf(until)};
};

/** Entries that say what was seen up to a moment that had come when they were written. */
const looksIn = (entries: readonly LedgerEntry[], since: number) =>
	entries.flatMap(({seq, type, at, data}) => {
		const {from, until} = pieceOf(data);
		const isRead = type === 'health.observed' && until >= from && until <= at + minuteMs && until >= since;
		return isRead ? [{seq, from, until, data}] : [];
	});

type Looks = ReturnType<typeof looksIn>;

const troublesIn = (looks: Looks): readonly Trouble[] =>
	looks.flatMap(({from, until, data}) =>
		(Array.isArray(data['unhealthy']) ? data['unhealthy'] : []).flatMap((value): readonly Trouble[] => {
			const said = pieceOf(value);
			if (!(said.until >= said.from)) return [];
			const end = Math.min(said.until, Math.max(until, from + 1));
			const begin = Math.max(said.from, from);
			if (end <= begin) return [];
			return [
				{from: begin, until: end, goesOn: end === until ? end + 2 * numberOf(data['everyMs']) + minuteMs : end},
			];
		}),
	);

/** Everything that is one trouble with it, found by asking all others until no more is found. */
const whole = (trouble: Trouble, all: readonly Trouble[]): Trouble => {
	const near = all.filter(({from, goesOn}) => from <= trouble.goesOn && trouble.from <= goesOn);
	const grown: Trouble = {
		from: Math.min(trouble.from, ...near.map(({from}) => from)),
		until: Math.max(trouble.until, ...near.map(({until}) => until)),
		goesOn: Math.max(trouble.goesOn, ...near.map(({goesOn}) => goesOn)),
	};
	const isAll = grown.from === trouble.from && grown.until === trouble.until && grown.goesOn === trouble.goesOn;
	return isAll ? grown : whole(grown, all);
};

/** Somebody looked at that build, twice at least, and at least every quarter of an hour. */
const isKeptInSight = (
	{seq, from, until, data}: Looks[number],
	{app, digest, untrusted}: Pick<Soaking, 'app' | 'digest' | 'untrusted'>,
): boolean => {
	const samples = numberOf(data['samples']);
	return (
		digest !== '' &&
		fieldsOf(data['apps'])[app] === digest &&
		!untrusted.includes(seq) &&
		samples > 1 &&
		(until - from) / (samples - 1) <= 15 * minuteMs
	);
};

type Soaking = {
	readonly entries: readonly LedgerEntry[];
	readonly untrusted: readonly number[];
	readonly app: AppName;
	/** Of the build that is live; empty: not known. */
	readonly digest: string;
	readonly since: number;
	readonly now: number;
	readonly soak: SoakTerms;
	readonly hours: number;
};

/** What counts of it, and when it is over if nothing else happens. */
export const soakedOf = (soaking: Soaking): {readonly countedMs: number; readonly end: number} => {
	const {entries, since, now, soak, hours} = soaking;
	const soakMs = hours * 60 * minuteMs;
	const looks = looksIn(entries, since);
	const all = troublesIn(looks);
	const troubles = all.map(one => whole(one, all)).filter(({until}) => until > since);
	const least = soak.unhealthyMs;
	const restarts = troubles
		.filter(({from, until}) => least !== undefined && until - Math.max(from, since) >= least)
		.map(({until}) => until);
	const from = Math.max(since, ...restarts);
	if (soak.samples === 'optional') return {countedMs: now - from, end: from + soakMs};
	const own = looks.filter(one => isKeptInSight(one, soaking));
	const cuts = [...new Set([from, now, ...[...own, ...troubles].flatMap(one => [one.from, one.until])])]
		.filter(at => at >= from && at <= now)
		.toSorted((a, b) => a - b);
	let countedMs = 0;
	for (const [index, cut] of cuts.entries()) {
		const next = cuts[index + 1];
		if (next === undefined) break;
		const isIn = (piece: Piece): boolean => piece.from <= cut && piece.until >= next;
		if (own.some(isIn) && !troubles.some(isIn)) countedMs += next - cut;
	}
	return {countedMs, end: now + Math.max(0, soakMs - countedMs)};
};

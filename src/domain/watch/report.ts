import type {ItemState} from '../checklist/sign-off.ts';
import type {AppName} from '../environments/environment.ts';
import type {WatchTerms} from '../environments/watched.ts';
import {clockTime, size} from '../format.ts';
import type {KnownSignature, LogKind} from '../logs/log.ts';
import type {ProbeReading, ProbeUnit} from '../probes/probe.ts';
import {compareAll, verdictOf} from './compare.ts';
import {watchPhases} from './phases.ts';
import {gapText, longestGap, watchTriggers} from './triggers.ts';
import type {Comparison, Side, Trigger, Watch} from './watch.ts';
import type {WatchReport} from './watch-report.ts';
import {isAccepted} from './watches.ts';

/** What a report is made from. */
export type WatchFacts = {
	readonly watch: Watch;
	/** Of the environment, oldest first, from before the swap on. */
	readonly samples: readonly ProbeReading[];
	readonly signatures: readonly KnownSignature[];
	/** Items of the phase after production, one list for each section, in order. */
	readonly items: readonly (readonly ItemState[])[];
	readonly terms: WatchTerms;
	/** What the app's health address answers when all is well. */
	readonly status: number;
	/** Pause between two rounds. */
	readonly everyMs: number;
	/** How long a run may try what it has swapped in before it ends: what comes then for the first time is new, too. */
	readonly triedMs?: number;
	readonly timeZone: string;
	/** Epoch milliseconds by the host. */
	readonly now: number;
	/** Since when triggers stand fired and probes worse by the ledger, by their ids. */
	readonly badAt?: ReadonlyMap<string, number>;
};

/** Logs that only one of the apps writes; the others may be of either. */
const writers: Readonly<Partial<Record<LogKind, AppName>>> = {
	laravel: 'backend',
	'php-fpm': 'backend',
	scheduler: 'backend',
	'pm2-out': 'frontend',
	'pm2-error': 'frontend',
};

const isOf = (app: AppName, reading: ProbeReading): boolean => reading.app === undefined || reading.app === app;

/** Fired triggers that nobody has accepted since they fired. */
export const standingTriggers = ({watch, triggers}: Pick<WatchReport, 'watch' | 'triggers'>): readonly Trigger[] =>
	triggers.filter(({id, state, since}) => state === 'fired' && !isAccepted(watch, id, since));

/** Everything a watch says at one moment. Pure: the same facts give the same report. */
export const watchReport = (facts: WatchFacts): WatchReport => {
	const {watch, signatures, items, terms, now, badAt} = facts;
	const samples = facts.samples.filter(one => isOf(watch.app, one));
	// Whoever reads the ledger sees the same phases, whatever their own file says by now.
	const minutes = watch.minutes ?? terms.minutes;
	const triggers = watchTriggers({...facts, samples, items: items.flat()}, badAt);
	const comparisons = compareAll(samples, {swapAt: watch.startedAt, minutes, now, terms}).map(one => {
		const worseAt = one.verdict === 'worse' ? badAt?.get(one.probe) : undefined;
		return worseAt === undefined ? one : {...one, worseAt};
	});
	const verdict = verdictOf(
		comparisons,
		watch.accepted.flatMap(({probes}) => probes),
	);
	const report: WatchReport = {
		watch,
		now,
		phases: watchPhases(watch, {sections: items, minutes, now}),
		triggers,
		comparisons,
		newSignatures: signatures.filter(
			({log, level, firstAt}) =>
				(level === 'warn' || level === 'error') &&
				firstAt >= watch.startedAt - (facts.triedMs ?? 0) &&
				(writers[log] ?? watch.app) === watch.app,
		),
		verdict,
		// That it ended bad stays so for whoever did not see why, until it is decided.
		isBad:
			watch.ended?.outcome === 'bad'
				? !watch.ended.accepted
				: verdict === 'worse' || standingTriggers({watch, triggers}).length > 0,
	};
	return {...report, outcome: watchOutcome(report, {samples, timeZone: facts.timeZone})};
};

/** How a watch ends, and why. */
export type WatchOutcome = {readonly outcome: 'good' | 'bad' | 'unclear'; readonly text: string};

/** Longest share of a watch in which nobody may have looked for it to say anything. */
const longestGapShare = 0.1;
/** A short watch is not unclear by one round that took its time. */
const leastGapMs = 60_000;

/**
 * What the whole of a watch comes to. Good asks for having looked all along, for the triggers to be known, and for the
 * app's own health to be compared; signing in alone may be unclear, where nothing tries it.
 */
export const watchOutcome = (
	report: WatchReport,
	{samples, timeZone}: {readonly samples: readonly ProbeReading[]; readonly timeZone: string},
): WatchOutcome => {
	const {watch, triggers, comparisons} = report;
	if (watch.ended?.accepted)
		return {outcome: 'bad', text: `accepted by ${watch.ended.accepted.by}: ${watch.ended.accepted.reason}`};
	const health = `${watch.app}.health`;
	const bad = [
		...standingTriggers(report).map(({title, text}) => `${title}: ${text}`),
		...comparisons
			.filter(({probe, verdict}) => verdict === 'worse' && !isAccepted(watch, probe))
			.map(({title, measure}) => `WORSE: ${[title, measure].filter(Boolean).join(', ')}`),
	];
	if (bad.length > 0) return {outcome: 'bad', text: bad.join('; ')};
	const range = {from: watch.startedAt, until: Math.min(watch.endsAt, report.now)};
	const seen = samples.filter(({probe, state}) => probe === health && state !== 'unclear').map(({at}) => at);
	const gap = longestGap(seen, range);
	const mayBe = Math.max(leastGapMs, longestGapShare * (range.until - range.from));
	const unknown = [
		...(gap.until - gap.from > mayBe
			? [`nobody looked for ${gapText(gap)} from ${clockTime(gap.from, timeZone)} on`]
			: []),
		...triggers
			.filter(({id, state}) => state === 'unclear' && id !== 'sign-in')
			.map(({title, text}) => `${title}: ${text}`),
		...(comparisons.some(({probe, verdict}) => probe === health && verdict !== 'unclear')
			? []
			: ['too few samples to compare its health with before']),
	];
	const accepted = watch.accepted.map(({by, reason}) => `accepted by ${by}: ${reason}`);
	if (unknown.length > 0) return {outcome: 'unclear', text: [...unknown, ...accepted].join('; ')};
	const well = accepted.length === 0 ? 'no trigger fired, nothing worse than before' : 'nothing else is bad';
	return {outcome: 'good', text: [well, ...accepted].join('; ')};
};

const sideText = ({value}: Side, unit: ProbeUnit): string =>
	value === undefined ? 'not known' : measured(value, unit);

/** A value in the unit of its probe: `64 ms`, `81 %`, `1.2 GB`, `0.1 per minute`. */
export const measured = (value: number, unit: ProbeUnit): string =>
	unit === 'bytes' ? size(Math.round(value)) : `${Math.round(value * 10) / 10}${unit === 'count' ? '' : ` ${unit}`}`;

/** `410 ms before, 690 ms since, worse from +200 ms`; `2 of 10 samples`. */
export const comparisonText = ({before, since, unit, worseFrom, missing}: Comparison): string =>
	[
		`${sideText(before, unit)} before`,
		`${sideText(since, unit)} since`,
		missing > 0 ? `${missing} samples missing` : `worse from +${measured(worseFrom, unit)}`,
	].join(', ');

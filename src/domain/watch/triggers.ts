import type {ItemState} from '../checklist/sign-off.ts';
import type {WatchTerms} from '../environments/watched.ts';
import {age, duration} from '../format.ts';
import type {ProbeReading} from '../probes/probe.ts';
import type {Trigger, Watch} from './watch.ts';

/** What the triggers are judged by. */
export type TriggerFacts = {
	readonly watch: Watch;
	/** Of the app and its hosts, oldest first, from before the swap on. */
	readonly samples: readonly ProbeReading[];
	/** Items of the phase after production. */
	readonly items: readonly ItemState[];
	readonly terms: WatchTerms;
	/** What the app's health address answers when all is well. */
	readonly status: number;
	/** Pause between two rounds. */
	readonly everyMs: number;
	/** Epoch milliseconds by the host. */
	readonly now: number;
};

/** `figure`: of the text what counts most; absent: all of it. */
type Judged = Pick<Trigger, 'state' | 'text'> & {readonly since?: number; readonly figure?: string};

const minuteMs = 60_000;

/** Age from which a reading says nothing about now: three rounds, and a minute at least. */
const staleMs = (everyMs: number): number => Math.max(3 * everyMs, minuteMs);

/** Readings since the swap that are about one thing, and whether the last of them is new enough to judge by. */
const since = (
	{watch, samples, everyMs, now}: TriggerFacts,
	isMeant: (reading: ProbeReading) => boolean,
): {readonly readings: readonly ProbeReading[]; readonly silence?: string} => {
	const readings = samples.filter(one => one.at >= watch.startedAt && one.at <= now && isMeant(one));
	const last = readings.at(-1);
	if (!last) return {readings, silence: 'not asked yet'};
	const ago = now - last.at;
	return ago > staleMs(everyMs) ? {readings, silence: `not asked for ${age(ago)}`} : {readings};
};

const unclear = (text: string, figure = text): Judged => ({state: 'unclear', text, figure});

/** Readings at the end that are all alike. */
const lastAlike = (
	readings: readonly ProbeReading[],
	isAlike: (reading: ProbeReading) => boolean,
): readonly ProbeReading[] => readings.slice(readings.findLastIndex(one => !isAlike(one)) + 1);

const isPass = ({state}: ProbeReading): boolean => state === 'pass';
const isFail = ({state}: ProbeReading): boolean => state === 'fail';

/** The 95th of a hundred, by the nearest rank; undefined of nothing. */
export const p95 = (values: readonly number[]): number | undefined =>
	values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1];

const msOf = (readings: readonly ProbeReading[]): readonly number[] =>
	readings.flatMap(({state, value, unit}) =>
		state === 'pass' && unit === 'ms' && value !== undefined ? [value] : [],
	);

/** Answers in a row that are not good, of one address. */
const failsInARow = (facts: TriggerFacts, isMeant: (reading: ProbeReading) => boolean): Judged => {
	const {readings, silence} = since(facts, isMeant);
	if (silence !== undefined) return unclear(silence);
	const row = lastAlike(readings, isFail);
	const [first] = row;
	const last = readings.at(-1);
	if (first && last && row.length >= facts.terms.triggers.notOkInARow)
		return {state: 'fired', text: `${last.text}, ${row.length} in a row`, since: first.at};
	if (last?.state === 'unclear') return unclear(last.text);
	// Whoever has only just begun to look does not know what came before, and takes nothing back that others saw.
	if (first && row.length === readings.length)
		return unclear(`${last?.text ?? ''}, asked ${times(row.length)} so far`);
	const good = readings.filter(isPass).length;
	const figure = `${good} of ${readings.length}`;
	return {state: 'quiet', text: `${last?.text ?? ''}, ${figure} good`, figure};
};

const down = (facts: TriggerFacts): Judged => {
	const judged = failsInARow(facts, ({probe}) => probe === `${facts.watch.app}.health`);
	const [status] = /^\d{3}\b/.exec(judged.text) ?? [];
	return judged.state === 'quiet' && status !== undefined ? {...judged, figure: status} : judged;
};

const slow = (facts: TriggerFacts): Judged => {
	const {watch, samples, terms} = facts;
	const isHealth = ({probe}: ProbeReading): boolean => probe === `${watch.app}.health`;
	const {readings, silence} = since(facts, isHealth);
	if (silence !== undefined) return unclear(silence);
	const before = msOf(samples.filter(one => isHealth(one) && one.at < watch.startedAt));
	const after = msOf(readings);
	const [usual, now] = [p95(before), p95(after)];
	if (usual === undefined || before.length < terms.minSamples)
		return unclear(
			`${before.length} of ${terms.minSamples} samples from before`,
			`${before.length} of ${terms.minSamples} from before`,
		);
	if (now === undefined || after.length < terms.minSamples)
		return unclear(
			`${after.length} of ${terms.minSamples} samples since`,
			`${after.length} of ${terms.minSamples} since`,
		);
	const limit = terms.triggers.latencyTimes * usual;
	const text = `${Math.round(now)} ms, limit ${Math.round(limit)} ms`;
	return {state: now > limit ? 'fired' : 'quiet', text, figure: `${Math.round(now)} ms`};
};

/** Errors in the last minute by readings of a log: said as a rate, or as a count that has grown. */
const errorsPerMinute = (readings: readonly ProbeReading[]): number | undefined => {
	const last = readings.at(-1);
	if (last?.value === undefined) return undefined;
	if (last.unit === 'per minute') return last.value;
	const before = readings.findLast(({at, value}) => at <= last.at - minuteMs && value !== undefined);
	return last.value - (before?.value ?? 0);
};

const errors = (facts: TriggerFacts): Judged => {
	const {watch, terms} = facts;
	const {readings, silence} = since(facts, one => one.kind === 'log' && (one.app ?? watch.app) === watch.app);
	if (silence !== undefined)
		return unclear(`the log was ${silence.replace('asked', 'read')}`, `log ${silence.replace('asked', 'read')}`);
	const last = readings.at(-1);
	if (last?.state === 'unclear') return unclear(last.text);
	const rate = errorsPerMinute(readings);
	if (rate === undefined) return unclear(last?.text ?? '');
	const limit = terms.triggers.errorsPerMinute;
	const figure = String(Math.round(rate * 10) / 10);
	const text = `${figure} in the last minute, limit ${limit}`;
	return {state: rate > limit ? 'fired' : 'quiet', text, figure};
};

/** Readings of each thing apart, by the id of its probe. */
const byProbe = (readings: readonly ProbeReading[]): readonly (readonly ProbeReading[])[] => [
	...Map.groupBy(readings, ({probe}) => probe).values(),
];

/** When a count has grown last; undefined: it has not. */
const lastGrowth = (readings: readonly ProbeReading[]): number | undefined => {
	const counts = readings.filter(({value, unit}) => unit === 'count' && value !== undefined);
	return counts.findLast(({value = 0}, index) => value > (counts[index - 1]?.value ?? 0))?.at;
};

/** How long one restart keeps the trigger fired: a loop comes round again by then. */
const restartedMs = 5 * minuteMs;

const restarts = (facts: TriggerFacts): Judged => {
	const {watch, now} = facts;
	const {readings, silence} = since(
		facts,
		({kind, app}) => (kind === 'service' || kind === 'process') && (app ?? watch.app) === watch.app,
	);
	if (silence !== undefined) return unclear(silence);
	const units = byProbe(readings).flatMap(all => {
		const last = all.at(-1);
		return last ? [{last, row: lastAlike(all, isFail), grewAt: lastGrowth(all)}] : [];
	});
	const bad = units.filter(({last, grewAt}) => isFail(last) || (grewAt !== undefined && now - grewAt < restartedMs));
	if (bad.length > 0)
		return {
			state: 'fired',
			text: bad.map(({last}) => `${last.title}: ${last.text}`).join('; '),
			since: Math.min(...bad.map(({row, grewAt}) => Math.min(row[0]?.at ?? now, grewAt ?? now))),
		};
	const unknown = units.find(({last}) => last.state === 'unclear');
	if (unknown) return unclear(`${unknown.last.title}: ${unknown.last.text}`);
	const again = units.filter(({grewAt}) => grewAt !== undefined).length;
	return {
		state: 'quiet',
		text: again === 0 ? `${units.length} running` : `${units.length} running, ${again} restarted before`,
		figure: again === 0 ? '0' : `${again} before`,
	};
};

const aboutSignIn = /sign[-_ ]?in|log[-_ ]?in/i;

/** A request that tries it, else what somebody found by hand. Nothing of either is no sign that it works. */
const signIn = (facts: TriggerFacts): Judged => {
	const {watch, samples, items} = facts;
	const isMeant = ({probe, title, app}: ProbeReading): boolean =>
		(app ?? watch.app) === watch.app &&
		(probe.startsWith('http.') || probe.startsWith('checklist.')) &&
		(aboutSignIn.test(probe) || aboutSignIn.test(title));
	if (samples.some(one => isMeant(one) && one.at >= watch.startedAt)) return failsInARow(facts, isMeant);
	const item = items.find(({item: {id, title}}) => aboutSignIn.test(id) || aboutSignIn.test(title));
	if (item?.signOff && (item.state === 'failed' || item.state === 'passed')) {
		const text = `${item.state} by ${item.signOff.actor.name}`;
		return item.state === 'failed' ? {state: 'fired', text, since: item.signOff.at} : {state: 'quiet', text};
	}
	return unclear(
		`no probe of signing in: ${item ? `sign ${item.item.id}, or ` : ''}add a check to probes.http, its id with sign-in`,
		item ? `not tried: sign ${item.item.id}` : 'no probe of signing in',
	);
};

/** Whether an old process still answers for what is live; undefined: nothing says that one does. */
const oldWorker = (facts: TriggerFacts): Judged | undefined => {
	const {readings, silence} = since(facts, ({probe}) => probe === `${facts.watch.app}.worker`);
	const last = readings.at(-1);
	if (!last || silence !== undefined) return undefined;
	const first = lastAlike(readings, isFail)[0];
	if (first) return {state: 'fired', text: last.text, since: first.at};
	// One that was seen is gone when that is seen, not when nobody can look any more.
	const wasOld = readings.findLast(({state}) => state !== 'unclear')?.state === 'fail';
	return wasOld ? unclear(last.text) : undefined;
};

/** What lies at the live path and what is served of it, and the processes that answer. */
const served = (facts: TriggerFacts): Judged => {
	const {readings, silence} = since(facts, ({probe}) => probe === `${facts.watch.app}.served`);
	const last = readings.at(-1);
	const first = lastAlike(readings, isFail)[0];
	if (last && first && silence === undefined) return {state: 'fired', text: last.text, since: first.at};
	const old = oldWorker(facts);
	if (old) return old;
	if (silence !== undefined) return unclear(silence);
	if (!last || last.state === 'unclear') return unclear(last?.text ?? '');
	return {state: 'quiet', text: last.text, figure: buildOf(facts.watch)};
};

/** What was deployed, as people call it. */
const buildOf = ({commit, release}: Watch): string => commit?.slice(0, 7) ?? release ?? 'what was deployed';

const times = (count: number): string => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);

/**
 * The six reasons to go back, each beside its limit. What was not seen, or not lately, is unclear. `firedAt`: since when
 * a trigger stands fired by the ledger, for those whose samples do not say it. Source: workflow, "Rollback Triggers".
 */
export const watchTriggers = (
	facts: TriggerFacts,
	firedAt: ReadonlyMap<string, number> = new Map(),
): readonly Trigger[] => {
	const {
		watch,
		terms: {triggers},
		status,
		now,
	} = facts;
	const name = watch.app === 'backend' ? 'API' : 'site';
	const build = buildOf(watch);
	const notOk = `${name} not ${status} ${times(triggers.notOkInARow)}`;
	const usual = `p95 over ${times(triggers.latencyTimes)}`;
	const tooMany = `${triggers.errorsPerMinute} errors a minute`;
	const all: readonly (readonly [string, string, string, (facts: TriggerFacts) => Judged])[] = [
		['down', `${notOk}${triggers.notOkInARow > 1 ? ' in a row' : ''}`, notOk, down],
		['slow', `${usual} the usual`, `${usual} usual`, slow],
		['errors', `more than ${tooMany}`, `over ${tooMany}`, errors],
		['restarts', 'a service or PM2 restarts', 'a service restarts', restarts],
		['sign-in', 'sign-in fails', 'sign-in fails', signIn],
		['served', `served build is not ${build}`, `served not ${build}`, served],
	];
	return all.map(([id, title, shortTitle, judge]): Trigger => {
		const {since: seen, figure, ...judged} = judge(facts);
		const told = {id, title, ...judged, short: {title: shortTitle, text: figure ?? judged.text}};
		return judged.state === 'fired' ? {...told, since: seen ?? firedAt.get(id) ?? now} : told;
	});
};

/** Longest time within a stretch in which nothing was seen of something. `seen`: epoch milliseconds, in order. */
export const longestGap = (
	seen: readonly number[],
	{from, until}: {readonly from: number; readonly until: number},
): {readonly from: number; readonly until: number} => {
	const marks = [from, ...seen.filter(at => at > from && at < until), until];
	let longest = {from, until: from};
	for (const [index, mark] of marks.entries()) {
		const next = marks[index + 1];
		if (next !== undefined && next - mark > longest.until - longest.from) longest = {from: mark, until: next};
	}
	return longest;
};

/** `6 min 40 s` of a gap. */
export const gapText = ({from, until}: {readonly from: number; readonly until: number}): string =>
	duration(until - from);

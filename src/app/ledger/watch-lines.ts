import type {AppName} from '../../domain/environments/environment.ts';
import {lasted, seenFor} from '../../domain/format.ts';
import {members, runFacts, type LedgerEntry} from '../../domain/ledger/ledger.ts';
import {badIn, type BadProbe} from '../../domain/watch/observe.ts';
import {appNames, oneLine, reasonIn} from './entry-text.ts';

/** How something that was watched stood. `observed`: looked at, and nothing was wrong. */
export type WatchLineOutcome =
	| 'watching'
	| 'worse'
	| 'better'
	| 'accepted'
	| 'observed'
	| 'passed'
	| 'failed'
	| 'unclear'
	| 'abandoned';

type WatchTold = {
	readonly kind: 'watch';
	readonly outcome: WatchLineOutcome;
	readonly apps: readonly AppName[];
	readonly text: string;
};

/** From the one moment of an entry to the other; undefined where one is not said. */
const between = (from: unknown, until: unknown): number | undefined => {
	const ms = Date.parse(oneLine(until)) - Date.parse(oneLine(from));
	return Number.isNaN(ms) || ms < 0 ? undefined : ms;
};

const about = (entry: LedgerEntry, outcome: WatchLineOutcome, text: string): WatchTold => {
	const {app} = runFacts(entry);
	return {kind: 'watch', outcome, apps: app ? [app] : [], text};
};

const appOf = (entry: LedgerEntry): string => runFacts(entry).app ?? 'an app';

const tellStarted = (entry: LedgerEntry): WatchTold => {
	const ms = between(new Date(entry.at).toISOString(), entry.data['until']);
	// It is written down a moment after the run, from whose end the minutes count.
	const minutes = ms === undefined ? '' : ` for ${lasted(Math.round(ms / 60_000) * 60_000)}`;
	return about(entry, 'watching', `began to watch ${appOf(entry)}${minutes}`);
};

const bad: ReadonlySet<unknown> = new Set(['fired', 'worse']);

/** The text names what it is about: a trigger or a probe by its title. */
const tellChanged = (entry: LedgerEntry): WatchTold | undefined => {
	const {state, text, trigger, probe} = entry.data;
	const what = oneLine(text) || oneLine(trigger) || oneLine(probe);
	if (what === '') return undefined;
	const isBad = bad.has(state);
	const how = state === 'fired' ? 'fired' : state === 'worse' ? 'worse' : 'no longer';
	return about(entry, isBad ? 'worse' : 'better', `saw ${appOf(entry)} ${how}: ${what}`);
};

const tellAccepted = (entry: LedgerEntry): WatchTold => {
	const {probes, titles = probes} = entry.data;
	const ids = Array.isArray(titles) ? titles.map(oneLine).filter(id => id !== '') : [];
	return about(entry, 'accepted', `accepted ${ids.join(', ') || appOf(entry)} as it is${reasonIn(entry)}`);
};

/** The time in it has the zone of whoever wrote it: a line is told without one. */
const tellExtended = (entry: LedgerEntry): WatchTold => {
	const until = oneLine(entry.data['text']);
	return about(entry, 'watching', `watches ${appOf(entry)} for longer${until === '' ? '' : `, ${until}`}`);
};

/** How a watch may end, and how that reads. */
const ends: Readonly<Record<string, readonly [WatchLineOutcome, string]>> = {
	good: ['passed', 'good'],
	bad: ['failed', 'bad'],
	unclear: ['unclear', 'unclear'],
	replaced: ['abandoned', 'replaced by another run'],
};

const tellFinished = (entry: LedgerEntry): WatchTold => {
	const said = oneLine(entry.data['outcome']);
	const [outcome, word] = (Object.hasOwn(ends, said) ? ends[said] : undefined) ?? ['unclear', 'unclear'];
	const text = oneLine(entry.data['text']);
	return about(entry, outcome, `ended watching ${appOf(entry)}, ${word}${text === '' ? '' : `: ${text}`}`);
};

const titlesOf = (probes: readonly BadProbe[]): string => probes.map(({title}) => oneLine(title)).join(', ');

/** That it is well again is told by since when it was not, that it is not by how long that was seen. */
const tellObserved = ({data}: LedgerEntry): WatchTold | undefined => {
	const {from, until, apps, unhealthy} = data;
	const ms = between(from, until);
	if (ms === undefined) return undefined;
	const about = {kind: 'watch', apps: appNames.filter(app => members(apps)[app] !== undefined)} as const;
	const stillBad = badIn(data['bad']);
	const well = badIn(data['well']);
	const since = Math.min(...well.map(one => one.since));
	const again = `healthy again after ${seenFor(Date.parse(oneLine(until)) - since)}: ${titlesOf(well)}`;
	if (well.length > 0)
		return stillBad.length === 0
			? {...about, outcome: 'better', text: again}
			: {...about, outcome: 'worse', text: `${again}; still not healthy: ${titlesOf(stillBad)}`};
	const bad = Array.isArray(unhealthy) ? unhealthy.map(members) : [];
	if (bad.length === 0)
		return {
			...about,
			outcome: 'observed',
			text: ms === 0 ? 'looked, and it was healthy' : `saw it healthy for ${seenFor(ms)}`,
		};
	const badMs = bad.reduce((sum, one) => sum + (between(one['from'], one['until']) ?? 0), 0);
	// What was bad last is what is new.
	const what = oneLine(bad.at(-1)?.['what']);
	return {
		...about,
		outcome: 'worse',
		text: [
			`saw it not healthy${badMs === 0 ? '' : ` for ${seenFor(badMs)} of ${seenFor(ms)}`}`,
			...(what === '' ? [] : [what]),
		].join(': '),
	};
};

/** What whoever asked for it was told by message. */
const tellPromotion = (entry: LedgerEntry): WatchTold | undefined => {
	const text = oneLine(entry.data['text']);
	return text === '' ? undefined : about(entry, 'observed', `told people: ${text}`);
};

/** One sentence for each type that a watch writes. */
export const watchTellers: Readonly<Record<string, (entry: LedgerEntry) => WatchTold | undefined>> = {
	'watch.started': tellStarted,
	'watch.changed': tellChanged,
	'watch.accepted': tellAccepted,
	'watch.extended': tellExtended,
	'watch.finished': tellFinished,
	'health.observed': tellObserved,
	'promotion.told': tellPromotion,
};

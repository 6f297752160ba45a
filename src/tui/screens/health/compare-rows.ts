import {age, clockTime} from '../../../domain/format.ts';
import {probeTerms} from '../../../domain/environments/watched.ts';
import type {Comparison} from '../../../domain/watch/watch.ts';
import type {WatchReport} from '../../../domain/watch/watch-report.ts';
import {when} from '../../kit/times.ts';
import {fit, justify, pad, padStart, span, widthOf, type Row} from '../../kit/rows.ts';
import {isWide, panelHead, type Look} from '../../kit/layout.ts';
import {changeRange, changeText, fromTo, valueText} from '../../kit/probe-value.ts';
import type {Tone} from '../../kit/theme.tsx';
import {hostTime, focusedTitle, type HealthView, type Scrolled} from './look.ts';
import type {WatchPlace} from './watch-rows.ts';

const marks = {worse: ['failed', 'danger'], unclear: ['unclear', 'attention'], same: ['done', 'success']} as const;

const words = {worse: 'WORSE', unclear: 'UNCLEAR', same: 'same'} as const;

const verdictTone = (verdict: Comparison['verdict']): Tone =>
	verdict === 'worse' ? 'danger' : verdict === 'unclear' ? 'attention' : 'muted';

const nameOf = ({title, measure}: Comparison): string => (measure === '' ? title : `${title}, ${measure}`);

/** Who accepted that it is worse, if anybody has. */
const acceptedBy = ({watch}: WatchReport, {probe, verdict}: Comparison): string | undefined =>
	verdict === 'worse' ? watch.accepted.findLast(({probes}) => probes.includes(probe))?.by : undefined;

const valueOf = (value: number | undefined, unit: Comparison['unit']): string =>
	value === undefined ? '-' : valueText(value, unit);

/** Too few samples on one side: how many there are of how many. */
const differenceOf = ({difference, before, since, missing, unit}: Comparison): string => {
	if (difference) return changeRange(difference.low, difference.high, unit);
	const least = Math.min(before.count, since.count);
	return `${least} of ${least + missing} samples`;
};

const verdictRow = (report: WatchReport, comparison: Comparison, {glyphs}: Look, timeZone: string): Row => {
	const {verdict, missing, worseAt} = comparison;
	const [glyph, tone] = marks[verdict];
	const by = acceptedBy(report, comparison);
	const told =
		verdict === 'unclear' && missing > 0
			? `, ${missing} more`
			: worseAt === undefined
				? ''
				: `, ${clockTime(worseAt, timeZone)}`;
	const more = by === undefined ? told : `, accepted by ${by}`;
	return [
		span(`${glyphs[glyph]} `, by === undefined ? tone : 'attention'),
		span(words[verdict], verdictTone(verdict), {bold: verdict === 'worse'}),
		span(more, 'muted'),
	];
};

const columns = {before: 15, since: 12, difference: 21, from: 12, verdict: 26} as const;
const columnsWidth = Object.values(columns).reduce((sum, cells) => sum + cells, 0) + 2;

const wideRow = ({report, health}: WatchPlace, one: Comparison, width: number, look: Look): Row => {
	const title = pad(
		[span(`  ${nameOf(one)}`, 'value', {bold: one.verdict === 'worse'})],
		width - columnsWidth,
		look.glyphs.cut,
	);
	const right = (text: string, cells: number, tone: Tone = 'value'): Row => [
		span(' '),
		...padStart([span(text, tone)], cells - 1),
	];
	return [
		...title,
		...right(valueOf(one.before.value, one.unit), columns.before),
		...right(valueOf(one.since.value, one.unit), columns.since),
		...right(differenceOf(one), columns.difference),
		...right(changeText(one.worseFrom, one.unit), columns.from, 'muted'),
		span('  '),
		...pad(verdictRow(report, one, look, health.environment.timeZone), columns.verdict, look.glyphs.cut),
	];
};

const headRow = (width: number): Row => {
	const right = (text: string, cells: number): Row => padStart([span(text, 'muted')], cells);
	return [
		...pad([span('  probe', 'muted')], width - columnsWidth),
		...right('before', columns.before),
		...right('since swap', columns.since),
		...right('difference, 95 %', columns.difference),
		...right('worse from', columns.from),
		span('  verdict', 'muted'),
	];
};

const narrowRow = (report: WatchReport, one: Comparison, width: number, look: Look, cue: Row): Row => {
	const {glyphs} = look;
	const [glyph, tone] = marks[one.verdict];
	const {before, since, unit, verdict, missing, worseFrom} = one;
	const by = acceptedBy(report, one);
	const values =
		before.value === undefined || since.value === undefined ? '' : fromTo(before.value, since.value, unit);
	const fact =
		by !== undefined
			? `accepted by ${by}`
			: verdict === 'unclear'
				? missing > 0
					? `${missing} samples missing`
					: 'not decided'
				: verdict === 'worse'
					? `worse from ${changeText(worseFrom, unit)}`
					: '';
	const left: Row = [
		span(' '),
		span(`${glyphs[glyph]} `, tone),
		...pad([span(words[verdict], verdictTone(verdict), {bold: verdict === 'worse'})], 8),
		span(nameOf(one)),
		span(`  ${values}`, 'muted'),
	];
	const right: Row = cue.length > 0 ? cue : [span(fact, 'muted')];
	return justify(fit(left, Math.max(0, width - widthOf(right) - 1), glyphs.cut), right, width);
};

/** `5 more, all same`: what is out of sight, and whether any of it matters. */
const hiddenWords = (hidden: readonly Comparison[]): string => {
	const count = (verdict: Comparison['verdict']): number => hidden.filter(one => one.verdict === verdict).length;
	const bad = [
		...(count('worse') > 0 ? [`${count('worse')} worse`] : []),
		...(count('unclear') > 0 ? [`${count('unclear')} unclear`] : []),
	];
	return `${hidden.length} more, ${bad.length === 0 ? 'all same' : bad.join(', ')}`;
};

/** Errors since the swap that nobody has seen in the month before it. */
const newInLog = ({health, report}: WatchPlace, hostNow: number, width: number, {glyphs}: Look): Row | undefined => {
	const [first] = report.newSignatures;
	if (!first) return undefined;
	const many = report.newSignatures.length - 1;
	const times = first.count === 1 ? 'once' : `${first.count} times`;
	const right: Row = [
		span(`, ${times}, ${when(first.lastAt, hostNow, health.environment.timeZone)}`, 'muted'),
		span(many > 0 ? `  ${glyphs.below} ${many} more: 6` : '', 'accent'),
	];
	const left: Row = [span(` ${glyphs.attention} new in the log: `, 'attention'), span(first.sample)];
	return [...fit(left, Math.max(0, width - widthOf(right)), glyphs.cut), ...right];
};

const countsRow = (comparisons: readonly Comparison[]): Row => {
	const count = (verdict: Comparison['verdict']): number => comparisons.filter(one => one.verdict === verdict).length;
	return [
		span(`WORSE ${count('worse')}`, count('worse') > 0 ? 'danger' : 'muted', {bold: count('worse') > 0}),
		span(`  UNCLEAR ${count('unclear')}`, count('unclear') > 0 ? 'attention' : 'muted'),
		span(`  same ${count('same')}`, 'muted'),
	];
};

/** A row of the list: one comparison, or several that all wait for the same, or for nothing that would come. */
type Entry = {readonly all: readonly Comparison[]; readonly texts?: readonly string[]};

/** From so many on one line says it for all. */
const leastFolded = 3;

/** Samples a side must have before it is compared. */
const neededOf = ({before, since, missing}: Comparison): number => Math.min(before.count, since.count) + missing;

/** Waiting helps where there are enough from before; it never brings those. */
const isWaiting = (one: Comparison): boolean => one.before.count >= neededOf(one);

/** `comparing begins with 10 samples: 8 more, about 40 s`, the longest first. */
const waitTexts = (waiting: readonly Comparison[], everyMs: number): readonly string[] => {
	const next = Math.min(...waiting.map(one => neededOf(one) - one.since.count));
	const needed = Math.min(...waiting.map(neededOf));
	const more = `${next} more`;
	return [
		`comparing begins with ${needed} samples: ${more}, about ${age(next * everyMs)}`,
		`begins with ${more} samples`,
	];
};

const nothingBeforeTexts = (without: readonly Comparison[]): readonly string[] => {
	const most = Math.max(...without.map(({before}) => before.count));
	const few = `${most} of ${Math.max(...without.map(neededOf))}`;
	return [`too few samples from before the swap: ${few}`, `from before ${few}`];
};

/** Worst first; those that have too few samples in one line, unless somebody turned to them. */
export const comparedEntries = ({health, report}: WatchPlace, isFocused: boolean): readonly Entry[] => {
	const {comparisons} = report;
	const tooFew = comparisons.filter(({verdict, difference}) => verdict === 'unclear' && difference === undefined);
	const {everyMs} = probeTerms(health.environment);
	const folds: readonly Entry[] = [
		{all: tooFew.filter(isWaiting), texts: waitTexts(tooFew.filter(isWaiting), everyMs)},
		{
			all: tooFew.filter(one => !isWaiting(one)),
			texts: nothingBeforeTexts(tooFew.filter(one => !isWaiting(one))),
		},
	].filter(({all}) => !isFocused && all.length >= leastFolded);
	const entries: Entry[] = [];
	for (const one of comparisons) {
		const fold = folds.find(({all}) => all.includes(one));
		if (!fold) entries.push({all: [one]});
		else if (!entries.includes(fold)) entries.push(fold);
	}
	return entries;
};

const foldRow = ({all, texts = []}: Entry, width: number, look: Look, cue: Row): Row => {
	const {glyphs} = look;
	const left: Row = [
		span(' '),
		span(`${glyphs.unclear} `, 'attention'),
		...pad([span(words.unclear, 'attention')], 8),
		span(`${all.length}  `, 'value', {bold: true}),
	];
	const room = width - widthOf(left) - widthOf(cue) - 1;
	const text = texts.find(({length}) => length <= room) ?? texts.at(-1) ?? '';
	return justify(fit([...left, span(text)], Math.max(0, width - widthOf(cue) - 1), glyphs.cut), cue, width);
};

/** Each probe before the swap and since, worst first; `height` counts the head. */
export const comparePanel = (
	view: HealthView,
	place: WatchPlace,
	width: number,
	height: number,
	look: Look,
): Scrolled => {
	const {glyphs} = look;
	const {report} = place;
	const {comparisons} = report;
	const isFocused = view.panel === 'comparisons';
	const entries = comparedEntries(place, isFocused);
	const head = panelHead(focusedTitle('Before and after', isFocused, look), width, look, countsRow(comparisons));
	const isBroad = isWide(width + 2);
	const hostNow = hostTime(place.health, view.now);
	const log = height >= 3 ? newInLog(place, hostNow, width, look) : undefined;
	const hasColumns = isBroad && height >= 5 && entries.some(({texts}) => texts === undefined);
	const names = hasColumns ? [headRow(width)] : [];
	const all = height - 1 - names.length - (log ? 1 : 0);
	// Where there is width, what is out of sight is said in a line of its own, or beside what is new in the log.
	const room = isBroad && entries.length > all && !log ? all - 1 : all;
	if (comparisons.length === 0)
		return {
			rows: [head, [span(` ${glyphs.unclear} nothing is compared yet`, 'muted')], ...(log ? [log] : [])],
			hidden: 0,
		};
	if (room <= 0) return {rows: [head], hidden: 0};
	const from = Math.min(view.scroll.comparisons, Math.max(0, entries.length - room));
	const shown = entries.slice(from, from + room);
	const hidden = [...entries.slice(0, from), ...entries.slice(from + room)];
	const ends = [...(from > 0 ? [glyphs.above] : []), ...(from + room < entries.length ? [glyphs.below] : [])];
	const hiddenOnes = hidden.flatMap(one => one.all);
	const cue: Row =
		hidden.length === 0
			? []
			: [span(`${ends.join(' ')} ${hiddenWords(hiddenOnes)}: ${isFocused ? 'PgDn, PgUp' : 'Tab'}`, 'accent')];
	const rows = shown.map((entry, index): Row => {
		const [one] = entry.all;
		const end = !isBroad && index === shown.length - 1 ? cue : [];
		if (entry.texts !== undefined || !one) return foldRow(entry, width, look, end);
		return isBroad ? wideRow(place, one, width, look) : narrowRow(report, one, width, look, end);
	});
	const below: Row = isBroad && cue.length > 0 ? justify([span(' '), ...cue], log ?? [], width) : (log ?? []);
	return {
		rows: [head, ...names, ...rows, ...(below.length > 0 ? [below] : [])],
		hidden: hidden.length,
		page: {down: room, up: room},
	};
};

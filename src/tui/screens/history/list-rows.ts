import type {LedgerLine} from '../../../app/ledger/ledger-lines.ts';
import {dateFormat} from '../../../domain/date-format.ts';
import type {EnvironmentView} from '../../../store/overview/overview.ts';
import {placeName} from '../../../store/history/history.ts';
import {lineMark} from '../../kit/marks.ts';
import {pad, padStart, span, widthOf, type Row} from '../../kit/rows.ts';
import type {Look} from '../../kit/layout.ts';
import {firstOfPage, rangeText} from '../../kit/list.tsx';
import {clock, when} from '../../kit/times.ts';

export type ListView = {
	readonly lines: readonly LedgerLine[];
	/** The one under the cursor. */
	readonly line: LedgerLine | undefined;
	readonly environments: readonly EnvironmentView[];
	/** Epoch milliseconds by the first host's clock, and its zone. */
	readonly hostNow: number;
	readonly timeZone: string;
};

const yearMs = 300 * 86_400_000;

/** `11:18`, `Mon 16:20`, `3 Feb`, and `Feb 2025` for what is nearly a year old: a ledger has no end. */
const listTime = (at: number, now: number, timeZone: string): string =>
	now - at < yearMs ? when(at, now, timeZone) : dateFormat(timeZone, {month: 'short', year: 'numeric'}).format(at);

/** First of the lines shown. */
const firstOf = ({lines, line}: Pick<ListView, 'lines' | 'line'>, height: number): number =>
	firstOfPage(line ? lines.indexOf(line) : 0, lines.length, height);

/** The lines around the cursor, at most `height`, each `width` cells. `hasNumbers`: the entry's number stands in front. */
export const listRows = (
	view: ListView,
	width: number,
	height: number,
	{hasNumbers}: {readonly hasNumbers: boolean},
	look: Look,
): readonly Row[] => {
	const {lines, line: selected, environments, hostNow, timeZone} = view;
	const from = firstOf(view, height);
	const shown = lines.slice(from, from + height);
	const times = shown.map(({entry}) => listTime(entry.at, hostNow, timeZone));
	const timeWidth = Math.max(5, ...times.map(({length}) => length));
	const whoWidth = Math.min(10, Math.max(4, ...shown.map(({who}) => widthOf([span(who)]))));
	const places = new Map(environments.map(view => [view.name, view]));
	const placeWidth = Math.min(
		12,
		Math.max(4, ...shown.map(({environment}) => placeName({environments}, environment).length)),
	);
	const {cut} = look.glyphs;
	return shown.map((line, index): Row => {
		const {entry, environment, outcome, who, text, tookMs} = line;
		const [mark, tone] = lineMark(outcome, look.glyphs);
		const isHere = line === selected;
		const took = tookMs === undefined ? '' : clock(tookMs);
		const left: Row = [
			span(isHere ? look.glyphs.cursor : ' ', 'accent'),
			...(hasNumbers ? padStart([span(String(entry.seq), 'muted')], 5) : []),
			span(hasNumbers ? '  ' : ' '),
			...pad([span(times[index] ?? '', 'muted')], timeWidth),
			span(` ${mark} `, tone),
			...pad([span(who)], whoWidth, cut),
			span(' '),
			...pad(
				[span(placeName({environments}, environment), places.get(environment)?.tier ?? 'value')],
				placeWidth,
				cut,
			),
			span(' '),
			span(text, 'value', {bold: isHere}),
		];
		const right = took === '' ? [] : [span(` ${took}`, 'muted')];
		return [...pad(left, Math.max(0, width - widthOf(right)), cut), ...right];
	});
};

/** `newest first, 1 to 20 of 1,850`. */
export const orderText = (view: Pick<ListView, 'lines' | 'line'>, height: number): string => {
	const range = rangeText(firstOf(view, height), height, view.lines.length);
	return range === '' ? 'newest first' : `newest first, ${range}`;
};

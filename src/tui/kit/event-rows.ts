import {placeName} from '../../store/history/history.ts';
import type {EnvironmentView} from '../../store/overview/overview.ts';
import type {Glyphs} from './glyphs.ts';
import {markSpan, type Marked} from './marks.ts';
import {pad, span, widthOf, type Row, type Span} from './rows.ts';

/** Something that happened, as a line of a list. */
export type EventLine = {
	/** What stands in front of its time. */
	readonly start: Row;
	readonly time: string;
	readonly mark: Marked;
	readonly who: string;
	/** Name of its environment. */
	readonly environment: string;
	readonly text: string;
	readonly end: Row;
	/** The cursor is on it. */
	readonly isHere: boolean;
};

/** An environment as people call it, in its tone. */
export const placeSpan = (environments: readonly EnvironmentView[], environment: string): Span =>
	span(placeName({environments}, environment), environments.find(({name}) => name === environment)?.tier);

/** Lines below each other in columns, each `width` cells. */
export const eventRows = (
	lines: readonly EventLine[],
	{environments, placeWidth}: {readonly environments: readonly EnvironmentView[]; readonly placeWidth: number},
	width: number,
	glyphs: Glyphs,
): readonly Row[] => {
	const {cut} = glyphs;
	const timeWidth = Math.max(5, ...lines.map(({time}) => time.length));
	const whoWidth = Math.min(10, Math.max(4, ...lines.map(({who}) => widthOf([span(who)]))));
	return lines.map(({start, time, mark, who, environment, text, end, isHere}): Row => {
		const left: Row = [
			span(isHere ? glyphs.cursor : ' ', 'accent'),
			...start,
			...pad([span(time, 'muted')], timeWidth),
			span(' '),
			markSpan(mark, glyphs),
			span(' '),
			...pad([span(who)], whoWidth, cut),
			span(' '),
			...pad([placeSpan(environments, environment)], placeWidth, cut),
			span(' '),
			span(text, 'value', {bold: isHere}),
		];
		return [...pad(left, Math.max(0, width - widthOf(end)), cut), ...end];
	});
};

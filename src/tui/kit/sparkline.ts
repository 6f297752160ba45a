import {pollMs} from '../../app/status/watch-overview.ts';
import type {SparklineSample} from '../../store/overview/overview.ts';
import type {Glyphs} from './glyphs.ts';
import {span, type Row, type Span} from './rows.ts';

/** Height of the tallest bar unless an answer was slower: one scale lets environments be compared with each other. */
const topMs = 400;

/**
 * The last answers as bars, newest at the right, at most `width` cells. A bad answer is a cross, not a bar; where polls
 * were further apart than usual there is a space. `least`: of the tallest bar, in milliseconds.
 */
export const sparkline = (
	samples: readonly SparklineSample[],
	width: number,
	{levels, failed}: Glyphs,
	isFresh: boolean,
	least = topMs,
): Row => {
	const top = Math.max(least, ...samples.map(({durationMs}) => durationMs ?? 0));
	const bar = ({durationMs}: SparklineSample): Span => {
		if (durationMs === undefined) return span(failed, isFresh ? 'danger' : 'muted');
		const level = Math.min(levels.length - 1, Math.floor((durationMs / top) * levels.length));
		return span(levels[level] ?? '', isFresh ? 'success' : 'muted');
	};
	const cells = samples.flatMap((sample, index): Span[] => {
		const before = samples[index - 1];
		const isGap = before !== undefined && sample.at - before.at > 3 * pollMs;
		return isGap ? [span(' '), bar(sample)] : [bar(sample)];
	});
	return width <= 0 ? [] : cells.slice(-width);
};

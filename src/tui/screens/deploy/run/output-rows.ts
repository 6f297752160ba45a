import type {OutputLine, OutputRing} from '../../../../store/runs/output-ring.ts';
import {firstShown, type OutputView} from '../../../../store/runs/output-view.ts';
import {fit, pad, span, type Row} from '../../../kit/rows.ts';
import type {Look} from '../../../kit/layout.ts';
import {timeOfDay} from '../../../kit/times.ts';
import {panelHead} from '../../../kit/layout.ts';

const lineRow = ({number, at, source, text}: OutputLine, hit: number | undefined, timeZone: string): Row => [
	span(` ${timeOfDay(at, timeZone)} `, 'muted'),
	...pad([span(source, 'muted')], 9),
	number === hit ? span(text, 'accent', {inverse: true}) : span(text),
];

/** `FOLLOW`, or `PAUSED +12 new`: whether what is shown is the end, and what one does not see of it. */
export const followFact = (view: OutputView, {start, end}: Pick<OutputRing, 'start' | 'end'>): Row => {
	if (view.from === undefined) return [span('FOLLOW', 'success', {bold: true})];
	const isLost = view.from < start;
	return [
		span('PAUSED', 'attention', {bold: true}),
		span(` +${end - view.seen} new`),
		...(isLost ? [span('  older lines only in the log', 'attention')] : []),
	];
};

/** Whose time stands before each line: the zone, and by how much the clock of the host is ahead, in milliseconds. */
export type OutputClock = {readonly timeZone: string; readonly aheadMs: number};

/** Exactly `height` rows of output at most: a rule, then lines; the last row is the search's when there is one. */
export const outputRows = (
	view: OutputView,
	ring: Pick<OutputRing, 'start' | 'end' | 'slice'>,
	{timeZone, aheadMs}: OutputClock,
	width: number,
	height: number,
	{glyphs}: Look,
): readonly Row[] => {
	const room = Math.max(0, height - 1);
	const lines = ring.slice(firstShown({from: view.from, rows: room}, ring), room);
	return [
		panelHead('Output', width, {glyphs}, followFact(view, ring)),
		...lines.map(line => fit(lineRow({...line, at: line.at + aheadMs}, view.hit, timeZone), width, glyphs.cut)),
	].slice(0, Math.max(0, height));
};

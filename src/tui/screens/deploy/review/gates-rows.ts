import {moment} from '../../../../domain/format.ts';
import {isOpen, type GateReport} from '../../../../domain/gates/gates.ts';
import {gateMark, verdictTone} from '../../../kit/marks.ts';
import {justify, span, type Row} from '../../../kit/rows.ts';
import {chip, panelHead, type Look} from '../../../kit/layout.ts';

/** Gates in order, one line each, with what is so and when a closed one opens by itself. */
export const gateRows = (
	{gates}: Pick<GateReport, 'gates'>,
	zone: string,
	width: number,
	{glyphs}: Look,
): readonly Row[] =>
	gates.map(({gate, state, text, at}): Row => {
		const {mark, tone} = gateMark(state, glyphs);
		const opens: Row = at === undefined ? [] : [span(`opens ${moment(at, zone)} `, 'attention')];
		const fact = span(text, state === 'met' ? 'muted' : 'value');
		return justify([span(` ${mark} `, tone), span(gate.padEnd(10)), fact], opens, width);
	});

/** The names of all gates, met, for a line that has room for no more. */
export const metNames = ({gates}: Pick<GateReport, 'gates'>, {glyphs}: Look): Row =>
	gates.flatMap(({gate}): Row => [span(`  ${glyphs.done} `, 'success'), span(gate, 'muted')]);

/** The gates as a panel, with the verdict and the next slot. */
export const gatesPanel = (report: GateReport, zone: string, width: number, look: Look): readonly Row[] => [
	panelHead('Gates', width, look, chip(report.verdict, verdictTone[report.verdict], look)),
	...gateRows(report, zone, width, look),
	...(isOpen(report) ? [] : [nextSlotRow(report, zone, look)]),
];

export const inSight = (at: number | undefined, zone: string, clock?: string): string =>
	at === undefined ? (clock === undefined ? 'none in sight' : `not known: ${clock}`) : moment(at, zone);

export const nextSlotRow = (report: GateReport, zone: string, {glyphs}: Look): Row => [
	span(` ${glyphs.prompt} Next slot  `, 'muted'),
	span(inSight(report.nextSlot, zone, report.clock), 'value', {bold: true}),
];

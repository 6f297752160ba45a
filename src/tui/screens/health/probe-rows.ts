import type {ProbeReading} from '../../../domain/probes/probe.ts';
import {age} from '../../../domain/format.ts';
import type {Tone} from '../../kit/theme.tsx';
import {fit, justify, pad, span, widthOf, type Row} from '../../kit/rows.ts';
import {bar, type Look} from '../../kit/layout.ts';
import {valueText} from '../../kit/probe-value.ts';

/** How a reading is told: a pass that is close to its limit is no failure, but worth a look. */
export type ProbeLook = 'failed' | 'unclear' | 'near' | 'ok';

/** From here on a value is near its limit, as a part of it. */
const nearPart = 0.9;

/** A certificate is near its end with less than twice the days that are asked for. */
const isNear = ({kind, value, limit}: ProbeReading): boolean => {
	if (value === undefined || limit === undefined) return false;
	return kind === 'certificate' ? value < 2 * limit : limit > 0 && value >= nearPart * limit;
};

export const probeLook = (reading: ProbeReading): ProbeLook => {
	if (reading.state === 'fail') return 'failed';
	if (reading.state === 'unclear') return 'unclear';
	return isNear(reading) ? 'near' : 'ok';
};

const order: readonly ProbeLook[] = ['failed', 'unclear', 'near', 'ok'];

/** Worst first; of one look in the order of the round. */
export const mostUrgentFirst = (readings: readonly ProbeReading[]): readonly ProbeReading[] =>
	readings.toSorted((a, b) => order.indexOf(probeLook(a)) - order.indexOf(probeLook(b)));

type Mark = {readonly glyph: string; readonly word: string; readonly tone: Tone};

const markOf = (reading: ProbeReading, isOld: boolean, {glyphs}: Look): Mark => {
	// What is old proves nothing any more; what had failed is still worth its colour.
	if (isOld) return {glyph: glyphs.unclear, word: 'old', tone: 'muted'};
	switch (probeLook(reading)) {
		case 'failed':
			return {glyph: glyphs.failed, word: 'failed', tone: 'danger'};
		case 'unclear':
			return {glyph: glyphs.unclear, word: 'unclear', tone: 'attention'};
		case 'near':
			return {glyph: glyphs.attention, word: 'near', tone: 'attention'};
		case 'ok':
			return {glyph: glyphs.healthy, word: 'ok', tone: 'success'};
	}
};

/** Nothing of what there should be none of needs no figure. */
const isNone = ({value, limit}: ProbeReading): boolean => value === 0 && limit === 0;

const limitText = (reading: ProbeReading): string => {
	const {limit, unit, kind} = reading;
	if (limit === undefined || isNone(reading)) return '';
	return `${kind === 'certificate' ? 'least' : 'most'} ${valueText(limit, unit ?? 'count')}`;
};

const barCells = 10;

/** One probe in one line: state, what was seen, and the limit it is held against. */
export const probeRow = (
	reading: ProbeReading,
	{hostNow, isOld, titleWidth}: {readonly hostNow: number; readonly isOld: boolean; readonly titleWidth: number},
	width: number,
	look: Look,
): Row => {
	const {glyph, word, tone} = markOf(reading, isOld, look);
	const {value, unit, text} = reading;
	const figure = value === undefined || unit === undefined || isNone(reading) ? '' : valueText(value, unit);
	const isSaid = figure === '' || text.startsWith(figure) || text.includes(` ${figure}`);
	const isPlain = tone === 'success' || tone === 'muted';
	const wordTone: Tone = isPlain ? 'muted' : tone;
	const right: Row = isOld
		? [span(`${age(Math.max(0, hostNow - reading.at))} ago`, 'attention')]
		: [span(limitText(reading), wordTone)];
	const hasBar = unit === '%' && value !== undefined && !isOld && width >= 64;
	const left: Row = [
		span(' '),
		...pad([span(reading.title, 'value')], titleWidth, look.glyphs.cut),
		span(' '),
		span(glyph, tone),
		...pad([span(` ${word}`, wordTone)], 9),
		...(hasBar ? [...bar(value / 100, barCells, look, tone), span('  ')] : []),
		...(isSaid ? [] : [span(`${figure}  `, isOld ? 'muted' : 'value', {bold: !isOld})]),
		span(text, isOld ? 'muted' : isPlain ? 'value' : tone),
	];
	const room = Math.max(0, width - widthOf(right) - (widthOf(right) > 0 ? 1 : 0));
	return justify(fit(left, room, look.glyphs.cut), right, width);
};

/** How many lines probes take with what they say themselves. */
export const linesOf = (readings: readonly ProbeReading[]): number =>
	readings.reduce((sum, {ownWords = []}) => sum + 1 + ownWords.length, 0);

/** What a failing thing says itself, each line below its probe. */
export const ownWordRows = (
	{ownWords = []}: ProbeReading,
	titleWidth: number,
	width: number,
	{glyphs}: Look,
): readonly Row[] =>
	ownWords.map(line => fit([span(' '.repeat(titleWidth + 4)), span(line, 'muted')], width, glyphs.cut));

import type {ProbeReading} from '../../../domain/probes/probe.ts';
import {age} from '../../../domain/format.ts';
import type {Tone} from '../../kit/theme.tsx';
import {fit, justify, pad, span, widthOf, type Row} from '../../kit/rows.ts';
import {bar, wrap, type Look} from '../../kit/layout.ts';
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
	return `${kind === 'certificate' ? 'at least' : 'limit'} ${valueText(limit, unit ?? 'count')}`;
};

const barCells = 10;

/** Answers that are all well in one line: how many, and the slowest of them. Those that are not stay by themselves. */
export const foldAnswers = (readings: readonly ProbeReading[]): readonly ProbeReading[] => {
	const isFolded = (one: ProbeReading): boolean =>
		one.kind === 'http' && !one.probe.endsWith('.health') && one.value !== undefined && probeLook(one) === 'ok';
	const folded = readings.filter(isFolded).toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
	const [slowest] = folded;
	if (!slowest || folded.length < 2) return readings;
	const all: ProbeReading = {
		probe: 'http',
		title: `${folded.length} addresses`,
		kind: 'http',
		at: Math.min(...folded.map(({at}) => at)),
		state: 'pass',
		text: `slowest ${valueText(slowest.value ?? 0, 'ms')}, ${slowest.title}`,
	};
	const at = readings.findIndex(isFolded);
	return [...readings.slice(0, at), all, ...readings.slice(at).filter(one => !isFolded(one))];
};

/** Columns of a list of probes. */
export type ProbeColumns = {readonly title: number; readonly mark: number};

/** As wide as what stands in them; titles give way until what was seen has half of the width. */
export const probeColumns = (
	readings: readonly ProbeReading[],
	isOld: (reading: ProbeReading) => boolean,
	width: number,
	look: Look,
): ProbeColumns => {
	const mark = 2 + Math.max(2, ...readings.map(one => markOf(one, isOld(one), look).word.length));
	const title = Math.min(Math.floor(width * 0.45), Math.max(8, ...readings.map(one => one.title.length)));
	const isWhole = readings.every(({text}) => text.length <= width - title - mark - 4);
	return {title: isWhole ? title : Math.max(8, Math.min(title, Math.floor(width / 2) - mark - 4)), mark};
};

/** The words of a row below each other, each in so many cells. */
const inColumn = (text: string, cells: number): readonly string[] => wrap(text, Math.max(8, cells));

export type ProbeTelling = {
	readonly ageMs: number;
	readonly isOld: boolean;
	readonly columns: ProbeColumns;
	/** Lines of what was seen; what is beyond them is cut. */
	readonly mostLines: number;
};

/** So many lines, the last of them cut where there are more. */
const shortened = (lines: readonly string[], most: number, cut: string): readonly string[] => {
	const [last = ''] = lines.slice(most - 1, most);
	return lines.length <= most ? lines : [...lines.slice(0, most - 1), `${last.slice(0, -1)}${cut}`];
};

/**
 * One probe: state, what was seen, and the limit it is held against. What is too long for its column goes on below it;
 * before that the limit of what is far from it is left out.
 */
export const probeRows = (
	reading: ProbeReading,
	{ageMs, isOld, columns, mostLines}: ProbeTelling,
	width: number,
	look: Look,
): readonly Row[] => {
	const {glyph, word, tone} = markOf(reading, isOld, look);
	const {value, unit, text, title} = reading;
	const figure = value === undefined || unit === undefined || isNone(reading) ? '' : valueText(value, unit);
	const isSaid = figure === '' || text.startsWith(figure) || text.includes(` ${figure}`);
	const isPlain = tone === 'success' || tone === 'muted';
	const wordTone: Tone = isPlain ? 'muted' : tone;
	const textTone: Tone = isOld ? 'muted' : isPlain ? 'value' : tone;
	const hasBar = unit === '%' && value !== undefined && !isOld && width >= 64;
	const before: Row = [
		...(hasBar ? [...bar(value / 100, barCells, look, tone), span('  ')] : []),
		...(isSaid ? [] : [span(`${figure}  `, isOld ? 'muted' : 'value', {bold: !isOld})]),
	];
	const room = width - columns.title - columns.mark - 4 - widthOf(before);
	const ago: Row = [span(`${age(ageMs)} ago`, 'attention')];
	const limit: Row = [span(limitText(reading), wordTone)];
	const fits = (right: Row): boolean => text.length + (widthOf(right) > 0 ? widthOf(right) + 2 : 0) <= room;
	const right: Row = isOld ? ago : fits(limit) || isNear(reading) ? limit : [];
	const cells = room - (widthOf(right) > 0 ? widthOf(right) + 2 : 0);
	const titles = inColumn(title, columns.title);
	// With a bar, a figure and an age beside it less than half of the width may be left: it stands below all of them then.
	const isBelow = text.length > cells && cells < Math.floor(width / 2);
	const texts = isBelow ? [] : shortened(inColumn(text, cells), mostLines, look.glyphs.cut);
	const below = isBelow ? shortened(wrap(text, width - 5), mostLines, look.glyphs.cut) : [];
	const rows = Array.from({length: Math.max(titles.length, texts.length)}, (_, index) => {
		const isFirst = index === 0;
		const mark: Row = isFirst ? [span(glyph, tone), span(` ${word}`, wordTone)] : [];
		const left: Row = [
			span(' '),
			...pad([span(titles[index] ?? '', 'value')], columns.title),
			span(' '),
			...pad(mark, columns.mark + 2),
			...(isFirst ? before : [span(' '.repeat(widthOf(before)))]),
			span(texts[index] ?? '', textTone),
		];
		return justify(left, isFirst ? right : [], width);
	});
	return [...rows, ...below.map((line): Row => [span(' '.repeat(4)), span(line, textTone)])];
};

/** The own words of a reading, unless one before it says the same. */
export const wordsAmong = (
	readings: readonly ProbeReading[],
	{probe, ownWords = []}: ProbeReading,
): readonly string[] => {
	const said = ownWords.join('\n');
	return readings.find(one => one.ownWords?.join('\n') === said)?.probe === probe ? ownWords : [];
};

/** What a failing thing says itself, each line below its probe. */
export const ownWordRows = (words: readonly string[], width: number, {glyphs}: Look): readonly Row[] =>
	words.map(line => fit([span(' '.repeat(6)), span(line, 'muted')], width, glyphs.cut));

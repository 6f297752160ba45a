import type {LogLevel} from '../../../domain/logs/log.ts';
import type {LogLine} from '../../../store/logs/log-ring.ts';
import type {HeightOf, LogView} from '../../../store/logs/log-view.ts';
import {wrap, type Look} from '../../kit/layout.ts';
import {fit, pad, span, type Row, type Span} from '../../kit/rows.ts';
import type {Tone} from '../../kit/theme.tsx';
import {day, timeOfDay, when} from '../../kit/times.ts';

/** How entries are laid out. */
export type EntryShape = Pick<LogView, 'isWrapped'> & {
	/** Cells of the panel. */
	readonly width: number;
	/** Numbers of lines whose trace is shown whole. */
	readonly unfolded: ReadonlySet<number>;
	/** Cells for the time; 0 where none is shown. */
	readonly timeWidth: number;
	/** Cells for the name of the source; 0 where all are of one. */
	readonly sourceWidth: number;
};

/** Lines of a trace that are shown of a longer one. */
const foldedLines = 2;

/** Cells for times of today, as `11:36:48`, and of other days, as `Mon 16:20`. */
export const timeWidths = {today: 9, other: 10} as const;

const timeText = (at: number, now: number, timeZone: string): string =>
	day(at, timeZone) === day(now, timeZone) ? timeOfDay(at, timeZone) : when(at, now, timeZone);
const levelWidth = 6;

/** Cells before the text: cursor, time, level, source. */
const indentOf = ({timeWidth, sourceWidth}: EntryShape): number =>
	2 + timeWidth + levelWidth + (sourceWidth > 0 ? sourceWidth + 1 : 0);

type Parts = {
	readonly text: readonly string[];
	readonly trace: readonly string[];
	/** Lines of the trace that are not shown. */
	readonly hidden: number;
};

/** Breaking text that is not all ASCII is slow, and a line is asked for again with each frame: kept as long as the line is. */
const wrappedBefore = new WeakMap<LogLine, {readonly key: string; readonly parts: Parts}>();

const partsOf = (line: LogLine, shape: EntryShape): Parts => {
	if (!shape.isWrapped) return laidOut(line, shape);
	const key = `${shape.width - indentOf(shape)} ${shape.unfolded.has(line.number)}`;
	const before = wrappedBefore.get(line);
	if (before?.key === key) return before.parts;
	const parts = laidOut(line, shape);
	wrappedBefore.set(line, {key, parts});
	return parts;
};

const laidOut = ({number, entry}: LogLine, shape: EntryShape): Parts => {
	const {text, trace} = entry;
	const isWhole = shape.unfolded.has(number) || trace.length <= foldedLines + 1;
	const shown = isWhole ? trace : trace.slice(0, foldedLines);
	const room = Math.max(8, shape.width - indentOf(shape));
	return {
		text: shape.isWrapped ? wrap(text, room) : [text],
		trace: shape.isWrapped ? shown.flatMap(line => wrap(line, room)) : shown,
		hidden: trace.length - shown.length,
	};
};

/** Rows of an entry, as `entryRows` draws them. */
export const heightIn =
	(shape: EntryShape): HeightOf =>
	line => {
		const {text, trace, hidden} = partsOf(line, shape);
		return text.length + trace.length + (hidden > 0 ? 1 : 0);
	};

const tones: Readonly<Record<LogLevel, {readonly word: Tone; readonly text: Tone}>> = {
	error: {word: 'danger', text: 'value'},
	warn: {word: 'attention', text: 'value'},
	info: {word: 'muted', text: 'value'},
	debug: {word: 'muted', text: 'muted'},
};

/** A text with what is looked for marked in it: under the cursor inverse, else bold. */
const marked = (text: string, search: string, tone: Tone, isHere: boolean): readonly Span[] => {
	if (search === '') return [span(text, tone)];
	const spans: Span[] = [];
	const [lower, wanted] = [text.toLowerCase(), search.toLowerCase()];
	let from = 0;
	// Where the lower case of a letter is longer than the letter, places would not be the same in both.
	for (let at = lower.indexOf(wanted); at >= 0 && lower.length === text.length; at = lower.indexOf(wanted, from)) {
		spans.push(span(text.slice(from, at), tone));
		spans.push(span(text.slice(at, at + wanted.length), 'accent', {bold: true, inverse: isHere}));
		from = at + wanted.length;
	}
	return [...spans.filter(piece => piece.text !== ''), span(text.slice(from), tone)];
};

export type EntryLook = {
	readonly shape: EntryShape;
	readonly look: Look;
	readonly timeZone: string;
	/** Epoch milliseconds by the host. */
	readonly now: number;
	readonly search: string;
	/** Name of a source, by its id. */
	readonly titleOf: (source: string) => string;
	/** Number of the line under the cursor, and whether the cursor is drawn. */
	readonly cursor: number | undefined;
	readonly isFocused: boolean;
};

/** One entry, below each other: time, level, text; then its trace, a long one folded. */
export const entryRows = (line: LogLine, options: EntryLook): readonly Row[] => {
	const {shape, look, timeZone, now, search, titleOf, cursor, isFocused} = options;
	const {number, entry} = line;
	const {text, trace, hidden} = partsOf(line, shape);
	const {word, text: tone} = tones[entry.level];
	const isHere = number === cursor;
	const sign = isHere ? (isFocused ? look.glyphs.cursor : look.glyphs.prompt) : ' ';
	const indent = ' '.repeat(indentOf(shape));
	const first: Row = [
		span(sign, 'accent'),
		span(' '),
		...(shape.timeWidth > 0
			? pad([span(entry.isTimed ? timeText(entry.at, now, timeZone) : '', 'muted')], shape.timeWidth)
			: []),
		...pad([span(entry.level, word, {bold: entry.level === 'error'})], levelWidth),
		...(shape.sourceWidth > 0
			? [...pad([span(titleOf(entry.source), 'muted')], shape.sourceWidth, look.glyphs.cut), span(' ')]
			: []),
	];
	const rows: readonly Row[] = [
		...text.map((part, index): Row => [
			...(index === 0 ? first : [span(indent)]),
			...marked(part, search, tone, isHere),
		]),
		...trace.map((part): Row => [span(indent), ...marked(part, search, 'muted', isHere)]),
		...(hidden > 0
			? [[span(indent), span(`${look.glyphs.prompt} ${hidden} more lines of trace`, 'muted' as const)]]
			: []),
	];
	return rows.map(row => fit(row, shape.width, look.glyphs.cut));
};

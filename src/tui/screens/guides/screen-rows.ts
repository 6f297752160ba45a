import type {Guide} from '../../../domain/guides/guide.ts';
import {guideWindow, type GuideLines} from '../../../store/guides/guide-view.ts';
import {selectGuide, selectGuideMatches, selectGuideView, type GuidesShown} from '../../../store/guides/guides.ts';
import {chip, firstAround, panelHead, problemPanel, type Look} from '../../kit/layout.ts';
import {beside, cellsOf, fit, justify, muted, ofHeight, span, widthOf, type Row} from '../../kit/rows.ts';
import {drawLine} from './draw-line.ts';
import {chapterOf, guideLayout, type GuideLayout} from './layout-guide.ts';
import {hasSearch, contentsGap, contentsWidth, isBeside, textCells, textRoom} from './look.ts';

const count = (number: number): string => number.toLocaleString('en');

/** The guides there are, and what the one on screen was made of. */
const tabsRow = ({guides = []}: GuidesShown, guide: Guide, width: number, look: Look): Row => {
	const tabs = guides.flatMap(({id, title}) =>
		id === guide.id ? chip(title, 'accent', look) : [span(` ${title} `, 'muted')],
	);
	const made = muted(`${guide.madeFrom} `);
	const all: Row = [span(' '), ...tabs];
	if (widthOf(all) + widthOf(made) < width) return justify(all, made, width);
	const short = muted(`${guide.madeFrom.replace('made from ', '')} `);
	if (widthOf(all) + widthOf(short) < width) return justify(all, short, width);
	const at = guides.findIndex(({id}) => id === guide.id) + 1;
	return justify(
		[span(' '), ...chip(guide.title, 'accent', look), ...muted(` ${at} of ${guides.length}`)],
		made,
		width,
	);
};

/** `3 of 11`: which of those found was gone to. */
export const foundFact = (state: GuidesShown): Row => {
	const found = selectGuideMatches(state).length;
	if (state.guideSearch === '') return [];
	return found === 0
		? [span('none', 'attention')]
		: [span(`${count(Math.min(found, state.guideMatch + 1))} of ${count(found)}`)];
};

/** What is looked for, once it is typed; while it is, a field stands here. Of the keys as many as there is room for. */
const searchRow = (state: GuidesShown, width: number): Row => {
	if (state.isGuideTyping) return [];
	const left = [
		...muted(' search  '),
		span(state.guideSearch, 'accent', {bold: true}),
		span('  '),
		...foundFact(state),
	];
	const keys = ['n N next, previous  Esc leave search ', 'n N  Esc leave ', ''];
	return justify(left, muted(keys.find(text => text.length + widthOf(left) + 2 <= width) ?? ''), width);
};

/** Headings of sections below what is in sight, as many as there is room for. */
const comingRow = (guide: Guide, after: number, room: number, look: Look): string => {
	let text = '';
	for (const {heading} of guide.sections.slice(after + 1)) {
		const longer = text === '' ? heading : `${text}  ${heading}`;
		if (cellsOf(longer) <= room) text = longer;
		else return text === '' && room > 12 ? `${heading.slice(0, room - 1)}${look.glyphs.cut}` : text;
	}
	return text;
};

/** What of the guide is out of sight, and which key leads there. */
const cueRow = (
	guide: Guide,
	layout: GuideLayout,
	window: ReturnType<typeof guideWindow>,
	width: number,
	look: Look,
): Row => {
	const {from, to} = window;
	const below = layout.lines.length - to;
	if (below === 0) return from === 0 ? [] : muted(`  ${look.glyphs.above} ${count(from)} lines above, PgUp`);
	const cue = `  ${look.glyphs.below} ${count(below)} more ${below === 1 ? 'line' : 'lines'}, PgDn`;
	const last = layout.lines[to - 1]?.section ?? 0;
	const coming = comingRow(guide, last, width - cellsOf(cue) - 4, look);
	return fit(muted(coming === '' ? cue : `${cue}    ${coming}`), width, look.glyphs.cut);
};

/** The text of the guide on screen, below a head that says where in it one is. */
const textPanel = (
	state: GuidesShown,
	guide: Guide,
	{width, rows}: GuidesShown['guideRoom'],
	look: Look,
): readonly Row[] => {
	const layout = guideLayout(guide, textCells(width));
	const lines: GuideLines = {...layout, height: rows};
	const window = guideWindow(selectGuideView(state), lines);
	const {from, to, cursor} = window;
	const matches = selectGuideMatches(state);
	const [first, last] = [layout.lines[from]?.piece ?? 0, layout.lines[to - 1]?.piece ?? 0];
	const found = {
		matches: matches.filter(({piece}) => piece >= first && piece <= last),
		current: matches[state.guideMatch],
	};
	const drawn = layout.lines.slice(from, to).map((line, at) => {
		const isHere = from + at === cursor;
		const mark = isHere ? (state.guidePanel === 'text' ? 'cursor' : 'follows') : 'none';
		return drawLine(line, found, mark, width, look);
	});
	const where = `line ${count(from + 1)} to ${count(to)} of ${count(layout.lines.length)}`;
	const chapter = chapterOf(guide.sections, layout.lines[from]?.section ?? 0);
	return [
		panelHead(chapter?.heading ?? guide.title, width, look, where),
		...ofHeight(drawn, rows),
		cueRow(guide, layout, window, width, look),
	];
};

/** The headings of the guide; the one under the cursor, or the one that is read. */
const contentsPanel = (state: GuidesShown, guide: Guide, width: number, height: number, look: Look): readonly Row[] => {
	const {glyphs} = look;
	const layout = guideLayout(guide, textCells(state.guideRoom.width));
	const window = guideWindow(selectGuideView(state), {...layout, height: state.guideRoom.rows});
	const isFocused = state.guidePanel === 'contents';
	const read = layout.lines[window.cursor]?.section ?? 0;
	const at = isFocused ? Math.min(state.guideSection, guide.sections.length - 1) : read;
	const rows = guide.sections.map(({heading, level}, index): Row => {
		const mark = index !== at ? '  ' : isFocused ? `${glyphs.cursor} ` : `${glyphs.prompt} `;
		const indent = '  '.repeat(level - 1);
		return fit(
			[
				span(mark, 'accent'),
				span(`${indent}${heading}`, index === at || level === 1 ? 'value' : 'muted', {bold: index === at}),
			],
			width,
			glyphs.cut,
		);
	});
	const room = Math.max(1, height - 2);
	const from = firstAround(at, rows.length, room);
	const to = Math.min(rows.length, from + room);
	const cues = [
		...(from > 0 ? [`${glyphs.above} ${from} above`] : []),
		...(to < rows.length ? [`${glyphs.below} ${rows.length - to} more`] : []),
	];
	return [
		panelHead('Contents', width, look, rows.length <= room ? '' : `${from + 1} to ${to} of ${rows.length}`),
		...ofHeight(rows.slice(from, to), room),
		muted(cues.length === 0 ? '' : `  ${cues.join('  ')}`),
	];
};

/** The whole screen but for what was copied: which guide, what is looked for, the text and its contents. */
export const guidesRows = (state: GuidesShown, width: number, height: number, look: Look): readonly Row[] => {
	const guide = selectGuide(state);
	if (!guide)
		return state.guidesProblem
			? problemPanel(state.guidesProblem, width, look)
			: [muted(' The guides are being made.')];
	const room = textRoom({...state, guideCopied: undefined}, width, height);
	const top = [tabsRow(state, guide, width, look), ...(hasSearch(state) ? [searchRow(state, width)] : [])];
	const left = height - top.length;
	if (!isBeside(width))
		return [
			...top,
			...(state.guidePanel === 'contents'
				? contentsPanel(state, guide, width, left, look)
				: textPanel(state, guide, room, look)),
		];
	return [
		...top,
		...beside(
			[
				{rows: contentsPanel(state, guide, contentsWidth, left, look), width: contentsWidth},
				{rows: textPanel(state, guide, room, look), width: room.width},
			],
			contentsGap,
		),
	];
};

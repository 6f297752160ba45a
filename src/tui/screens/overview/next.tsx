import {memo} from 'react';
import {useShallow} from 'zustand/react/shallow';
import type {CockpitState} from '../../../store/create-store.ts';
import {nextForYou, type NextItem} from '../../../store/overview/next-for-you.ts';
import {targetsOf} from '../../../store/overview/overview-facts.ts';
import {Rows} from '../../kit/draw-rows.tsx';
import type {Glyphs} from '../../kit/glyphs.ts';
import {blank, fit, ofHeight, pad, span, type Row} from '../../kit/rows.ts';
import {useTheme} from '../../kit/theme.tsx';
import {useCockpit} from '../../kit/use-cockpit.ts';
import {panelTitle} from './look.ts';
import {panelHead, type ScreenProps} from '../../kit/layout.ts';

const select = ({environments, healths, evidence, local, isDriving, now, lists, panel}: CockpitState) => ({
	evidence,
	environments,
	healths,
	local,
	isDriving,
	// It changes with age only when something becomes stale.
	now: Math.floor(now / 5000) * 5000,
	/** Id of what is highlighted. */
	cursor: lists.next.cursor,
	isFocused: panel === 'next',
});

type NextView = ReturnType<typeof select>;

/** Words on at most three lines; the last one is cut. */
const wrapped = (text: string, width: number, lines = 3): readonly string[] => {
	if (text.length <= width || lines === 1) return [text];
	const space = text.lastIndexOf(' ', width);
	return space <= 0 ? [text] : [text.slice(0, space), ...wrapped(text.slice(space + 1), width, lines - 1)];
};

const itemRows = (
	item: NextItem,
	mark: {readonly isHere: boolean; readonly isBold: boolean},
	width: number,
	glyphs: Glyphs,
): readonly Row[] => [
	pad(
		[mark.isHere ? span(glyphs.cursor, 'accent') : span(' '), span(item.title, 'value', {bold: mark.isBold})],
		width,
		glyphs.cut,
	),
	...wrapped(item.detail, width - 1).map(text => pad([span(` ${text}`, 'muted')], width, glyphs.cut)),
];

/** Leaves out entries from the top until the highlighted one is in sight. */
const inSight = (blocks: readonly (readonly Row[])[], index: number, height: number): readonly Row[] => {
	const rowsOf = (from: number, to: number): readonly Row[] =>
		blocks.slice(from, to).flatMap((block, place) => (place > 0 ? [blank, ...block] : block));
	let from = 0;
	while (from < index && rowsOf(from, index + 1).length > height) from++;
	return rowsOf(from, blocks.length);
};

/** What one could do now, most pressing first, exactly `height` rows with the head. */
export const nextRows = (view: NextView, width: number, height: number, glyphs: Glyphs): readonly Row[] => {
	const {isFocused, cursor, environments} = view;
	const title = fit(panelTitle('Next for you', isFocused, glyphs), Math.max(0, width - 4), glyphs.cut);
	const head = panelHead(title, width, {glyphs});
	const items = nextForYou(view);
	if (items.length === 0) {
		const isAsking = targetsOf(environments).some(({status, silence}) => !status && !silence);
		return ofHeight([head, pad([span(isAsking ? ' asking' : ' nothing waits for you', 'muted')], width)], height);
	}
	const index = items.findIndex(({id}) => isFocused && id === cursor);
	const blocks = items.map((item, place) =>
		itemRows(item, {isHere: place === index, isBold: place === Math.max(0, index)}, width, glyphs),
	);
	return ofHeight([head, ...inSight(blocks, Math.max(0, index), height - 1)], height);
};

export const Next = memo(function Next({width, height}: ScreenProps) {
	const {glyphs} = useTheme();
	const view = useCockpit(useShallow(select));
	return <Rows rows={nextRows(view, width, height, glyphs)} />;
});

import {Box} from 'ink';
import type {ListName} from '../../store/list.ts';
import {inkFocus} from '../keys/scopes.ts';
import {Rows} from './draw-rows.tsx';
import {framed, isWide, panelHead, stack, type Look, type ScreenProps} from './layout.ts';
import {beside, blank, ofHeight, span, type Row} from './rows.ts';
import {FieldLine} from './text-field.tsx';
import {useTheme} from './theme.tsx';
import {useCockpit, useCockpitStore} from './use-cockpit.ts';

/** First of the page row `at` is on: a list that moves a page at a time changes few lines with a key. */
export const firstOfPage = (at: number, length: number, height: number): number =>
	Math.max(0, Math.min(Math.floor(Math.max(0, at) / Math.max(1, height)) * height, length - height));

/** `1 to 20 of 1,850`; empty when all of them are in sight. */
export const rangeText = (from: number, height: number, length: number): string => {
	const [first, last, all] = [from + 1, from + height, length].map(number => number.toLocaleString('en'));
	return length <= height ? '' : `${first} to ${last} of ${all}`;
};

/** What is known of the row under the cursor, drawn in so much room. */
type DetailRows<Detail> = (detail: Detail, width: number, height: number, look: Look) => readonly Row[];

/** A list, newest first, and what is known of the row under its cursor. */
export type ListPage<Item, Detail> = {
	readonly title: string;
	/** What stands above both. */
	readonly top: readonly Row[];
	readonly items: readonly Item[];
	/** Place of the one under the cursor, and which is the first in sight then. */
	readonly at: number;
	readonly firstOf: (at: number, length: number, height: number) => number;
	/** Cells of the list where both stand beside each other, and the gap between. */
	readonly left: number;
	readonly gap: number;
	/** Right end of the head, behind what part of the list is in sight. */
	readonly fact: Row;
	/** What stands in place of a list without a row. */
	readonly empty: (width: number) => readonly Row[];
	/** Names of the columns, where there is room for them. */
	readonly columns?: readonly Row[];
	readonly list: (inSight: readonly Item[], width: number, isBeside: boolean) => readonly Row[];
	/** What stands below the list, where the detail is beside it. */
	readonly below: (width: number, room: number) => readonly Row[];
	/** It stands at the end, however short the list is. */
	readonly isBelowLast: boolean;
	/** Undefined: the list has no row. */
	readonly detail: Detail | undefined;
	readonly detailRows: DetailRows<Detail>;
	/** The detail in a few lines, where it is below the list. */
	readonly detailShort: DetailRows<Detail>;
	readonly shortHeight: number;
};

/** The detail beside the list where there is room, else below it. */
export const listPage = <Item, Detail>(
	page: ListPage<Item, Detail>,
	width: number,
	height: number,
	look: Look,
): readonly Row[] => {
	const {top, gap, detail, items, fact, columns = []} = page;
	const isBeside = isWide(width + 2);
	const left = isBeside ? page.left : width;
	const room = height - top.length;
	if (detail === undefined)
		return stack([top, [panelHead(page.title, left, look, fact), ...page.empty(left)]], height);
	/** So many of them in sight, below their head. */
	const list = (rows: number): readonly Row[] => {
		const from = page.firstOf(page.at, items.length, rows);
		const range = rangeText(from, rows, items.length);
		const order = span(range === '' ? 'newest first, ' : `newest first, ${range}, `, 'muted');
		return [
			panelHead(page.title, left, look, [order, ...fact]),
			...(isBeside ? columns : []),
			...page.list(items.slice(from, from + rows), left, isBeside),
		];
	};
	if (!isBeside) {
		const last = page.detailShort(detail, width, room >= 16 ? page.shortHeight : 4, look);
		return [...top, ...list(Math.max(2, room - last.length - 2)), blank, ...last].slice(0, height);
	}
	const below = page.below(left, room);
	const under = below.length > 0 ? [blank, ...below] : [];
	const heads = 1 + columns.length;
	const rows = Math.max(3, room - under.length - heads);
	const shown = list(rows);
	const filled = page.isBelowLast && under.length > 0 ? ofHeight(shown, heads + rows) : shown;
	const right = width - left - gap;
	const panels = beside(
		[
			{rows: [...filled, ...under], width: left},
			{rows: page.detailRows(detail, right, room, look), width: right},
		],
		gap,
	);
	return [...top, ...panels].slice(0, height);
};

/** A screen that is a list: its rows, and below them the line in which its filter is typed, as long as there is one. */
export function ListScreen({
	list,
	rows,
	width,
	height,
}: ScreenProps & {
	readonly list: ListName;
	/** What fills so much room between the margins. */
	readonly rows: (width: number, height: number) => readonly Row[];
}) {
	const theme = useTheme();
	const {filter, isTyping} = useCockpit(state => state.lists[list]);
	const hasFilter = isTyping || filter !== '';
	const room = height - (hasFilter ? 1 : 0);
	return (
		<Box flexDirection="column" width={width} height={height} overflow="hidden">
			<Rows rows={framed(ofHeight(rows(width - 2, room), room), width, room, theme)} />
			{hasFilter && <FilterLine list={list} width={width} />}
		</Box>
	);
}

/** The line below a list in which its filter is typed, and stands as long as it keeps something out. */
export function FilterLine({
	list,
	onTyped,
	width,
}: {
	readonly list: ListName;
	/** After each letter. */
	readonly onTyped?: () => void;
	readonly width: number;
}) {
	const store = useCockpitStore();
	const {filter, isTyping} = useCockpit(state => state.lists[list]);
	const isFocused = useCockpit(state => inkFocus(state) === 'filter' && state.dialog === undefined);
	return (
		<FieldLine
			sign={[span('  / ', 'accent')]}
			value={filter}
			isFocused={isFocused}
			showCursor={isTyping}
			onChange={value => {
				store.getState().filterList(list, value);
				onTyped?.();
			}}
			end={[span(isTyping ? '  Enter keep, Esc leave ' : '  Esc shows all again ', 'muted')]}
			width={width}
		/>
	);
}

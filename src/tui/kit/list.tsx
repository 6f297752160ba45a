import {Box} from 'ink';
import type {ListName} from '../../store/list.ts';
import {inkFocus} from '../keys/scopes.ts';
import {Rows} from './draw-rows.tsx';
import {framed, isWide, panelHead, type Look} from './layout.ts';
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

/** A list, and what is known of the row under its cursor. */
export type ListPage = {
	readonly title: string;
	/** Cells of the list where both stand beside each other, and the gap between. */
	readonly left: number;
	readonly gap: number;
	/** Right end of the head, for so many rows in sight. */
	readonly fact: (rows: number) => Row;
	/** Names of the columns, where there is room for them. */
	readonly columns?: Row;
	/** At most so many rows around the cursor. */
	readonly list: (width: number, rows: number, isBeside: boolean) => readonly Row[];
	/** What stands below the list, where the detail is beside it. */
	readonly below: readonly Row[];
	/** It stands at the end, however short the list is. */
	readonly isBelowLast: boolean;
	readonly detail: (width: number, height: number) => readonly Row[];
	/** The detail in a few lines, where it is below the list. */
	readonly short: (width: number, height: number) => readonly Row[];
	readonly shortHeight: number;
};

/** The detail beside the list where there is room, else below it. */
export const listPage = (page: ListPage, width: number, height: number, look: Look): readonly Row[] => {
	const {title, left, gap, fact, columns, list, below, detail, short} = page;
	if (!isWide(width + 2)) {
		const last = short(width, height >= 16 ? page.shortHeight : 4);
		const rows = Math.max(2, height - last.length - 2);
		return [panelHead(title, width, look, fact(rows)), ...list(width, rows, false), blank, ...last];
	}
	const above = columns ? [columns] : [];
	const under = below.length > 0 ? [blank, ...below] : [];
	const rows = Math.max(3, height - under.length - above.length - 1);
	const shown = list(left, rows, true);
	const filler = page.isBelowLast && under.length > 0 ? Math.max(0, rows - shown.length) : 0;
	const column = [
		panelHead(title, left, look, fact(rows)),
		...above,
		...ofHeight(shown, shown.length + filler),
		...under,
	];
	const right = width - left - gap;
	return beside(
		[
			{rows: column, width: left},
			{rows: detail(right, height), width: right},
		],
		gap,
	);
};

/** A screen that is a list: its rows, and below them the line in which its filter is typed, as long as there is one. */
export function ListScreen({
	list,
	rows,
	onTyped = () => undefined,
	width,
	height,
}: {
	readonly list: ListName;
	/** What fills so much room between the margins. */
	readonly rows: (width: number, height: number) => readonly Row[];
	/** After each letter of the filter. */
	readonly onTyped?: () => void;
	readonly width: number;
	readonly height: number;
}) {
	const theme = useTheme();
	const {filter, isTyping} = useCockpit(state => state.lists[list]);
	const hasFilter = isTyping || filter !== '';
	const room = height - (hasFilter ? 1 : 0);
	return (
		<Box flexDirection="column" width={width} height={height} overflow="hidden">
			<Rows rows={framed(ofHeight(rows(width - 2, room), room), width, room, theme)} />
			{hasFilter && <FilterLine list={list} width={width} onTyped={onTyped} />}
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
	readonly onTyped: () => void;
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
				onTyped();
			}}
			end={[span(isTyping ? '  Enter keep, Esc leave ' : '  Esc shows all again ', 'muted')]}
			width={width}
		/>
	);
}

import type {EnvColumn, EnvRow} from '../../../domain/environments/env-table.ts';
import {hostNow} from '../../../store/overview/overview-facts.ts';
import type {EnvItem} from '../../../store/environments/env-lines.ts';
import {flow, hanging, loose, panelHead, textRows, wrap, type Look} from '../../kit/layout.ts';
import {blank, cellsOf, fit, muted, pad, plain, span, type Row} from '../../kit/rows.ts';
import {whenInZone} from '../../kit/times.ts';
import {closesText} from './closes.ts';
import {setRows, setShort} from './set-rows.ts';
import {
	columnTitle,
	columnTone,
	groupTitles,
	isTemplateColumn,
	valuePlaces,
	placeSpans,
	rowMark,
	type EnvView,
} from './look.ts';

type KeyItem = Extract<EnvItem, {readonly kind: 'key'}>;

/** What is wrong with a key, a line each; that nothing is where nothing is. */
const findingRows = ({row, group}: KeyItem, view: EnvView, width: number, look: Look): readonly Row[] => {
	const mark = rowMark(group, row, view, look);
	const texts = row.problems.length > 0 ? row.problems : [groupTitles[group].toLowerCase()];
	return texts.flatMap(text => hanging({...mark, text: ` ${mark.text} `}, text, width));
};

const setText = (view: EnvView, row: EnvRow, {id}: EnvColumn): string => {
	const set = row.setBy[id];
	const environment = view.environments.find(({name}) => name === id);
	if (!set) return '';
	const timeZone = environment?.timeZone ?? 'UTC';
	const now = environment ? hostNow(environment, view.now) : view.now;
	return `set ${whenInZone(set.at, now, timeZone)} by ${set.by}`;
};

/** Line and file of a value: of the last one, which counts. */
const lineText = (row: EnvRow, {id, file}: EnvColumn): string => {
	const cell = row.cells[id];
	return cell && 'line' in cell && cell.line > 0 ? `${file}, line ${cell.line}` : file;
};

const labelWidthOf = ({columns}: Pick<EnvView, 'columns'>): number =>
	Math.min(14, Math.max(8, ...columns.map(column => cellsOf(columnTitle(column)))));

/** A place and what it says of a key, in as many lines as it takes. */
const placeRows = (
	{row}: KeyItem,
	column: EnvColumn,
	view: EnvView,
	{width, isWhole}: {readonly width: number; readonly isWhole: boolean},
	look: Look,
): readonly Row[] => {
	const labelWidth = labelWidthOf(view);
	const room = Math.max(8, width - labelWidth - 3);
	const spans = placeSpans(row, column, look);
	const [first] = spans;
	// A value of one piece is broken into lines; several keep the colours they have.
	const value: readonly Row[] =
		spans.length === 1 && first
			? wrap(first.text, room).map(text => [{...first, text}])
			: wrap(plain(spans), room).map(text => [span(text, column.problem === undefined ? 'value' : 'muted')]);
	const more = [
		setText(view, row, column),
		...(isWhole ? [lineText(row, column)] : []),
		...(column.problem === undefined ? [] : [`not read: ${column.problem}`]),
		...(isWhole ? (column.notes ?? []) : []),
	];
	const told = more.filter(text => text !== '').flatMap(text => wrap(text, room).map(line => muted(line)));
	return [...value, ...told].map((content, index): Row => [
		span(' '),
		...pad(
			index === 0 ? [span(columnTitle(column), columnTone(column, view.environments))] : [],
			labelWidth,
			look.glyphs.cut,
		),
		span('  '),
		...content,
	]);
};

/** Places first, then what the template says. */
const inTellingOrder = (view: Pick<EnvView, 'columns'>): readonly EnvColumn[] => [
	...valuePlaces(view),
	...view.columns.filter(isTemplateColumn),
];

const title = (text: string): Row => [span(` ${text}`, 'value', {bold: true})];

const askedPanel = ({row}: KeyItem, width: number): readonly Row[] =>
	row.askedFor.length === 0
		? textRows('No source of the app here asks for it.', width, 'muted')
		: [title('Asked for by'), ...row.askedFor.flatMap(place => textRows(place, width, 'muted'))];

/** Everything about a key below its head. `isWhole`: with the file and line of each value. */
export const keyRows = (item: KeyItem, view: EnvView, width: number, look: Look, isWhole: boolean): readonly Row[] =>
	loose([
		// A name that its head can't hold stands whole below it.
		cellsOf(item.row.key) > (isWhole ? Math.floor(width / 2) : width - 8) ? textRows(item.row.key, width) : [],
		findingRows(item, view, width, look),
		inTellingOrder(view).flatMap(column => placeRows(item, column, view, {width, isWhole}, look)),
		askedPanel(item, width),
		setRows(item.row, view, width),
		textRows(closesText(item.row, view), width),
	]);

/** As many of the rows as there is room for, and how many more there are. */
const cut = (rows: readonly Row[], height: number, {glyphs}: Look): readonly Row[] =>
	rows.length <= height
		? rows
		: [
				...rows.slice(0, Math.max(0, height - 1)),
				muted(` ${glyphs.below} ${rows.length - height + 1} more, Enter`),
			];

const secretsPanel = (width: number, look: Look): readonly Row[] => [
	panelHead('Secrets', width, look),
	...textRows(
		'**** and four digits: they tell same from different and change every session. No value is shown, copied, logged or recorded.',
		width,
		'muted',
	),
];

const setOnHostPanel = (width: number, look: Look): readonly Row[] => [
	panelHead('Set on a host', width, look),
	...textRows(
		'A run with lock, the old file kept, health and way back; Production needs its word; soak as the policy says.',
		width,
		'muted',
	),
];

/** What a fold holds. */
const foldRows = (item: Extract<EnvItem, {readonly kind: 'fold'}>, width: number): readonly Row[] => [
	...textRows(item.keys.join(', '), width, 'muted'),
];

/** What a head says of a line, `width` cells at most: without its end a rule would look torn. */
export const titleOfItem = (item: EnvItem, width: number, {glyphs}: Look): string =>
	plain(
		fit(
			[span(item.kind === 'key' ? item.row.key : `${groupTitles[item.group]} ${item.keys.length}`)],
			width,
			glyphs.cut,
		),
	);

const headOf = (item: EnvItem, width: number, look: Look): Row =>
	panelHead(titleOfItem(item, width - 8, look), width, look);

/** What is known of the line under the cursor, in a column beside the table. */
export const detailRows = (view: EnvView, width: number, height: number, look: Look): readonly Row[] => {
	const {item} = view;
	if (!item) return [];
	const own = item.kind === 'key' ? keyRows(item, view, width, look, false) : foldRows(item, width);
	const rows = [headOf(item, width, look), ...cut(own, height - 1, look)];
	return [secretsPanel(width, look), setOnHostPanel(width, look)].reduce<readonly Row[]>(
		(all, panel) => (all.length + 1 + panel.length <= height ? [...all, blank, ...panel] : all),
		rows,
	);
};

/** The same in a few lines below the table: what is wrong, each place, how to set it. */
export const detailShort = (view: EnvView, width: number, height: number, look: Look): readonly Row[] => {
	const {item} = view;
	if (!item) return [];
	if (item.kind === 'fold') return [headOf(item, width, look), ...cut(foldRows(item, width), height - 1, look)];
	const {row} = item;
	const most = Math.max(12, Math.floor(width / 2) - 3);
	const places = inTellingOrder(view).map((column): Row => [
		span(`${columnTitle(column)} `, columnTone(column, view.environments)),
		...fit(placeSpans(row, column, look), most, look.glyphs.cut),
	]);
	const rows = [
		...findingRows(item, view, width, look),
		...flow(places, width - 1, [span('   ')]).map((line): Row => [span(' '), ...line]),
		...setShort(row, view, width),
		...textRows(closesText(row, view), width, 'muted'),
		...row.askedFor.map(place => muted(` asked for by ${place}`)),
	];
	return [headOf(item, width, look), ...cut(rows, height - 1, look)];
};

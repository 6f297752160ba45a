import type {EnvGroup} from '../../../store/environments/env-lines.ts';
import {chip, isWide, panelHead, problemPanel, textRows, turning, type Look} from '../../kit/layout.ts';
import {beside, blank, fit, justify, muted, ofHeight, span, widthOf, type Row} from '../../kit/rows.ts';
import {whenInZone} from '../../kit/times.ts';
import {detailRows, detailShort} from './detail-rows.ts';
import {columnTitle, groupMark, readingText, type EnvView} from './look.ts';
import {columnRows, inUseLine, inUseRows, tableLines, tableShapeOf} from './table-rows.ts';

const appNames = ['backend', 'frontend'] as const;

/** Groups whose counts stand above the table, where there are any. */
const told: readonly (readonly [EnvGroup, string])[] = [
	['missing', 'missing'],
	['extra', 'extra'],
	['twice', 'twice'],
	['same', 'same'],
	['unlike', 'unlike'],
	['unclear', 'not known'],
];

const keysText = ({table, counts}: EnvView): string => {
	if (!table || !counts) return '';
	const {extra} = counts;
	const keys = table.rows.length - extra;
	return `${keys} ${keys === 1 ? 'key' : 'keys'}${extra > 0 ? ` and ${extra} extra` : ''}`;
};

/** Apps as tabs, then how many keys there are and what is to be said of them. */
const topRow = (view: EnvView, width: number, look: Look): Row => {
	const {app, counts, isTroubleOnly, askedAt} = view;
	const active = chip(app, 'accent', look);
	const tabs = appNames.flatMap(name => (name === app ? active : [span(` ${name} `, 'muted')]));
	const found = told.flatMap(([group, word]): Row => {
		const count = counts?.[group] ?? 0;
		return count === 0 ? [] : [span('  '), groupMark(group, look), span(` ${count} ${word}`)];
	});
	const well: Row =
		counts && found.length === 0 ? [span('  '), groupMark('different', look), span(' no trouble')] : [];
	const only: Row = isTroubleOnly ? [span('only trouble', 'accent')] : [];
	const keys: Row = [span(keysText(view), 'muted')];
	const asking: Row = askedAt === undefined ? [] : [span(`  ${readingText(look)}`, 'accent')];
	const gap = span('   ');
	const inWords = told.flatMap(([group, word]) => (counts?.[group] ? [`${counts[group]} ${word}`] : []));
	const wrong = told.reduce((sum, [group]) => sum + (counts?.[group] ?? 0), 0);
	const least: Row = [span(`${wrong} in trouble`)];
	const forms: readonly (readonly [Row, Row])[] = [
		[tabs, [...only, gap, ...keys, ...found, ...well, ...asking]],
		[tabs, [...only, ...found, ...well, ...asking]],
		[tabs, [...only, ...found, ...well]],
		[active, [...only, ...found, ...well]],
		[active, [span(inWords.join('  '))]],
	];
	const [left, right] = forms.find(([a, b]) => widthOf(a) + widthOf(b) < width) ?? [active, least];
	return justify(left, right, width);
};

/** Places that could not be read, and from when what is shown of them is; the reason whole is behind Enter. */
const unreadRows = (view: EnvView, width: number, {glyphs}: Look): readonly Row[] =>
	view.columns.flatMap(column => {
		if (column.problem === undefined) return [];
		const from = view.kept?.keptFrom[column.id];
		const zone = view.environments.find(({name}) => name === column.id)?.timeZone ?? 'UTC';
		const shown =
			from === undefined ? 'Its values are not known.' : `Its values are of ${whenInZone(from, view.now, zone)}.`;
		const why: Row = [
			span(` ${glyphs.unclear} `, 'attention'),
			span(`${columnTitle(column)} was not read: ${column.problem.replace(/\.$/, '')}.`),
		];
		const isOne = widthOf(why) + 1 + shown.length <= width;
		return isOne ? [[...why, span(` ${shown}`)]] : [fit(why, width, glyphs.cut), [span(`   ${shown}`)]];
	});

/** What else is worth a line of a place that was read. */
const noteRows = (view: EnvView, width: number, look: Look): readonly Row[] =>
	view.columns.flatMap(column =>
		(column.notes ?? []).map(note =>
			fit(
				[span(` ${look.glyphs.attention} `, 'attention'), span(`${columnTitle(column)}: ${note}`)],
				width,
				look.glyphs.cut,
			),
		),
	);

const problemRows = ({problem, table}: EnvView, width: number, look: Look): readonly Row[] =>
	problem === undefined
		? []
		: problemPanel(table ? {...problem, now: `${problem.now} What is below may be old.`} : problem, width, look);

const emptyRows = (view: EnvView, width: number, look: Look): readonly Row[] => {
	const {table, problem, askedAt, now, filter, isTroubleOnly, app} = view;
	if (!table) {
		if (askedAt !== undefined)
			return [[span(` ${turning(look.glyphs, now)} `, 'accent'), span(`Reads the values of the ${app}.`)]];
		return problem ? [] : [muted(' Nothing was read yet: r reads it.')];
	}
	if (filter.trim() !== '') return textRows(`No key holds "${filter}", and no value that is shown.`, width, 'muted');
	if (isTroubleOnly && table.rows.length > 0)
		return textRows('No trouble: each key is there once, and differs where the template says so.', width, 'muted');
	return textRows(`No place has a key of the ${app}.`, width, 'muted');
};

/** What `env use` would do, and which set the working copy has now. */
const inUsePanel = (view: EnvView, width: number, isTall: boolean, look: Look): readonly Row[] => {
	const rows = inUseRows(view, width, isTall, look).slice(0, 6);
	if (rows.length === 0) return [];
	const command = useCommand(view);
	return [
		panelHead('In use', width, look, 'which set the working copy has now'),
		...rows,
		...(isTall && command !== undefined
			? [
					fit(
						[
							span('  '),
							span(command, 'accent'),
							span(' or ', 'muted'),
							span('u', 'accent'),
							span(' switches both; secrets of Production ask a word', 'muted'),
						],
						width,
						look.glyphs.cut,
					),
				]
			: []),
	];
};

/** The command that gives the working copy the values of another environment than it has. */
const useCommand = ({table, environments}: Pick<EnvView, 'table' | 'environments'>): string | undefined => {
	const now = table?.inUse[0]?.environment;
	const other = environments.find(({name, tier}) => name !== now && tier !== 'production');
	return table === undefined || !other ? undefined : `cockpit env use ${other.name}`;
};

/** The whole screen: what is found, the keys side by side, what is known of the one under the cursor, what is in use. */
export const environmentRows = (view: EnvView, width: number, height: number, look: Look): readonly Row[] => {
	const isBeside = isWide(width + 2);
	const top = [
		topRow(view, width, look),
		...(height >= 28 ? [blank] : []),
		...problemRows(view, width, look),
		...[...unreadRows(view, width, look), ...noteRows(view, width, look)].slice(0, height >= 28 ? 6 : 2),
	];
	const room = Math.max(0, height - top.length);
	const right = isBeside ? Math.min(60, Math.max(35, Math.floor(width * 0.3))) : 0;
	const left = isBeside ? width - right - 2 : width;
	const shape = tableShapeOf(view, left);
	const head = columnRows(view, shape, look);
	const inUse = room >= 16 ? inUsePanel(view, left, room >= 24, look) : inUseLine(view, left, look);
	const under = room >= 24 && inUse.length > 0 ? [blank, ...inUse] : inUse;
	// As high for each key, so that the table does not jump.
	const shortHeight = isBeside || !view.item ? 0 : room >= 18 ? 7 : 4;
	const short = ofHeight(detailShort(view, width, shortHeight, look), shortHeight);
	const list = Math.max(1, room - head.length - under.length - short.length);
	const keys = view.lines.length === 0 ? emptyRows(view, left, look) : tableLines(view, shape, list, look);
	const table = [...head, ...ofHeight(keys, list)];
	if (!isBeside) return [...top, ...table, ...short, ...under].slice(0, height);
	const panels = beside([
		{rows: [...table, ...under], width: left},
		{rows: detailRows(view, right, room, look), width: right},
	]);
	return [...top, ...panels].slice(0, height);
};

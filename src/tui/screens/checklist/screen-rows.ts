import type {AppName} from '../../../domain/environments/environment.ts';
import {countItems} from '../../../domain/checklist/sign-off.ts';
import {appsOf} from '../../../app/target-of.ts';
import {beside, blank, fit, justify, ofHeight, span, widthOf, type Row} from '../../kit/rows.ts';
import {bar, chip, paragraph, problemRows, stack, turning, wrap, type Look} from '../../kit/layout.ts';
import {zoneName} from '../../../domain/zone-name.ts';
import {age} from '../../../domain/format.ts';
import {detailPanel, scrollLimit} from './detail-rows.ts';
import {itemsPanel, pointPanel, pointRows} from './item-rows.ts';
import {itemsOf, type ChecklistView} from './look.ts';
import {
	countsNotPanel,
	countsPanel,
	gridRows,
	herePanel,
	hereRow,
	pointsGrid,
	pointsPanel,
	signedPanel,
} from './side-rows.ts';

/** Without an answer for longer than this what is shown may be old, and says so. */
const oldMs = 5000;

/** From here on three columns leave the titles room; `width` is that between the margins. */
const isWide = (width: number): boolean => width >= 110;

const otherApp = (view: ChecklistView, {glyphs}: Look): Row => {
	const other: AppName = view.app === 'backend' ? 'frontend' : 'backend';
	if (!view.checklistEnvironment || !appsOf(view.checklistEnvironment).includes(other)) return [];
	const {met, all, failed} = countItems(itemsOf(view.all, other));
	const mark =
		failed > 0
			? span(glyphs.failed, 'danger')
			: met === all
				? span(glyphs.done, 'success')
				: span(glyphs.open, 'attention');
	return [span(`${other} `, 'muted'), mark, span(` ${met} of ${all}`, 'muted'), span(' ')];
};

/** App, build, how many of how many, and what keeps the gate closed. */
const summaryRow = (view: ChecklistView, width: number, look: Look): Row => {
	const {app, checklistReading, checklistWaiting, hostNow, timeZone} = view;
	// What was not read is not open: it is not known.
	if (!checklistReading) return chip(app, 'accent', look);
	const {met, all, failed, unclear, open} = countItems(itemsOf(view.all, app));
	const commit = view.commit(app);
	const facts: Row = [
		span(failed > 0 ? `${failed} failed  ` : '', 'danger'),
		span(unclear > 0 ? `${unclear} unclear  ` : '', 'attention'),
		span(open > 0 ? `${open} open  ` : '', 'attention'),
		span(checklistWaiting.length > 0 ? `waiting to be sent (${checklistWaiting.length})  ` : '', 'attention'),
	];
	const right: Row = isWide(width)
		? [...otherApp(view, look), span(` times in ${zoneName(hostNow, timeZone)} `, 'muted')]
		: [span(`${zoneName(hostNow, timeZone)} `, 'muted')];
	const start: Row = [
		...chip(app, 'accent', look),
		span(' '),
		span(commit ?? 'build not recorded', commit === undefined ? 'attention' : 'value', {bold: true}),
		span(`  ${met} of ${all}  `),
	];
	const cells = Math.min(30, width - widthOf(start) - widthOf(facts) - widthOf(right) - 3);
	return justify(
		[
			...start,
			...(cells >= 6 ? [...bar(all === 0 ? 0 : met / all, cells, look, 'success'), span('  ')] : []),
			...facts,
		],
		right,
		width,
	);
};

/** What makes all below doubtful: a ledger that can't be relied on, a host that is silent. */
const warnings = (view: ChecklistView, width: number, {glyphs}: Look): readonly Row[] => {
	const {checklistEnvironment: tested, checklistReading: reading, checklistProblem: problem, now} = view;
	const title = tested?.title ?? '';
	const rows: Row[] = [];
	if (reading?.ledger.fault !== undefined)
		rows.push(
			...wrap(
				`${glyphs.failed} The ledger of ${title} ${reading.ledger.fault}. Nothing can be signed; what is below may be wrong.`,
				width - 1,
			).map((line): Row => [span(` ${line}`, 'danger', {bold: true})]),
		);
	if (problem && reading)
		rows.push([
			span(` ${glyphs.unclear} ${title} has not answered for ${age(now - problem.since)}`, 'attention'),
			span(
				`: ${problem.why}. ${reading.readAt === undefined ? 'What is below is from before this cockpit began.' : `Read ${age(now - reading.readAt)} ago.`}`,
				'muted',
			),
		]);
	else if (reading?.readAt !== undefined && now - reading.readAt > oldMs)
		rows.push([span(` ${glyphs.unclear} Read ${age(now - reading.readAt)} ago.`, 'attention')]);
	return rows.map(row => fit(row, width));
};

const nothingYet = (view: ChecklistView, width: number, {glyphs}: Look): readonly Row[] => {
	const {checklistEnvironment: tested, checklistProblem: problem, now} = view;
	if (!tested)
		return paragraph(
			'',
			'No environment with a host is tested before another one. Name it in promotedFrom of the environment behind it.',
			width,
			'muted',
		);
	if (!problem) return [[span(` ${turning(glyphs, now)} `, 'accent'), span(`Asks ${tested.title} for its ledger.`)]];
	return [[span(` ${glyphs.failed} ${problem.what}`, 'danger', {bold: true})], ...problemRows(problem, width)];
};

/** Widths of the three columns. */
const columnsIn = (width: number) => {
	const left = 21;
	const right = 35 + Math.floor(Math.max(0, width - 118) / 3);
	return {left, right, middle: width - left - right - 4};
};

const wideRows = (view: ChecklistView, width: number, height: number, look: Look): readonly Row[] => {
	const {left, middle, right} = columnsIn(width);
	const side = stack(
		[
			pointsPanel(view, left, look),
			signedPanel(view, left, look),
			herePanel(view, left, look),
			countsPanel(left, look),
			countsNotPanel(left, look),
		],
		height,
	);
	return beside(
		[
			{rows: side, width: left},
			{rows: itemsPanel(view, middle, height, look), width: middle},
			{rows: detailPanel(view, {isBelow: false, width: right, height}, look), width: right},
		],
		2,
	);
};

/** Heights of the parts below each other. What is being done gets the room: reading the detail, choosing all points. */
const heightsIn = (view: ChecklistView, width: number, height: number, look: Look) => {
	const all = gridRows(view, width);
	const isReading = view.checklistPanel === 'detail';
	const isChoosing = view.checklistPanel === 'points';
	const list = Math.min(pointRows(view), isReading || isChoosing ? 4 : Math.max(3, height - 6));
	const left = height - list;
	const grid = isReading ? 0 : isChoosing ? Math.min(all, left - 2) : left - all - 1 >= 7 ? all : 0;
	const here = hereRow(view, look).length > 0 && left - grid >= 8 ? 1 : 0;
	const gap = left > 5 ? 1 : 0;
	return {list, gap, grid, here, detail: Math.max(0, left - grid - here - gap)};
};

const narrowRows = (view: ChecklistView, width: number, height: number, look: Look): readonly Row[] => {
	const {list, gap, detail, grid, here} = heightsIn(view, width, height, look);
	return [
		...ofHeight(pointPanel(view, width, list, look), list),
		...(gap > 0 ? [blank] : []),
		...ofHeight(detailPanel(view, {isBelow: true, width, height: detail}, look), detail),
		...(grid > 1 ? pointsGrid(view, width, grid, look) : []),
		...(here > 0 ? [hereRow(view, look)] : []),
	];
};

const topRows = (view: ChecklistView, width: number, height: number, look: Look): readonly Row[] => [
	summaryRow(view, width, look),
	...warnings(view, width, look),
	...(height >= 28 ? [blank] : []),
];

/** The whole screen but for the line that is typed in. */
export const checklistRows = (view: ChecklistView, width: number, height: number, look: Look): readonly Row[] => {
	const top = topRows(view, width, height, look);
	const room = Math.max(0, height - top.length);
	if (!view.checklistReading) return [...top, ...nothingYet(view, width, look)].slice(0, height);
	const rows = isWide(width) ? wideRows(view, width, room, look) : narrowRows(view, width, room, look);
	return [...top, ...rows].slice(0, height);
};

/** How far the detail of such a screen can be scrolled. */
export const detailLimit = (view: ChecklistView, width: number, height: number, look: Look): number => {
	const room = Math.max(0, height - topRows(view, width, height, look).length);
	return isWide(width)
		? scrollLimit(view, {isBelow: false, width: columnsIn(width).right, height: room}, look)
		: scrollLimit(view, {isBelow: true, width, height: heightsIn(view, width, room, look).detail}, look);
};

import type {HealthPanel} from '../../../store/health/health.ts';
import {itemsOfWatch} from '../../../store/health/health-places.ts';
import {beside, blank, ofHeight} from '../../kit/rows.ts';
import {isWide, panelHead, textRows, type Look} from '../../kit/layout.ts';
import {comparedEntries, comparePanel} from './compare-rows.ts';
import {decidePanel, isUndecided} from './decide-rows.ts';
import {hostsRows} from './place-rows.ts';
import {triggersPanel} from './trigger-rows.ts';
import {barRow, handPanel, timelinePanel, type WatchPlace} from './watch-rows.ts';
import type {HealthView, Scrolled} from './look.ts';

/** Rows a panel can't do without, and those it would fill. */
type Wish = {readonly least: number; readonly most: number};

/** How many rows each gets: what it can't do without first, then one after the other what it would fill. */
export const shareRows = (wishes: readonly Wish[], height: number): readonly number[] => {
	const given = wishes.map(({least}) => least);
	let left = height - given.reduce((sum, count) => sum + count, 0);
	wishes.forEach(({most, least}, index) => {
		const more = Math.max(0, Math.min(left, most - least));
		given[index] = (given[index] ?? 0) + more;
		left -= more;
	});
	return given;
};

const comparedRows = (place: WatchPlace, {panel}: HealthView, isBroad: boolean): number =>
	1 +
	Math.max(1, comparedEntries(place, panel === 'comparisons').length) +
	(isBroad ? 1 : 0) +
	(place.report.newSignatures.length > 0 ? 1 : 0);

const loudTriggers = ({report}: WatchPlace): number => report.triggers.filter(({state}) => state !== 'quiet').length;

/** One column: every panel keeps its head and what matters most of it. */
const narrowRows = (view: HealthView, place: WatchPlace, width: number, height: number, look: Look): Scrolled => {
	const timeline = timelinePanel(view, place, width, false, look);
	const above = 1 + timeline.length;
	const items = itemsOfWatch(place.report).length;
	const loud = loudTriggers(place);
	const quietRows = Math.ceil((place.report.triggers.length - loud) / 2);
	const hasToDecide = isUndecided(place.report);
	const worse = comparedEntries(place, view.panel === 'comparisons').filter(
		({all: [one]}) => one?.verdict !== 'same',
	).length;
	const isLow = height < 15;
	const wishes = {
		decide: {least: hasToDecide ? (isLow ? 3 : 2) : 0, most: hasToDecide ? (isLow ? 3 : 5) : 0},
		triggers: {least: 1 + Math.min(loud, isLow ? 1 : 2), most: 1 + loud + quietRows},
		comparisons: {least: 2, most: Math.min(comparedRows(place, view, false), Math.max(5, worse + 3))},
		items: {least: isLow ? 2 : 3, most: 1 + Math.max(1, items)},
	};
	// What a person turns to gets all it can fill, after the decision; what is done by hand gets what is left.
	const order: readonly HealthPanel[] = ['triggers', 'comparisons', 'items'];
	const focused: readonly HealthPanel[] = view.panel === 'items' ? [] : [view.panel];
	const names = ['decide', ...focused, ...order.filter(one => !focused.includes(one))] as const;
	const isFull = (name: keyof typeof wishes): boolean => name === 'comparisons' && view.panel === name;
	const given = shareRows(
		names.map(name => (isFull(name) ? {...wishes[name], most: comparedRows(place, view, false)} : wishes[name])),
		height - above,
	);
	const rowsOf = (name: keyof typeof wishes): number => given[names.indexOf(name)] ?? 0;
	const [decide, triggers, compare, hand] = [
		rowsOf('decide'),
		rowsOf('triggers'),
		rowsOf('comparisons'),
		rowsOf('items'),
	];
	const rest = height - above - decide - triggers - compare - hand;
	const compared = comparePanel(view, place, width, compare + Math.max(0, rest), look);
	const rows = [
		barRow(view, place, width, look),
		...timeline,
		...handPanel(view, place, width, hand, look),
		...triggersPanel(view, place, width, triggers, look),
		...compared.rows,
		...decidePanel(view, place, width, decide, look),
	];
	return {rows, hidden: compared.hidden, page: compared.page};
};

const wideRows = (view: HealthView, place: WatchPlace, width: number, height: number, look: Look): Scrolled => {
	const left = Math.floor((width - 2) / 2);
	const hasToDecide = isUndecided(place.report);
	const decide = hasToDecide ? 5 : 0;
	const timeline = timelinePanel(view, place, width, true, look);
	const gaps = height >= 30 ? 1 : 0;
	const fixed = 1 + timeline.length + decide + gaps * (3 + (hasToDecide ? 1 : 0));
	const [panels = 0, compare = 0] = shareRows(
		[
			{least: 4, most: 1 + Math.max(itemsOfWatch(place.report).length, place.report.triggers.length)},
			{least: 4, most: comparedRows(place, view, true)},
		],
		height - fixed,
	);
	const gap = gaps === 1 ? [blank] : [];
	const decisions = decidePanel(view, place, width, decide, look);
	const compared = comparePanel(view, place, width, compare, look);
	const rows = [
		barRow(view, place, width, look),
		...gap,
		...timeline,
		...gap,
		...ofHeight(
			beside(
				[
					{rows: handPanel(view, place, left, panels, look), width: left},
					{rows: triggersPanel(view, place, width - 2 - left, panels, look), width: width - 2 - left},
				],
				2,
			),
			panels,
		),
		...gap,
		...compared.rows,
		...(decisions.length > 0 ? [...gap, ...decisions] : []),
	];
	return {rows, hidden: compared.hidden, page: compared.page};
};

/** The whole screen, `width` cells between the margins. */
export const healthRows = (view: HealthView, width: number, height: number, look: Look): Scrolled => {
	const {place} = view;
	if (!place)
		return {
			rows: [
				panelHead('Health', width, look),
				...textRows('No environment has a host that could be asked.', width),
			],
			hidden: 0,
		};
	if (place.kind === 'host') return hostsRows(view, place, width, height, look);
	const rows = isWide(width + 2) && height >= 24 ? wideRows : narrowRows;
	return rows(view, place, width, height, look);
};

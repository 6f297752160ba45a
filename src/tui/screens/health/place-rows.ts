import {isHealthOld, readingAge, type HealthPlace} from '../../../store/health/health-places.ts';
import type {EnvironmentHealth} from '../../../store/health/health.ts';
import type {ProbeReading} from '../../../domain/probes/probe.ts';
import {shortTitle} from '../../../store/overview/overview-facts.ts';
import {beside, blank, justify, ofHeight, span, type Row} from '../../kit/rows.ts';
import {chip, isWide, panelHead, textRows, type Look} from '../../kit/layout.ts';
import {addressIn, ageRow, hostTime, liveIn, type HealthView, type Scrolled} from './look.ts';
import {latencyRows} from './latency-rows.ts';
import {
	foldAnswers,
	mostUrgentFirst,
	ownWordRows,
	probeColumns,
	probeLook,
	probeRows,
	wordsAmong,
} from './probe-rows.ts';

/** Lines of what a probe saw where not all of them have room. */
const mostTextLines = 2;
const wholeText = Number.POSITIVE_INFINITY;

type HostPlace = Extract<HealthPlace, {kind: 'host'}>;

const hostsIn = (places: readonly HealthPlace[]): readonly HostPlace[] => places.filter(one => one.kind === 'host');

/** What is asked from outside, and what is about this host. */
const readingsOf = ({health, host}: HostPlace): readonly ProbeReading[] =>
	health.readings.filter(reading => reading.host === undefined || reading.host === host);

/** Panel's head: the environment, in red for production, its host, and how old all of it is. */
const headRow = ({places, now}: HealthView, {health, host, id}: HostPlace, width: number, look: Look): Row => {
	const {tier} = health.environment;
	const hosts = hostsIn(places);
	const at = hosts.findIndex(one => one.id === id) + 1;
	const count = hosts.length < 2 ? [] : [span(`host ${at} of ${hosts.length}, `, 'muted')];
	return panelHead(
		[
			...chip(shortTitle(health.environment).toUpperCase(), tier, look),
			span(` ${host}`, tier, {bold: true}),
			...(width >= 72 ? [span(`  ${addressIn(health)}`, 'muted')] : []),
		],
		width,
		look,
		[...count, ...ageRow(health, now, look)],
		tier === 'production' ? 'production' : 'muted',
	);
};

/** Hosts that could not be asked; what is about them is missing, not well. */
const silentRows = ({silent}: EnvironmentHealth, width: number, {glyphs}: Look): readonly Row[] =>
	silent.flatMap(({host, why}) =>
		textRows(`${glyphs.failed} ${host} did not answer: ${why.replace(/\.$/, '')}`, width, 'danger').slice(0, 2),
	);

/** The addresses whose times are drawn: the health of each app. */
const drawnIn = (readings: readonly ProbeReading[]): readonly ProbeReading[] =>
	readings.filter(({kind, probe}) => kind === 'http' && probe.endsWith('.health'));

/** Rows for the bars of each chart in so much room, the lines of the probes left to be seen. */
const barsIn = (room: number, probes: number, charts: number): number =>
	charts === 0 ? 0 : Math.max(1, Math.min(4, Math.floor((room - probes - charts - 2) / charts)));

const counted = (readings: readonly ProbeReading[], isOld: (reading: ProbeReading) => boolean): string => {
	const old = readings.filter(isOld).length;
	if (old > 0 && old === readings.length) return 'not known any more';
	const bad = readings.filter(reading => !isOld(reading) && probeLook(reading) !== 'ok').length;
	const words = [...(bad > 0 ? [`${bad} not ok`] : []), ...(old > 0 ? [`${old} old`] : [])];
	return words.length === 0 ? 'all ok' : words.join(', ');
};

/** How many of the blocks, from the first on, have room together; at least one. */
const fillOf = (blocks: readonly (readonly Row[])[], height: number): number => {
	let used = 0;
	const over = blocks.findIndex(({length}) => (used += length) > height);
	return over < 0 ? blocks.length : Math.max(1, over);
};

/** The probes from `scroll` on, and how many there are besides, with what matters of them. */
const inSight = (
	readings: readonly ProbeReading[],
	rowsOf: (reading: ProbeReading) => readonly Row[],
	scroll: number,
	height: number,
	width: number,
	isOld: (reading: ProbeReading) => boolean,
	{glyphs}: Look,
): Scrolled => {
	const blocks = readings.map(rowsOf);
	if (blocks.flat().length <= height) return {rows: blocks.flat(), hidden: 0};
	const room = Math.max(1, height - 1);
	const last = readings.length - fillOf(blocks.toReversed(), room);
	const from = Math.min(scroll, last);
	const until = from + fillOf(blocks.slice(from), room);
	const above = readings.slice(0, from);
	const below = readings.slice(until);
	const cue = justify(
		[
			span(
				below.length > 0 ? ` ${glyphs.below} ${below.length} more, ${counted(below, isOld)}: PgDn` : '',
				'accent',
			),
		],
		[span(above.length > 0 ? `${glyphs.above} ${above.length} above, PgUp` : '', 'accent')],
		width,
	);
	const rows = ofHeight(blocks.slice(from, until).flat(), room);
	const page = {down: until - from, up: Math.max(1, fillOf(above.map(rowsOf).toReversed(), room))};
	return {rows: [...rows, ...(height > 1 ? [cue] : [])], hidden: last, page};
};

/** One environment as seen from outside, and one of its hosts. */
export const hostRows = (view: HealthView, place: HostPlace, width: number, height: number, look: Look): Scrolled => {
	const {health} = place;
	const hostNow = hostTime(health, view.now);
	const isOld = isHealthOld(health, view.now);
	const all = readingsOf(place);
	const head = headRow(view, place, width, look);
	if (health.readAt === undefined)
		return {rows: [head, [span(` ${look.glyphs.unclear} nothing was found yet, asking`, 'muted')]], hidden: 0};
	const silent = silentRows(health, width, look);
	const drawn = drawnIn(all);
	const room = height - 1 - silent.length;
	const readings = all.length + 2 * drawn.length > room ? foldAnswers(all) : all;
	const lasting = (reading: ProbeReading): boolean => isOld || health.silent.some(({host}) => host === reading.host);
	const columns = probeColumns(readings, lasting, width, look);
	const rowsOf =
		(among: readonly ProbeReading[], mostLines: number) =>
		(reading: ProbeReading): readonly Row[] => [
			...probeRows(
				reading,
				{ageMs: readingAge(health, reading.probe, view.now), isOld: lasting(reading), columns, mostLines},
				width,
				look,
			),
			...ownWordRows(wordsAmong(among, reading), width, look),
		];
	const needed = readings.flatMap(rowsOf(readings, wholeText)).length;
	const bars = barsIn(room, needed, drawn.length);
	const showsCharts = room - drawn.length * 2 >= Math.min(6, readings.length);
	const charts = (showsCharts ? drawn : []).flatMap((reading, index) =>
		latencyRows(
			{
				health,
				reading,
				hostNow,
				isOld,
				liveSince: sinceIn(view, health),
			},
			width,
			{bars, hasAxis: index === drawn.length - 1 && room - drawn.length * (bars + 1) > needed},
			look,
		),
	);
	const left = room - charts.length;
	const gap = charts.length > 0 && left > needed ? [blank] : [];
	const lines = left - gap.length;
	const isTight = needed > lines;
	const ordered = isTight ? mostUrgentFirst(readings) : readings;
	const told = rowsOf(ordered, isTight && ordered.length > 1 ? mostTextLines : wholeText);
	const shown = inSight(ordered, told, view.scroll.probes, lines, width, lasting, look);
	const rows = ofHeight([head, ...silent, ...charts, ...gap, ...shown.rows], height);
	return {rows, hidden: shown.hidden, page: shown.page};
};

/** When something became live here last, by the host. */
const sinceIn = (view: HealthView, health: EnvironmentHealth): number | undefined => {
	const times = (['backend', 'frontend'] as const).flatMap(app => {
		const since = liveIn(view, health, app)?.since;
		return since === undefined ? [] : [Date.parse(since)];
	});
	return times.length === 0 ? undefined : Math.max(...times);
};

/** One place, or where there is room the one after it beside it. */
export const hostsRows = (view: HealthView, place: HostPlace, width: number, height: number, look: Look): Scrolled => {
	const hosts = hostsIn(view.places);
	const next = hosts[(hosts.findIndex(({id}) => id === place.id) + 1) % hosts.length];
	if (!isWide(width + 2) || !next || next.id === place.id) return hostRows(view, place, width, height, look);
	const half = Math.floor((width - 2) / 2);
	const left = hostRows(view, place, half, height, look);
	const right = hostRows(view, next, width - 2 - half, height, look);
	const rows = beside(
		[
			{rows: left.rows, width: half},
			{rows: right.rows, width: width - 2 - half},
		],
		2,
	);
	const pages = [left.page, right.page].filter(page => page !== undefined);
	const least = (of: 'down' | 'up'): number => Math.min(...pages.map(page => page[of]));
	const page = pages.length === 0 ? undefined : {down: least('down'), up: least('up')};
	return {rows, hidden: Math.max(left.hidden, right.hidden), page};
};

import {clockTime} from '../../../domain/format.ts';
import type {ProbeReading} from '../../../domain/probes/probe.ts';
import {goodTimes, historyMs, percentile95} from '../../../store/health/probe-history.ts';
import type {EnvironmentHealth} from '../../../store/health/health.ts';
import {fit, justify, pad, padStart, span, widthOf, type Row} from '../../kit/rows.ts';
import type {Look} from '../../kit/layout.ts';
import {valueText} from '../../kit/probe-value.ts';
import {chartRows, columnOf, topOf} from './chart.ts';

const scaleWidth = 7;

/** What is drawn of the last hour of one address. */
export type Latency = {
	readonly health: EnvironmentHealth;
	readonly reading: ProbeReading;
	readonly hostNow: number;
	readonly isOld: boolean;
	/** Epoch milliseconds by the host at which what is live became so. */
	readonly liveSince: number | undefined;
};

const titleRow = ({health, reading, isOld}: Latency, width: number, {glyphs}: Look): Row => {
	const points = health.history[reading.probe] ?? [];
	const p95 = percentile95(goodTimes(points));
	const bad = points.filter(({state}) => state !== 'pass').length;
	const usual = health.usual[reading.probe];
	const now: Row =
		reading.state === 'pass' && reading.value !== undefined
			? [span(valueText(reading.value, 'ms'), isOld ? 'muted' : 'value', {bold: !isOld})]
			: [span(`${glyphs.failed} ${reading.state === 'fail' ? 'failed' : 'unclear'}`, isOld ? 'muted' : 'danger')];
	const figures: Row = [
		...now,
		span('  p95 ', 'muted'),
		span(p95 === undefined ? '-' : valueText(p95, 'ms'), isOld ? 'muted' : 'value'),
		span(`  usual ${usual === undefined ? '-' : valueText(usual, 'ms')}`, 'muted'),
	];
	const failed = (words: string): Row =>
		bad === 0 ? [] : [span(`${glyphs.failed} ${bad} of ${points.length}${words}  `, 'attention')];
	const title: Row = [span(` ${reading.title}`)];
	const long: Row = [...title, span(', last 60 min', 'muted')];
	const ways: readonly (readonly [Row, Row])[] = [
		[long, [...failed(' not good'), ...figures]],
		[title, [...failed(' not good'), ...figures]],
		[title, [...failed(''), ...figures]],
	];
	const fits = ways.find(([left, right]) => widthOf(left) + widthOf(right) < width) ?? ways.at(-1);
	const [left, right] = fits ?? [title, figures];
	return justify(fit(left, Math.max(0, width - widthOf(right) - 1), glyphs.cut), right, width);
};

/** Below the bars: where they begin, since when what is live is so, and now. */
const axisRow = ({health, hostNow, liveSince}: Latency, width: number, {glyphs}: Look): Row => {
	const {timeZone} = health.environment;
	const from = hostNow - historyMs;
	const cells = width - scaleWidth - 1;
	const begin = clockTime(from, timeZone);
	const at = liveSince === undefined ? undefined : columnOf(liveSince, from, hostNow, cells);
	const words =
		at === undefined ? '' : `live since ${clockTime(liveSince ?? 0, timeZone).slice(0, 5)} ${glyphs.attention}`;
	const start = at === undefined ? 0 : at + 1 - words.length;
	const fits = words !== '' && start > begin.length;
	const atStart = words !== '' && at !== undefined && !fits;
	const left = fits ? begin.padEnd(start) + words : atStart ? marked(at, begin, glyphs.attention) : begin;
	return justify(
		[span(' '.repeat(scaleWidth + 1)), span(left, 'muted')],
		left.length < cells - 5 ? [span('now', 'muted')] : [],
		width,
	);
};

/** Too close to the begin for its words: the mark alone, in its place. */
const marked = (at: number, begin: string, mark: string): string =>
	at > begin.length ? `${begin.padEnd(at)}${mark}` : `${' '.repeat(at)}${mark}`;

/** One address: its figures, its bars with a scale, and the times below where there is room. */
export const latencyRows = (
	latency: Latency,
	width: number,
	{bars, hasAxis}: {readonly bars: number; readonly hasAxis: boolean},
	look: Look,
): readonly Row[] => {
	const {health, reading, hostNow, isOld} = latency;
	const points = health.history[reading.probe] ?? [];
	const range = {from: hostNow - historyMs, until: hostNow};
	const size = {width: width - scaleWidth - 1, height: bars};
	const drawn = chartRows(points, range, size, look.glyphs, !isOld);
	const label = (index: number): string =>
		index === 0 ? valueText(topOf(points), 'ms') : index === bars - 1 ? '0' : '';
	return [
		titleRow(latency, width, look),
		...drawn.map((row, index): Row => [
			...padStart([span(label(index), 'muted')], scaleWidth),
			span(' '),
			...pad(row, width - scaleWidth - 1),
		]),
		...(hasAxis ? [axisRow(latency, width, look)] : []),
	];
};

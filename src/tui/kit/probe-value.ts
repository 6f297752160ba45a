import type {ProbeUnit} from '../../domain/probes/probe.ts';

/** How values of about one size are written: what they are divided by, digits behind the point, the unit. */
type Scale = {readonly by: number; readonly digits: number; readonly name: string};

const byteScales: readonly Scale[] = [
	{by: 1, digits: 0, name: 'B'},
	{by: 1e3, digits: 1, name: 'kB'},
	{by: 1e6, digits: 1, name: 'MB'},
	{by: 1e9, digits: 1, name: 'GB'},
	{by: 1e12, digits: 1, name: 'TB'},
];

const timeScales: readonly (Scale & {readonly from: number})[] = [
	{from: 0, by: 1, digits: 0, name: 'ms'},
	{from: 1000, by: 1000, digits: 1, name: 's'},
	{from: 120_000, by: 60_000, digits: 0, name: 'min'},
	{from: 7_200_000, by: 3_600_000, digits: 0, name: 'h'},
	{from: 172_800_000, by: 86_400_000, digits: 0, name: 'd'},
];

/** Whole seconds need no digit behind the point. */
const timeScale = (largest: number, values: readonly number[]): Scale => {
	const scale = timeScales.findLast(({from}) => largest >= from) ?? {by: 1, digits: 0, name: 'ms'};
	return values.every(value => value % scale.by === 0) ? {...scale, digits: 0} : scale;
};

const bytesScale = (largest: number): Scale => {
	const scale = byteScales.findLast(({by}) => largest >= by) ?? {by: 1, digits: 0, name: 'B'};
	return largest / scale.by < 100 ? scale : {...scale, digits: 0};
};

/** One scale for values that stand beside each other: that of the largest. */
const scaleOf = (unit: ProbeUnit, values: readonly number[]): Scale => {
	const largest = Math.max(...values.map(Math.abs));
	switch (unit) {
		case 'ms':
			return timeScale(largest, values);
		case 'bytes':
			return bytesScale(largest);
		case '%':
			return {by: 1, digits: largest < 10 && largest % 1 !== 0 ? 1 : 0, name: '%'};
		case 'per minute':
			return {by: 1, digits: 1, name: ''};
		case 'days':
			return {by: 1, digits: 0, name: 'd'};
		case 'count':
			return {by: 1, digits: values.every(Number.isInteger) ? 0 : 1, name: ''};
	}
};

const written = (value: number, {by, digits}: Scale): string => (value / by).toFixed(digits);

/** `84 ms`, `1.9 s`, `78 %`, `1.1 GB`, `41 d`. */
export const valueText = (value: number, unit: ProbeUnit): string => {
	const scale = scaleOf(unit, [value]);
	return `${written(value, scale)} ${scale.name}`.trim();
};

/** `410 to 690 ms`. */
export const fromTo = (from: number, to: number, unit: ProbeUnit): string => {
	const scale = scaleOf(unit, [from, to]);
	return `${written(from, scale)} to ${written(to, scale)} ${scale.name}`.trim();
};

const signed = (value: number, scale: Scale): string => {
	const text = written(value, scale);
	return value < 0 ? text : `+${text}`;
};

/** `+210 ms`. */
export const changeText = (value: number, unit: ProbeUnit): string => {
	const scale = scaleOf(unit, [value]);
	return `${signed(value, scale)} ${scale.name}`.trim();
};

/** `+210 to +350 ms`. */
export const changeRange = (low: number, high: number, unit: ProbeUnit): string => {
	const scale = scaleOf(unit, [low, high]);
	return `${signed(low, scale)} to ${signed(high, scale)} ${scale.name}`.trim();
};

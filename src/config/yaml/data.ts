import type {Path} from '../problem.ts';

/** Keys with values, as YAML and JSON hold them; not a list. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at one key or index, or undefined. Inherited properties do not count. */
const childOf = (value: unknown, part: string | number): unknown => {
	if (Array.isArray(value)) return value[Number(part)];
	return isRecord(value) && Object.hasOwn(value, part) ? value[part] : undefined;
};

/** What stands at `path` of plain data, or undefined. */
export const valueAt = (data: unknown, path: Path): unknown => path.reduce(childOf, data);

/** As `valueAt`, when it is text. */
export const textAt = (data: unknown, path: Path): string | undefined => {
	const value = valueAt(data, path);
	return typeof value === 'string' ? value : undefined;
};

/** As `valueAt`, when it is a list; else an empty one. */
export const listAt = (data: unknown, path: Path): readonly unknown[] => {
	const value = valueAt(data, path);
	return Array.isArray(value) ? value : [];
};

/** Those of a list that have the same key as one before them, with that one. What has no key repeats nothing. */
export const repeats = <Item>(items: readonly Item[], keyOf: (item: Item) => string | undefined) =>
	items.flatMap((item, index) => {
		const key = keyOf(item);
		const place = items.findIndex(other => keyOf(other) === key);
		const first = items[place];
		return key === undefined || first === undefined || place === index ? [] : [{item, index, first}];
	});

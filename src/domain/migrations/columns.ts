import type {Column} from './migration.ts';

/** `string(50)`, `unsigned integer`. */
export const typeText = ({type, size}: Column): string => (size === undefined ? type : `${type}(${size})`);

/** Bytes or characters a type takes, in the families within which one holds another. */
const widths: Readonly<Record<string, readonly ['whole number' | 'text', number]>> = {
	tinyInteger: ['whole number', 1],
	smallInteger: ['whole number', 2],
	mediumInteger: ['whole number', 3],
	integer: ['whole number', 4],
	bigInteger: ['whole number', 8],
	char: ['text', 255],
	string: ['text', 255],
	tinyText: ['text', 255],
	text: ['text', 65_535],
	mediumText: ['text', 16_777_215],
	longText: ['text', 4_294_967_295],
};

const widthOf = ({type, size}: Column): readonly [string, number] | undefined => {
	const plain = type.replace(/^unsigned([A-Z])/, (_, first: string) => first.toLowerCase());
	const width = widths[plain];
	return width && (plain === 'string' || plain === 'char' ? [width[0], size ?? width[1]] : width);
};

/** What `after` does to values that `before` held; `other`: their types can't be compared. */
export const comparedWith = (before: Column, after: Column): 'same' | 'wider' | 'narrower' | 'other' => {
	const [family, width] = widthOf(before) ?? [before.type, before.size ?? 0];
	const [newFamily, newWidth] = widthOf(after) ?? [after.type, after.size ?? 0];
	if (family !== newFamily || before.isUnsigned !== after.isUnsigned) return 'other';
	if (before.details !== after.details) return 'other';
	if (width === newWidth) return 'same';
	if (!widthOf(after)) return 'other';
	return newWidth < width ? 'narrower' : 'wider';
};

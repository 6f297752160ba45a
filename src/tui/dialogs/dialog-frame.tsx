import {Box} from 'ink';
import {Rows} from '../kit/draw-rows.tsx';
import {FieldLine} from '../kit/text-field.tsx';
import {blank, pad, rule, span, type Row} from '../kit/rows.ts';
import {ThemeContext, useTheme, type Tone} from '../kit/theme.tsx';

export type Size = {readonly columns: number; readonly rows: number};

/** Where a dialog stands: at most two thirds wide, all of a narrow screen; its height as it needs, centred. */
export const dialogBox = (size: Size, height: number, wanted = 80) => {
	const width =
		size.columns < 100 ? size.columns : Math.min(Math.max(wanted, 60), Math.floor((size.columns * 5) / 6));
	const tall = Math.min(height, size.rows - 2);
	return {
		width,
		height: tall,
		left: Math.floor((size.columns - width) / 2),
		top: Math.max(1, Math.floor((size.rows - tall) / 2)),
	};
};

/** Right end of the head of a dialog that is about production. */
export const productionFact: Row = [span(' PRODUCTION ', 'danger', {banner: true})];

/** A line of a dialog in which something is typed. */
export type DialogField = {
	readonly value: string;
	readonly onChange: (value: string) => void;
	readonly isFocused?: boolean;
	readonly tone?: Tone;
	/** Drawn in place of each letter. */
	readonly mask?: string | undefined;
	/** What stands right of it. */
	readonly end?: Row;
};

type FrameProps = {
	readonly title: string;
	readonly fact?: Row;
	readonly tone?: Tone;
	readonly field?: DialogField | undefined;
};

/** A frame over the screen, drawn opaque: every cell inside it is written. */
export function OpaqueFrame({
	box,
	title,
	fact = [],
	tone = 'accent',
	above,
	field,
	below,
}: FrameProps & {
	readonly box: ReturnType<typeof dialogBox>;
	/** Lines above the field, and below it. */
	readonly above: readonly Row[];
	readonly below: readonly Row[];
}) {
	const theme = useTheme();
	const {glyphs} = theme;
	const {frame} = glyphs;
	const {width} = box;
	const edge = span(frame.vertical, tone);
	const line = (row: Row): Row => [edge, ...pad([span('  '), ...row], width - 2, glyphs.cut), edge];
	const head = rule([span(title, 'value', {bold: true})], fact, width - 2, {line: frame.horizontal, tone});
	const foot = frame.bottomLeft + frame.horizontal.repeat(Math.max(0, width - 2)) + frame.bottomRight;
	return (
		<ThemeContext.Provider value={{...theme, isBehind: false}}>
			<Box position="absolute" {...box} flexDirection="column">
				<Rows rows={[[span(frame.topLeft, tone), ...head, span(frame.topRight, tone)], ...above.map(line)]} />
				{field && (
					<FieldLine
						sign={[edge, span(`  ${glyphs.prompt} `, field.tone ?? 'value')]}
						value={field.value}
						mask={field.mask}
						isFocused={field.isFocused ?? true}
						onChange={field.onChange}
						end={[...(field.end ?? []), edge]}
						width={width}
						isOpaque
					/>
				)}
				<Rows rows={[...below.map(line), [span(foot, tone)]]} />
			</Box>
		</ThemeContext.Provider>
	);
}

/** A dialog over the screen: a line to type in where there is one, and what is below it. */
export function DialogFrame({
	size,
	content,
	wanted,
	...frame
}: FrameProps & {readonly size: Size; readonly content: readonly Row[]; readonly wanted?: number}) {
	const fieldRows = frame.field ? 2 : 0;
	const box = dialogBox(size, content.length + fieldRows + 4, wanted);
	const shown = content.slice(0, Math.max(0, box.height - fieldRows - 4));
	return (
		<OpaqueFrame {...frame} box={box} above={[blank]} below={[...(frame.field ? [blank] : []), ...shown, blank]} />
	);
}

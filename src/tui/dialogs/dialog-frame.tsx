import {Box, Text} from 'ink';
import type {Glyphs} from '../kit/glyphs.ts';
import {Rows} from '../kit/draw-rows.tsx';
import {TextField} from '../kit/text-field.tsx';
import {pad, rule, span, widthOf, type Row} from '../kit/rows.ts';
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

/** The frame's first line: corner, title, rule, one fact, corner. */
export const frameTop = (title: Row, fact: Row, width: number, glyphs: Glyphs, tone: Tone): Row => {
	const {frame} = glyphs;
	const inner = rule(title, fact, width - 2, {line: frame.horizontal, tone});
	return [span(frame.topLeft, tone), ...inner, span(frame.topRight, tone)];
};

export const frameLine = (content: Row, width: number, glyphs: Glyphs, tone: Tone): Row => [
	span(glyphs.frame.vertical, tone),
	...pad([span('  '), ...content], width - 2, glyphs.cut),
	span(glyphs.frame.vertical, tone),
];

export const frameBottom = (width: number, glyphs: Glyphs, tone: Tone): Row => [
	span(
		glyphs.frame.bottomLeft + glyphs.frame.horizontal.repeat(Math.max(0, width - 2)) + glyphs.frame.bottomRight,
		tone,
	),
];

/** A dialog over the screen, drawn opaque: every cell inside its frame is written. */
export function DialogFrame({
	size,
	title,
	fact = [],
	tone = 'accent',
	content,
	field,
	wanted,
}: {
	readonly size: Size;
	readonly title: string;
	readonly fact?: Row;
	readonly tone?: Tone;
	/** Lines inside the frame, below the field. */
	readonly content: readonly Row[];
	/** A text field above the content. */
	readonly field?: {readonly value: string; readonly onChange: (value: string) => void};
	readonly wanted?: number;
}) {
	const theme = useTheme();
	const {glyphs} = theme;
	const fieldRows = field ? 2 : 0;
	const box = dialogBox(size, content.length + fieldRows + 4, wanted);
	const shown = content.slice(0, Math.max(0, box.height - fieldRows - 4));
	const line = (row: Row): Row => frameLine(row, box.width, glyphs, tone);
	const prompt: Row = [span(glyphs.frame.vertical, tone), span(`  ${glyphs.prompt} `)];
	return (
		<ThemeContext.Provider value={{...theme, isBehind: false}}>
			<Box
				position="absolute"
				top={box.top}
				left={box.left}
				width={box.width}
				height={box.height}
				flexDirection="column"
			>
				<Rows
					rows={[frameTop([span(title, 'value', {bold: true})], fact, box.width, glyphs, tone), line([])]}
				/>
				{field && (
					<Box height={1} width={box.width} flexShrink={0}>
						<Rows rows={[prompt]} />
						<Box width={box.width - widthOf(prompt) - 1} height={1} overflow="hidden">
							<Box flexShrink={0}>
								<TextField value={field.value} onChange={field.onChange} />
							</Box>
							<Text>
								{' '.repeat(
									Math.max(0, box.width - widthOf(prompt) - 1 - widthOf([span(field.value)])),
								)}
							</Text>
						</Box>
						<Rows rows={[[span(glyphs.frame.vertical, tone)]]} />
					</Box>
				)}
				<Rows
					rows={[
						...(field ? [line([])] : []),
						...shown.map(line),
						line([]),
						frameBottom(box.width, glyphs, tone),
					]}
				/>
			</Box>
		</ThemeContext.Provider>
	);
}

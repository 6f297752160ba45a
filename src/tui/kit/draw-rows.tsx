import {Box, Text} from 'ink';
import {memo} from 'react';
import type {Row, Span} from './rows.ts';
import {toneProps, useTheme, type Theme} from './theme.tsx';

const styleOf = ({tone = 'value', bold, inverse, banner}: Span, theme: Theme) => {
	if (banner)
		return theme.hasColour
			? {color: 'whiteBright', backgroundColor: 'red', ...(bold ? {bold} : {})}
			: {inverse: true};
	return {
		...toneProps(tone, theme),
		...(bold && !theme.isBehind ? {bold} : {}),
		...(inverse && theme.hasColour ? {inverse} : {}),
	};
};

const RowText = memo(
	function RowText({row, theme}: {readonly row: Row; readonly theme: Theme}) {
		if (row.length === 0) return <Text> </Text>;
		return (
			<Text wrap="truncate">
				{row.map((piece, index) => (
					// Spans have no identity of their own; a row is drawn as a whole.
					// oxlint-disable-next-line react/no-array-index-key
					<Text key={index} {...styleOf(piece, theme)}>
						{theme.glyphs.cut === '…' ? piece.text : piece.text.replaceAll('…', theme.glyphs.cut)}
					</Text>
				))}
			</Text>
		);
	},
	(before, after) => before.theme === after.theme && sameRow(before.row, after.row),
);

const sameRow = (a: Row, b: Row): boolean =>
	a === b ||
	(a.length === b.length &&
		a.every((piece, index) => {
			const other = b[index];
			return (
				piece.text === other?.text &&
				piece.tone === other.tone &&
				piece.bold === other.bold &&
				piece.inverse === other.inverse &&
				piece.banner === other.banner
			);
		}));

/** Draws rows below each other, one terminal line each. */
export function Rows({rows}: {readonly rows: readonly Row[]}) {
	const theme = useTheme();
	return (
		<Box flexDirection="column" flexShrink={0}>
			{rows.map((row, index) => (
				// oxlint-disable-next-line react/no-array-index-key -- a line of the screen is its position
				<RowText key={index} row={row} theme={theme} />
			))}
		</Box>
	);
}

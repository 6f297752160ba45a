import {Box, Text} from 'ink';
import {rollbackWord} from '../../domain/runs/confirm.ts';
import {shownReview, takesWord, type OpenRollback} from '../../store/rollback/rollback-review.ts';
import {Rows} from '../kit/draw-rows.tsx';
import {TextField} from '../kit/text-field.tsx';
import {inkFocus} from '../keys/scopes.ts';
import {ofHeight, span, widthOf, type Row} from '../kit/rows.ts';
import {lettersRow} from '../screens/deploy/confirm/confirm-rows.ts';
import {listRows} from '../kit/scroll-list.tsx';
import {planRows} from '../kit/plan-rows.ts';
import {ThemeContext, useTheme, type Tone} from '../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../kit/use-cockpit.ts';
import {dialogBox, frameBottom, frameLine, frameTop, type Size} from './dialog-frame.tsx';
import {rollbackRows, stepCount} from './rollback-rows.ts';

/** Rows of the word: its rule, the field, what any other word does. */
const wordRows = 3;

/** Says what a rollback will do, and takes its word in the same frame. Bound to what was chosen when it opened. */
export function RollbackDialog({size}: {readonly size: Size}) {
	const rollback = useCockpit(state => state.rollback);
	return rollback ? <RollbackFrame size={size} rollback={rollback} /> : null;
}

function RollbackFrame({size, rollback}: {readonly size: Size; readonly rollback: OpenRollback}) {
	const theme = useTheme();
	const {glyphs} = theme;
	const now = useCockpit(state => state.now);
	const isProduction = rollback.tier === 'production';
	const tone: Tone = isProduction ? 'danger' : 'accent';
	const hasWord = takesWord(rollback);
	const review = shownReview(rollback);
	const most = dialogBox(size, size.rows, 88);
	const width = most.width - 6;
	const room = most.height - 3 - (hasWord ? wordRows + 1 : 0);
	const rows =
		rollback.page === 'commands' && review
			? listRows(
					`Every command, in order: ${stepCount(review)}`,
					planRows(review.plan, review.steps, width, theme),
					rollback.scroll,
					width,
					room,
					glyphs.rule,
				)
			: rollbackRows(rollback, now, width, room, theme);
	const box = dialogBox(size, rows.length + 3 + (hasWord ? wordRows + 1 : 0), 88);
	const line = (row: Row): Row => frameLine(row, box.width, glyphs, tone);
	const fact: Row = isProduction ? [span(' PRODUCTION ', 'danger', {banner: true})] : [span(rollback.title, 'muted')];
	const title = `Roll back ${rollback.choice.app} on ${rollback.title}`;
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
					rows={[
						frameTop([span(title, 'value', {bold: true})], fact, box.width, glyphs, tone),
						line([]),
						...ofHeight(rows, box.height - 3 - (hasWord ? wordRows + 1 : 0)).map(line),
						...(hasWord
							? [
									line([]),
									line([
										span('Type ', 'value', {bold: true}),
										span(rollbackWord, tone, {bold: true}),
										span(' to start', 'value', {bold: true}),
									]),
								]
							: []),
					]}
				/>
				{hasWord && <Field width={box.width} typed={rollback.typed} tone={tone} />}
				<Rows
					rows={[
						...(hasWord
							? [line([span('Nothing has been changed. Any other word cancels.', 'muted')])]
							: []),
						frameBottom(box.width, glyphs, tone),
					]}
				/>
			</Box>
		</ThemeContext.Provider>
	);
}

function Field({width, typed, tone}: {readonly width: number; readonly typed: string; readonly tone: Tone}) {
	const {glyphs} = useTheme();
	const store = useCockpitStore();
	const isFocused = useCockpit(state => inkFocus(state) === 'typed-word');
	const letters = lettersRow(typed, rollbackWord);
	const start: Row = [span(glyphs.frame.vertical, tone), span(`  ${glyphs.prompt} `, 'accent')];
	const end: Row = [...letters, span('  '), span(glyphs.frame.vertical, tone)];
	const field = Math.max(1, width - widthOf(start) - widthOf(end));
	return (
		<Box height={1} width={width} flexShrink={0}>
			<Rows rows={[start]} />
			<Box width={field} height={1} overflow="hidden">
				<Box flexShrink={0}>
					<TextField
						value={typed}
						focus={isFocused}
						onChange={value => store.getState().typeRollback(value)}
					/>
				</Box>
				<Text>{' '.repeat(Math.max(0, field - widthOf([span(typed)])))}</Text>
			</Box>
			<Rows rows={[end]} />
		</Box>
	);
}

import {rollbackWord} from '../../domain/runs/confirm.ts';
import {shownReview, takesWord, type OpenRollback} from '../../store/rollback/rollback-review.ts';
import {inkFocus} from '../keys/scopes.ts';
import {blank, ofHeight, span} from '../kit/rows.ts';
import {scrolledRows} from '../kit/scroll-list.tsx';
import {planRows} from '../kit/plan-rows.ts';
import {useTheme, type Tone} from '../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../kit/use-cockpit.ts';
import {OpaqueFrame, dialogBox, productionFact, type Size} from './dialog-frame.tsx';
import {leftPage, rollbackRows, stepCount} from './rollback-rows.ts';
import {lettersRow, wordRow} from '../kit/marks.ts';

/** Rows of the word: its rule, the field, what any other word does. */
const wordRows = 3;

/** Says what a rollback will do, and takes its word in the same frame. Bound to what was chosen when it opened. */
export function RollbackDialog({size}: {readonly size: Size}) {
	const rollback = useCockpit(state => state.rollback);
	return rollback ? <RollbackFrame size={size} rollback={rollback} /> : null;
}

function RollbackFrame({size, rollback}: {readonly size: Size; readonly rollback: OpenRollback}) {
	const theme = useTheme();
	const store = useCockpitStore();
	const now = useCockpit(state => state.now);
	const isFocused = useCockpit(state => inkFocus(state) === 'typed-word');
	const isProduction = rollback.tier === 'production';
	const tone: Tone = isProduction ? 'danger' : 'accent';
	const hasWord = takesWord(rollback);
	const review = shownReview(rollback);
	const most = dialogBox(size, size.rows, 88);
	const width = most.width - 6;
	const around = hasWord ? wordRows + 4 : 3;
	const room = most.height - around;
	const rows =
		rollback.page === 'commands' && review
			? scrolledRows(
					`Every command, in order: ${stepCount(review)}`,
					[...leftPage(review, width, theme), ...planRows(review.plan, review.steps, width, theme)],
					rollback.scroll,
					width,
					room,
					theme,
				)
			: rollbackRows(rollback, now, width, room, theme);
	const box = dialogBox(size, rows.length + around, 88);
	const {typed} = rollback;
	return (
		<OpaqueFrame
			box={box}
			title={`Roll back ${rollback.choice.app} on ${rollback.title}`}
			fact={isProduction ? productionFact : [span(rollback.title, 'muted')]}
			tone={tone}
			above={[
				blank,
				...ofHeight(rows, box.height - around),
				...(hasWord ? [blank, wordRow(rollbackWord, ' to start', tone)] : []),
			]}
			field={
				hasWord
					? {
							value: typed,
							onChange: value => store.getState().typeRollback(value),
							isFocused,
							tone: 'accent',
							end: [...lettersRow(typed, rollbackWord), span('  ')],
						}
					: undefined
			}
			below={hasWord ? [[span('Nothing has been changed. Any other word cancels.', 'muted')]] : []}
		/>
	);
}

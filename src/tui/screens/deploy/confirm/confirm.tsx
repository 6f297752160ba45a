import {useShallow} from 'zustand/react/shallow';
import {selectChosen, selectReview, selectWord} from '../../../../store/deploy/wizard.ts';
import {inkFocus} from '../../../keys/scopes.ts';
import {Rows} from '../../../kit/draw-rows.tsx';
import {framed, panelHead, type ScreenProps} from '../../../kit/layout.ts';
import {lettersRow, wordRow} from '../../../kit/marks.ts';
import {blank, span, type Row} from '../../../kit/rows.ts';
import {FieldLine} from '../../../kit/text-field.tsx';
import {useTheme} from '../../../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../../../kit/use-cockpit.ts';
import {emergencyRows, unprovedRows} from '../environment-bar.ts';
import {spacedStepper} from '../stepper.ts';
import {askingOf, evidenceRows, isDangerous, placeRows, purposes, type Asking} from './asking.ts';

/** Rows below the evidence: rule, field, what any other word does. */
const gateRows = 3;

/** The evidence, and the word below it in the same frame. */
export function Confirm({width, height}: ScreenProps) {
	const theme = useTheme();
	const steps = useCockpit(
		useShallow(({stage, intent, words, wordIndex, takeOver}) => ({stage, intent, words, wordIndex, takeOver})),
	);
	const option = useCockpit(selectChosen);
	const review = useCockpit(selectReview);
	const now = useCockpit(state => state.now);
	const inner = width - 2;
	const asking = askingOf(steps, option, review);
	const emergency =
		steps.intent === 'deploy' && review
			? [
					...emergencyRows(review.decision.emergency, review.timeZone, inner, height),
					...unprovedRows(review.decision.report.policy, inner, theme),
				]
			: [];
	const head: readonly Row[] = [
		...placeRows(asking, inner, height, theme),
		...emergency,
		...spacedStepper(steps, inner, height, theme),
	];
	const room = Math.max(0, height - head.length - gateRows);
	const evidence = evidenceRows(asking, now, inner, room - 1, theme);
	const top = [...head, ...evidence, ...(room > evidence.length ? [blank] : [])];
	return (
		<>
			<Rows rows={framed(top, width, top.length, theme)} />
			<Gate width={width} height={height - top.length} asking={asking} />
		</>
	);
}

const afterWord = (asking: Asking): string => {
	if (!isDangerous(asking)) return 'Any other word starts nothing. Esc goes back. Nothing has been changed.';
	const stops = 'Nothing has been changed. Any other word stops here.';
	return asking.kind === 'verified' ? `${stops} Next: name the server.` : stops;
};

function Gate({width, height, asking}: ScreenProps & {readonly asking: Asking}) {
	const theme = useTheme();
	const store = useCockpitStore();
	const typed = useCockpit(state => state.typed);
	const word = useCockpit(state => selectWord(state) ?? '');
	const isFocused = useCockpit(state => inkFocus(state) === 'typed-word');
	const tone = isDangerous(asking) ? 'danger' : 'accent';
	const order = wordRow(word, purposes[asking.kind], tone);
	const after: Row = [span(` ${afterWord(asking)}`, 'muted')];
	return (
		<>
			<Rows rows={framed([panelHead(order, width - 2, theme, [], tone)], width, 1, theme)} />
			<FieldLine
				sign={[span(`  ${theme.glyphs.prompt} `, 'accent')]}
				value={typed}
				isFocused={isFocused}
				onChange={value => store.getState().setTyped(value)}
				end={[...lettersRow(typed, word), span('   ')]}
				width={width}
			/>
			<Rows rows={framed([after], width, Math.max(0, height - 2), theme)} />
		</>
	);
}

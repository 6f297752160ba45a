import {selectActiveRun} from '../../store/runs/active-run.ts';
import {hasSwapBegun} from '../../store/runs/run.ts';
import type {QuitChoice} from '../../store/navigation.ts';
import type {RunState} from '../../domain/runs/run-state.ts';
import {blank, pad, span, type Row} from '../kit/rows.ts';
import {useTheme} from '../kit/theme.tsx';
import {useCockpit} from '../kit/use-cockpit.ts';
import {DialogFrame, productionFact, type Size} from './dialog-frame.tsx';

type Choice<Id = string> = {readonly id: Id; readonly title: string; readonly what: string};

const cancel = {
	id: 'cancel',
	title: 'Cancel the run',
	what: 'live stays as it is, what was prepared is removed',
} as const;

export const quitChoices: readonly Choice<QuitChoice>[] = [
	{id: 'stay', title: 'Stay', what: ''},
	{id: 'leave', title: 'Leave it running', what: 'the job on the host ends; no further step starts'},
	cancel,
];

export const cancelChoices: readonly Choice<'stay' | 'cancel'>[] = [
	{id: 'stay', title: 'Go on with the run', what: ''},
	cancel,
];

const choiceRow = ({id, title, what}: Choice, selected: string, run: RunState | undefined, cursor: string): Row => {
	const isChosen = id === selected;
	const isTooLate = id === 'cancel' && hasSwapBegun(run);
	return [
		span(isChosen ? cursor : ' ', 'accent'),
		...pad([span(title, isTooLate ? 'muted' : 'value', {bold: isChosen})], 21),
		span(isTooLate ? 'too late: the swap has begun' : what, 'muted'),
	];
};

/** Asks before a run is left or cancelled. The safe choice is selected first. */
export function AskRun({size}: {readonly size: Size}) {
	const {glyphs} = useTheme();
	const dialog = useCockpit(state => state.dialog);
	const run = useCockpit(state => state.run);
	const isDriving = useCockpit(state => state.isDriving);
	const tier = useCockpit(
		({environments, run}) => environments.find(({name}) => name === run?.record?.environment)?.tier,
	);
	if (dialog?.kind !== 'quit' && dialog?.kind !== 'cancel') return null;
	const active = selectActiveRun({run, isDriving});
	const isProduction = tier === 'production';
	const isQuit = dialog.kind === 'quit';
	const resume = `cockpit resume ${run?.record?.run ?? ''}`;
	return (
		<DialogFrame
			size={size}
			title={isQuit ? 'A run is going on' : 'Cancel the run?'}
			tone={isProduction ? 'danger' : 'attention'}
			fact={isProduction ? productionFact : []}
			content={[
				[span(`${run?.title ?? 'Run'}, step ${active?.step ?? 0} of ${active?.of ?? 0}.`)],
				...(run?.prompt
					? [[span('It waits for an answer; whoever resumes it is asked again.', 'attention' as const)]]
					: []),
				blank,
				...(isQuit ? quitChoices : cancelChoices).map(one =>
					choiceRow(one, dialog.selected, run, glyphs.cursor),
				),
				...(isQuit ? [blank, [span('Come back with ', 'muted'), span(resume)]] : []),
			]}
		/>
	);
}

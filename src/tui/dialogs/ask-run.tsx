import {selectActiveRun} from '../../store/runs/active-run.ts';
import type {QuitChoice} from '../../store/navigation.ts';
import type {RunState} from '../../domain/runs/run-state.ts';
import {blank, pad, span, type Row} from '../kit/rows.ts';
import {useTheme} from '../kit/theme.tsx';
import {useCockpit} from '../kit/use-cockpit.ts';
import {DialogFrame, type Size} from './dialog-frame.tsx';

export const quitChoices: readonly {readonly id: QuitChoice; readonly title: string; readonly what: string}[] = [
	{id: 'stay', title: 'Stay', what: ''},
	{id: 'leave', title: 'Leave it running', what: 'the job on the host ends; no further step starts'},
	{id: 'cancel', title: 'Cancel the run', what: 'live stays as it is, what was prepared is removed'},
];

export const cancelChoices: readonly {readonly id: 'stay' | 'cancel'; readonly title: string; readonly what: string}[] =
	[
		{id: 'stay', title: 'Go on with the run', what: ''},
		{id: 'cancel', title: 'Cancel the run', what: 'live stays as it is, what was prepared is removed'},
	];

const isSwapped = (run: RunState | undefined): boolean => {
	const at = run?.steps.findIndex(({id}) => id === run.swapStep) ?? -1;
	return at >= 0 && run?.steps[at]?.state !== 'waiting';
};

const choiceRows = (
	choices: readonly {readonly id: string; readonly title: string; readonly what: string}[],
	selected: string,
	run: RunState | undefined,
	cursor: string,
): readonly Row[] =>
	choices.map(({id, title, what}): Row => {
		const isChosen = id === selected;
		const isTooLate = id === 'cancel' && isSwapped(run);
		return [
			span(isChosen ? cursor : ' ', 'accent'),
			...pad([span(title, isTooLate ? 'muted' : 'value', isChosen ? {bold: true} : {})], 21),
			span(isTooLate ? 'too late: the swap has begun' : what, 'muted'),
		];
	});

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
	const resume = `cockpit resume ${run?.record?.run ?? ''}`;
	return (
		<DialogFrame
			size={size}
			title={dialog.kind === 'quit' ? 'A run is going on' : 'Cancel the run?'}
			tone={isProduction ? 'danger' : 'attention'}
			{...(isProduction ? {fact: [span(' PRODUCTION ', 'danger', {banner: true})]} : {})}
			content={[
				[span(`${run?.title ?? 'Run'}, step ${active?.step ?? 0} of ${active?.of ?? 0}.`)],
				...(run?.prompt
					? [[span('It waits for an answer; whoever resumes it is asked again.', 'attention' as const)]]
					: []),
				blank,
				...choiceRows(
					dialog.kind === 'quit' ? quitChoices : cancelChoices,
					dialog.selected,
					run,
					glyphs.cursor,
				),
				...(dialog.kind === 'quit' ? [blank, [span('Come back with ', 'muted'), span(resume)]] : []),
			]}
		/>
	);
}

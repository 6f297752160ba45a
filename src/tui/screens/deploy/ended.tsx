import {Box} from 'ink';
import {useShallow} from 'zustand/react/shallow';
import {Rows} from '../../components/rows.tsx';
import {blank, type Row} from '../../rows.ts';
import {useTheme} from '../../theme.tsx';
import {useCockpit} from '../../use-cockpit.ts';
import {doneRows} from './done-rows.ts';
import {environmentBar} from './environment-bar.ts';
import {failedRows} from './failed-rows.ts';
import {framed, type Look} from './layout.ts';
import {OutputPanel} from './output-panel.tsx';
import {liveOf, selectRunView, type RunView} from './run-view.ts';
import type {StageProps} from './stage-props.ts';
import {stepper} from './stepper.ts';

const headRows = (view: RunView, width: number, height: number, look: Look): readonly Row[] => {
	const {plan} = view;
	if (!plan) return [];
	const isDone = view.run.finished?.outcome === 'done';
	const left = isDone ? `${plan.app} ${liveOf(view)} is live on ${plan.address}` : `${plan.title}  ${plan.address}`;
	return [
		environmentBar({tier: plan.tier, title: plan.environmentTitle, left, right: plan.actor.name}, width, look),
		...(height >= 28 ? [blank] : []),
	];
};

/** How a run ended, good or bad, or its output over the whole screen. */
export function Ended({width, height, isGood}: StageProps & {readonly isGood: boolean}) {
	const theme = useTheme();
	const view = useCockpit(useShallow(selectRunView));
	const steps = useCockpit(useShallow(({stage, intent, words, wordIndex}) => ({stage, intent, words, wordIndex})));
	const isFull = useCockpit(state => state.outputView.isWide);
	const inner = width - 2;
	const head = [
		...headRows(view, inner, height, theme),
		...(isGood && height >= 18 ? [stepper(steps, inner, theme), ...(height >= 20 ? [blank] : [])] : []),
	];
	const room = Math.max(0, height - head.length);
	const rows = isGood ? doneRows(view, inner, room, theme) : failedRows(view, inner, room, theme);
	return (
		<>
			<Rows rows={framed(head, width, head.length, theme)} />
			{isFull ? (
				<Box paddingLeft={1} width={width} flexShrink={0}>
					<OutputPanel width={inner} height={room} />
				</Box>
			) : (
				<Rows rows={framed(rows, width, room, theme)} />
			)}
		</>
	);
}

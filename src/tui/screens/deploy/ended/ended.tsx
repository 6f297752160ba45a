import {useShallow} from 'zustand/react/shallow';
import type {CockpitState} from '../../../../store/create-store.ts';
import {selectChosen, selectReview} from '../../../../store/deploy/wizard.ts';
import {Rows} from '../../../kit/draw-rows.tsx';
import {blank, type Row} from '../../../kit/rows.ts';
import {useTheme} from '../../../kit/theme.tsx';
import {useCockpit} from '../../../kit/use-cockpit.ts';
import {doneRows} from './done-rows.ts';
import {environmentBar} from '../../../kit/environment-bar.ts';
import {notYet} from '../environment-bar.ts';
import {failedRows} from './failed-rows.ts';
import {framed, type Look, type ScreenProps} from '../../../kit/layout.ts';
import {selectWatchBehind, type WatchBehind} from './watch-next.ts';
import {AboveOutput} from '../run/output-panel.tsx';
import {liveNow, selectRunView, type RunView} from '../run/run-view.ts';
import {stepper} from '../stepper.ts';

/** What a run that never came to a plan was about. */
const selectSubject = (state: CockpitState) => {
	const option = selectChosen(state);
	if (!option) return undefined;
	const what = selectReview(state)?.title ?? `${option.app} to ${option.title}`;
	return {tier: option.tier, title: option.title, what, address: option.address ?? ''};
};

const headRows = (
	view: RunView,
	subject: ReturnType<typeof selectSubject>,
	width: number,
	height: number,
	look: Look,
): readonly Row[] => {
	const {plan} = view;
	if (!plan) {
		if (!subject) return [];
		const {tier, title, what, address} = subject;
		return [environmentBar({tier, title, left: `${what}  ${address}`, right: notYet(width)}, width, look)];
	}
	const isDone = view.run.finished?.outcome === 'done';
	const left = isDone ? `${plan.app} ${liveNow(view)} is live on ${plan.address}` : `${plan.title}  ${plan.address}`;
	return [
		environmentBar({tier: plan.tier, title: plan.environmentTitle, left, right: plan.actor.name}, width, look),
		...(height >= 28 ? [blank] : []),
	];
};

/** As text, so that a round which changes nothing of it draws nothing. */
const selectWatchText = (state: CockpitState): string | undefined => {
	const behind = selectWatchBehind(state);
	return behind && JSON.stringify(behind);
};

/** How a run ended, good or bad, or its output over the whole screen. */
export function Ended({width, height, isGood}: ScreenProps & {readonly isGood: boolean}) {
	const theme = useTheme();
	const view = useCockpit(useShallow(selectRunView));
	const steps = useCockpit(useShallow(({stage, intent, words, wordIndex}) => ({stage, intent, words, wordIndex})));
	const isFull = useCockpit(state => state.outputView.isWide);
	const subject = useCockpit(useShallow(selectSubject));
	const behind = useCockpit(selectWatchText);
	const inner = width - 2;
	const head = [
		...headRows(view, subject, inner, height, theme),
		...(isGood && height >= 18 ? [stepper(steps, inner, theme), ...(height >= 20 ? [blank] : [])] : []),
	];
	if (isFull) return <AboveOutput width={width} height={height} rows={head} />;
	const room = Math.max(0, height - head.length);
	const rows = isGood
		? doneRows(view, inner, room, theme, behind === undefined ? undefined : (JSON.parse(behind) as WatchBehind))
		: failedRows(view, inner, room, theme, view.plan?.title ?? subject?.what);
	return <Rows rows={framed([...head, ...rows], width, height, theme)} />;
}

import {clockTime} from '../../../../domain/format.ts';
import type {UsualDurations} from '../../../../app/runs/usual-durations.ts';
import type {RunState, StepState} from '../../../../domain/runs/run-state.ts';
import {span, widthOf, type Row} from '../../../kit/rows.ts';
import {bar, roomAfter, type Look} from '../../../kit/layout.ts';
import {elapsedMs} from './steps-rows.ts';
import {stopwatch} from '../../../kit/times.ts';
import {onHost, usualOf, zoneOf, type RunView} from './run-view.ts';

type Usual = Pick<UsualDurations, 'stepMs' | 'totalMs'>;

const partOf = (step: StepState, usual: Usual, now: number): number => {
	if (step.state === 'done') return 1;
	if (step.state !== 'running') return 0;
	if (step.progress && step.progress.total > 0) return step.progress.done / step.progress.total;
	const usually = usual.stepMs[step.id];
	// A step that takes longer than usual is not done for that.
	return usually === undefined || usually === 0 ? 0.5 : Math.min(0.95, elapsedMs(step, now) / usually);
};

/** How far a run is, from 0 to 1: each step weighs what it usually takes, all the same where nothing is known. */
const fractionDone = ({steps}: Pick<RunState, 'steps'>, usual: Usual, now: number): number => {
	if (steps.length === 0) return 0;
	const known = Object.values(usual.stepMs);
	const mean = known.length === 0 ? 1 : known.reduce((sum, ms) => sum + ms, 0) / known.length;
	const weigh = ({id}: StepState): number => Math.max(1, usual.stepMs[id] ?? mean);
	const total = steps.reduce((sum, step) => sum + weigh(step), 0);
	return steps.reduce((sum, step) => sum + weigh(step) * partOf(step, usual, now), 0) / total;
};

/** The bar over the whole run: how far, for how long, and when it will be done. */
export const progressRow = (view: RunView, width: number, look: Look): Row => {
	const {run, plan, now} = view;
	const usual = usualOf(view);
	const zone = zoneOf(view);
	const fraction = fractionDone(run, usual, now);
	const ranMs = run.finished?.durationMs ?? (run.startedAt === undefined ? 0 : now - run.startedAt);
	const endsAt =
		run.startedAt !== undefined && usual.totalMs !== undefined ? run.startedAt + usual.totalMs : undefined;
	const isLate = endsAt !== undefined && now > endsAt;
	const figures: Row = [
		span(`  ${Math.floor(fraction * 100)} %`, 'value', {bold: true}),
		span(`  ${stopwatch(ranMs)}`),
		...(usual.totalMs === undefined ? [] : [span(` of about ${stopwatch(usual.totalMs)}`, 'muted')]),
		...(endsAt === undefined || run.finished
			? []
			: isLate
				? [span('  longer than usual', 'attention')]
				: [span('  done ', 'muted'), span(clockTime(onHost(plan, endsAt), zone))]),
	];
	const cells = roomAfter(figures, width);
	return cells < 8
		? figures.slice(0, 2)
		: [...bar(fraction, Math.min(cells, width - widthOf(figures)), look), ...figures];
};

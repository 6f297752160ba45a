import type {RunState} from '../../../../domain/runs/run-state.ts';
import type {RunDetail} from '../../../../store/runs/run-detail.ts';
import {hasSwapBegun, type RunPlan} from '../../../../store/runs/run.ts';
import {span, type Row} from '../../../kit/rows.ts';
import {panelHead, wrap, type Look} from '../../../kit/layout.ts';
import {shortRelease} from '../../../kit/names.ts';

export type StopView = {readonly run: RunState; readonly facts: RunDetail; readonly plan: RunPlan | undefined};

const isDone = ({steps}: RunState, id: string): boolean => steps.some(step => step.id === id && step.state === 'done');

/** What a stop at this moment would leave, from what the steps under way may touch and whether the swap has begun. */
export const ifItStops = ({run, facts, plan}: StopView): readonly string[] => {
	const before = plan?.replaces === undefined ? 'as it is' : shortRelease(plan.replaces);
	if (run.live !== undefined) {
		return [`Live is ${shortRelease(run.live)}.`, ...(plan?.wayBack ?? []).map(line => `Back with: ${line}`)];
	}
	if (hasSwapBegun(run))
		return ['The swap is under way and goes on to its end on the host, with or without this screen.'];
	const touched = new Set(run.steps.filter(({state}) => state !== 'waiting').map(({id}) => facts.touches[id]));
	const isPrepared = touched.has('candidate');
	if (!isPrepared && !touched.has('backups')) return [`Live stays ${before}. Nothing has been changed.`];
	return [
		`Live stays ${before}.${isPrepared ? ' The release being prepared is removed.' : ''}`,
		...(isDone(run, 'back-up') ? ['The backup is kept.'] : []),
	];
};

export const stopRows = (view: StopView, width: number, look: Look): readonly Row[] => [
	panelHead('If it stops now', width, look),
	...ifItStops(view).flatMap(text => wrap(text, width - 2).map((line): Row => [span(` ${line}`)])),
];

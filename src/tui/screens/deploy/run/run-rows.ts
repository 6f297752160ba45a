import {blank, span, type Row} from '../../../kit/rows.ts';
import {environmentBar} from '../../../kit/environment-bar.ts';
import {stack, type Look} from '../../../kit/layout.ts';
import {liveRows} from './live-rows.ts';
import {progressRow} from './progress-rows.ts';
import type {RunView} from './run-view.ts';
import {stepsRows} from './steps-rows.ts';
import {ifItStops, madeRows, stopRows} from './stop-rows.ts';

/** The bar that says where this happens. */
export const runBar = ({plan, run}: RunView, width: number, look: Look, by = plan?.actor.name ?? ''): Row =>
	environmentBar(
		{
			tier: plan?.tier ?? 'preprod',
			title: plan?.environmentTitle ?? 'A run',
			left: plan ? `${plan.title}  ${plan.address}` : run.title,
			right: by,
		},
		width,
		look,
	);

/** The bar of the environment and the bar of the run; blank lines where there is room. */
export const runHead = (view: RunView, width: number, height: number, look: Look): readonly Row[] => {
	const {run, plan} = view;
	const space = height >= 28 ? [blank] : [];
	const by = plan && width >= 100 ? `${plan.actor.name}, run ${run.record?.run ?? ''}` : undefined;
	return [runBar(view, width, look, by), ...space, progressRow(view, width, look), ...space];
};

/** The column beside the output: steps, users, what a stop would leave, what was made. */
export const runColumn = (view: RunView, width: number, height: number, look: Look): readonly Row[] => {
	if (view.run.steps.length === 0) return [preparing(look)];
	return stack(
		[
			stepsRows(view, width, height, look, false),
			liveRows(view, width, look),
			stopRows(view, width, look),
			madeRows(view, width, look),
		],
		height,
	);
};

const preparing = ({glyphs}: Look): Row => [
	span(` ${glyphs.running[0]} `, 'accent'),
	span('Prepares the run. Nothing has been changed.'),
];

/** Least rows of output on a small screen. */
const leastOutput = 3;

/** Above the output on a narrow screen: steps, one line of users, one of what a stop would leave. */
export const runStack = (view: RunView, width: number, height: number, look: Look): readonly Row[] => {
	if (view.run.steps.length === 0) return [preparing(look)];
	const short: readonly Row[] = [
		...liveRows(view, width, look).slice(0, height >= 18 ? 3 : 2),
		[span(' If it stops now: ', 'muted'), span(ifItStops(view)[0] ?? '')],
	];
	const room = Math.max(4, height - short.length - leastOutput);
	return [...stepsRows(view, width, room, look, true), ...short].slice(0, Math.max(0, height));
};

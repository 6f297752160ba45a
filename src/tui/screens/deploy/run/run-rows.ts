import {blank, span, type Row} from '../../../kit/rows.ts';
import {environmentBar} from '../environment-bar.ts';
import {stack, type Look} from '../../../kit/layout.ts';
import {liveRows} from './live-rows.ts';
import {madeRows} from './made-rows.ts';
import {progressRow} from './progress-rows.ts';
import {liveOf, stepsViewOf, usualOf, zoneOf, type RunView} from './run-view.ts';
import {stepsRows} from './steps-rows.ts';
import {ifItStops, stopRows} from './stop-rows.ts';

/** The bar of the environment and the bar of the run; blank lines where there is room. */
export const runHead = (view: RunView, width: number, height: number, look: Look): readonly Row[] => {
	const {run, plan} = view;
	const space = height >= 28 ? [blank] : [];
	const text = plan ? `${plan.title}  ${plan.address}` : run.title;
	const by = plan && width >= 100 ? `${plan.actor.name}, run ${run.record?.run ?? ''}` : (plan?.actor.name ?? '');
	return [
		environmentBar(
			{tier: plan?.tier ?? 'preprod', title: plan?.environmentTitle ?? 'A run', left: text, right: by},
			width,
			look,
		),
		...space,
		progressRow(
			{run, usual: usualOf(view), timeZone: zoneOf(view), now: view.now, aheadMs: view.plan?.clockAheadMs},
			width,
			look,
		),
		...space,
	];
};

const liveViewOf = (view: RunView) => ({
	health: view.health,
	live: liveOf(view),
	environment: view.plan?.environment ?? '',
	app: view.plan?.app,
	now: view.now,
});

/** The column beside the output: steps, users, what a stop would leave, what was made. */
export const runColumn = (view: RunView, width: number, height: number, look: Look): readonly Row[] => {
	if (view.run.steps.length === 0) return [preparing(look)];
	return stack(
		[
			stepsRows(stepsViewOf(view), width, height, look, false),
			liveRows(liveViewOf(view), width, look),
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
		...liveRows(liveViewOf(view), width, look).slice(0, height >= 18 ? 3 : 2),
		[span(' If it stops now: ', 'muted'), span(ifItStops(view)[0] ?? '')],
	];
	const room = Math.max(4, height - short.length - leastOutput);
	return [...stepsRows(stepsViewOf(view), width, room, look, true), ...short].slice(0, Math.max(0, height));
};

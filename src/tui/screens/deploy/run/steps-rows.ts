import {size} from '../../../../domain/format.ts';
import type {RunState, StepState} from '../../../../domain/runs/run-state.ts';
import {numberOf} from '../../../../store/runs/step-numbers.ts';
import {justify, pad, padStart, span, type Row} from '../../../kit/rows.ts';
import {bar, inLines, panelHead, roomAfter, turning, windowed, type Look} from '../../../kit/layout.ts';
import {stopwatch, timeOfDay} from '../../../kit/times.ts';
import {becomesOf, onHost, usualOf, zoneOf, type RunView} from './run-view.ts';

/** Time since a step began; the journal of another machine may be ahead of this clock. */
export const elapsedMs = ({startedAt}: StepState, now: number): number =>
	startedAt === undefined ? 0 : Math.max(0, now - startedAt);

const marks = {
	done: ['done', 'success'],
	failed: ['failed', 'danger'],
	cancelled: ['notApplicable', 'attention'],
	waiting: ['open', 'muted'],
} as const;

/** `isOver`: nobody drives the run any more, so a step that ran may be doing so still. */
const mark = ({state}: StepState, now: number, {glyphs}: Look, isOver: boolean): Row => {
	if (state === 'running')
		return isOver ? [span(glyphs.unclear, 'attention')] : [span(turning(glyphs, now), 'accent')];
	const [glyph, tone] = marks[state];
	return [span(glyphs[glyph], tone)];
};

const left = ({startedAt, progress}: StepState, now: number): string => {
	if (!progress || progress.done === 0 || startedAt === undefined) return '';
	const ms = ((now - startedAt) * (progress.total - progress.done)) / progress.done;
	return ms > 0 && ms < 3_600_000 ? `, ${Math.ceil(ms / 1000)} s left` : '';
};

const fractionOf = ({progress}: StepState): number =>
	!progress || progress.total === 0 ? 1 : progress.done / progress.total;

/** `━━━━──  64 %  11.8 of 18.4 MB, 6 s left` */
const progressRow = (step: StepState, now: number, cells: number, look: Look): Row => {
	const {done, total} = step.progress ?? {done: 0, total: 0};
	const fraction = fractionOf(step);
	return [
		...bar(fraction, cells, look),
		span(` ${Math.floor(fraction * 100)} %`.padStart(6), 'value', {bold: true}),
		span(`  ${size(done)} of ${size(total)}${left(step, now)}`, 'muted'),
	];
};

/** The same in little room: `━━━╸──  64 %, 6 s left` */
const progressShort = (step: StepState, now: number, room: number, look: Look): Row => {
	const fraction = fractionOf(step);
	const text = ` ${Math.floor(fraction * 100)} %${left(step, now)}`;
	return [...bar(fraction, Math.max(4, Math.min(16, room - text.length)), look), span(text, 'muted')];
};

const words = (step: StepState, {detail, now}: RunView, cells: number, look: Look): Row => {
	if (step.state === 'running' && step.progress && cells > 0) return progressShort(step, now, cells, look);
	if (step.state === 'running') return [span(detail.waits[step.id] ?? detail.actions[step.id] ?? '', 'muted')];
	if (step.state === 'failed' || step.state === 'cancelled')
		return [
			span(step.state, step.state === 'failed' ? 'danger' : 'attention'),
			span(` ${step.summary ?? ''}`, 'muted'),
		];
	return [span(step.summary ?? '', 'muted')];
};

const tookRow = (step: StepState, view: RunView): Row => {
	const took =
		step.state === 'running' ? elapsedMs(step, view.now) : step.state === 'waiting' ? undefined : step.durationMs;
	const usually = usualOf(view).stepMs[step.id];
	return [
		...padStart(
			[span(took === undefined ? '' : stopwatch(took), step.state === 'running' ? 'accent' : 'value')],
			8,
		),
		...padStart([span(usually === undefined ? '' : stopwatch(usually), 'muted')], 10),
		span(' '),
	];
};

/** The line above which live is untouched; once it is crossed, since when and what is live. */
const swapLine = (view: RunView, width: number, {glyphs}: Look): Row => {
	const line = glyphs.rule;
	const {swappedAt} = view.detail;
	const at = swappedAt === undefined ? '' : ` ${timeOfDay(onHost(view.plan, swappedAt), zoneOf(view))}`;
	const inside: Row =
		view.run.live === undefined
			? [span('swap', 'value', {bold: true}), span(' live is untouched above this line', 'muted')]
			: [
					span(`${glyphs.done} swapped`, 'success', {bold: true}),
					span(at),
					span(` live is now ${becomesOf(view)}`, 'muted'),
				];
	const start: Row = [span(`${line.repeat(4)} `, 'muted'), ...inside, span(' ')];
	return [...start, span(line.repeat(roomAfter(start, width)), 'muted')];
};

/** ` 3 ` before the title; closing checks have no number. */
export const numberText = (steps: Parameters<typeof numberOf>[0], {id}: {readonly id: string}): string =>
	` ${numberOf(steps, id) ?? ''} `.padStart(3);

const stepRow = (step: StepState, view: RunView, width: number, look: Look, isCompact: boolean): Row => {
	const titles = Math.max(...view.run.steps.map(({title}) => title.length));
	const titleWidth = Math.min(titles + 2, Math.max(14, Math.floor(width * 0.45)));
	const isActive = step.state === 'running';
	const cells = isCompact ? Math.max(0, width - titleWidth - 26) : 0;
	return justify(
		[
			span(' '),
			...mark(step, view.now, look, view.run.finished !== undefined),
			span(numberText(view.run.steps, step), 'muted'),
			...pad(
				[span(step.title, step.state === 'waiting' ? 'muted' : 'value', isActive ? {bold: true} : {})],
				titleWidth - 1,
			),
			span(' '),
			...(isCompact || !step.progress || !isActive ? words(step, view, cells, look) : []),
		],
		tookRow(step, view),
		width,
	);
};

/** All steps with what they took and usually take; bars of their own while they send. At most `height` rows. */
export const stepsRows = (
	view: RunView,
	width: number,
	height: number,
	look: Look,
	isCompact: boolean,
): readonly Row[] => {
	const {run} = view;
	const rows: Row[] = [];
	let focus = 0;
	for (const step of run.steps) {
		if (step.id === run.swapStep) rows.push(swapLine(view, width, look));
		if (step.state !== 'waiting') focus = rows.length;
		rows.push(stepRow(step, view, width, look, isCompact));
		if (!isCompact && step.state === 'running' && step.progress)
			rows.push([span('      '), ...progressRow(step, view.now, Math.max(8, Math.min(23, width - 38)), look)]);
	}
	const head = panelHead('Steps', width, look, 'took    usually');
	return [head, ...windowed(rows, focus, height - 1)].slice(0, Math.max(0, height));
};

/** Steps and marks only, in as many columns as fit. */
export const stepsShort = ({steps, finished}: RunState, now: number, width: number, look: Look): readonly Row[] => {
	const rows = steps.map((step): Row => [
		span(' '),
		...mark(step, now, look, finished !== undefined),
		span(numberText(steps, step), 'muted'),
		span(step.title),
	]);
	return inLines(rows, width, width >= 100 ? 3 : 2);
};

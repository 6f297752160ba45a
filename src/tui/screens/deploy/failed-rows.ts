import {exitCodes} from '../../../domain/errors.ts';
import {duration} from '../../../domain/format.ts';
import {downtimeAt} from '../../../domain/live-health.ts';
import {stepOf} from '../../../store/step-numbers.ts';
import {pad, rule, span, type Row} from '../../rows.ts';
import {banner} from './environment-bar.ts';
import {labelled, paragraph, stack, type Look} from './layout.ts';
import {zoneOf, type RunView} from './run-view.ts';
import {stepsShort} from './steps-rows.ts';
import {age, timeOfDay} from './times.ts';

/** Source: exit codes; `failed-after-swap` is what the host said itself when it was asked at the end. */
const isAfterSwap = ({run}: Pick<RunView, 'run'>): boolean =>
	run.live !== undefined || run.finished?.exitCode === exitCodes['failed-after-swap'];

/** What kind of end this is, in words for the first line. */
export const endTitle = ({run}: Pick<RunView, 'run'>): string => {
	const outcome = run.finished?.outcome;
	if (outcome === 'cancelled') return 'CANCELLED';
	if (outcome === 'left') return 'LEFT TO BE RESUMED';
	if (run.steps.length === 0) return 'NOT STARTED';
	return isAfterSwap({run}) ? 'FAILED AFTER THE SWAP' : 'FAILED BEFORE THE SWAP';
};

const isFailure = ({run}: RunView): boolean => run.finished?.outcome === 'failed';

const headRows = (view: RunView, width: number, height: number, look: Look): readonly Row[] => {
	// What the host said when the run was closed; nothing here knows it better.
	const [fact = ''] = (view.run.finished?.error?.now ?? '').split(/(?<=\.)\s/);
	if (isFailure(view)) return banner(endTitle(view), [fact], width, height);
	const {glyphs} = look;
	return [[span(`${glyphs.attention} ${endTitle(view)}`, 'attention', {bold: true}), span(`  ${fact}`)]];
};

const failedStep = ({run}: RunView): string => {
	const step =
		run.steps.find(({state}) => state === 'failed') ?? run.steps.find(({state}) => state === 'cancelled');
	return step ? `${step.title}  ${stepOf(run.steps, step.id)}` : '';
};

/** The error in its four lines; what is live stands in the third. */
const errorPanel = (view: RunView, width: number, look: Look): readonly Row[] => {
	const {run, now} = view;
	const error = run.finished?.error;
	const downMs = downtimeAt(view.health, now);
	const fact: Row =
		view.health.downSince === undefined
			? []
			: [span(`users had errors for ${duration(downMs)} when last asked`, 'danger', {bold: true})];
	const tone = isFailure(view) ? 'danger' : 'attention';
	const mark = isFailure(view) ? look.glyphs.failed : look.glyphs.attention;
	return [
		rule([span(`${mark} ${failedStep(view) || 'The run'}`, tone, {bold: true})], fact, width, {
			line: look.glyphs.rule,
			tone,
		}),
		...paragraph('What', error?.what ?? 'The run ended.', width),
		...paragraph('Why', error?.why ?? 'not known', width),
		...paragraph('Now', error?.now ?? 'not known', width, 'strong'),
		...paragraph('Next', error?.next ?? 'Look at the log.', width, 'accent'),
		...(error?.log === undefined ? [] : paragraph('Log', error.log, width, 'muted')),
	];
};

const livePanel = (view: RunView, width: number, look: Look): readonly Row[] => {
	const {health, plan, now} = view;
	const last = health.answers.at(-1);
	if (!last) return [];
	const {glyphs} = look;
	return [
		rule([span('Live', 'value', {bold: true})], [span(`asked ${age(now - last.at)} ago`, 'muted')], width, {
			line: glyphs.rule,
		}),
		labelled(
			plan?.environment ?? '',
			[
				span('api '),
				span(last.isGood ? glyphs.unclear : glyphs.failed, last.isGood ? 'muted' : 'danger'),
				span(` answered ${last.text} then`, last.isGood ? 'muted' : 'danger'),
			],
			12,
		),
		...(!isAfterSwap(view)
			? []
			: (plan?.wayBack ?? []).map((line): Row => labelled('way back', [span(line, 'value', {bold: true})], 12))),
	];
};

const answersPanel = (view: RunView, width: number, look: Look): readonly Row[] => {
	const {answers} = view.facts;
	if (answers.length === 0) return [];
	const columns = width >= 100 ? 3 : 2;
	const cell = Math.floor(width / columns);
	const last = answers.slice(-2 * columns);
	const rows = Array.from({length: Math.ceil(last.length / columns)}, (_, row) =>
		last
			.slice(row * columns, (row + 1) * columns)
			.flatMap(({at, answer, durationMs}): Row =>
				pad(
					[
						span(` ${timeOfDay(at, zoneOf(view))}  `, 'muted'),
						span(answer),
						span(`  ${Math.round(durationMs)} ms`, 'muted'),
					],
					cell,
				),
			),
	);
	return [
		rule([span('Last answers', 'value', {bold: true})], [span(`asked ${view.facts.asked} times`, 'muted')], width, {
			line: look.glyphs.rule,
		}),
		...rows,
	];
};

/** How a run ended that did not go well: what, why, what is live now, what to do next. */
export const failedRows = (view: RunView, width: number, height: number, look: Look): readonly Row[] => {
	const {run, now} = view;
	const steps: readonly Row[] =
		run.steps.length === 0
			? []
			: [
					rule(
						[span('Steps', 'value', {bold: true})],
						[span(duration(run.finished?.durationMs ?? 0), 'muted')],
						width,
						{line: look.glyphs.rule},
					),
					...stepsShort(run, now, width, look),
				];
	return stack(
		[
			headRows(view, width, height, look),
			errorPanel(view, width, look),
			livePanel(view, width, look),
			steps,
			answersPanel(view, width, look),
		],
		height,
	);
};

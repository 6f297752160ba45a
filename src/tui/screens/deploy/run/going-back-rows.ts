import type {Prompt} from '../../../../domain/runs/prompt.ts';
import {duration} from '../../../../domain/format.ts';
import {outage} from '../../../../domain/runs/downtime-words.ts';
import {downtimeAt} from '../../../../domain/releases/live-health.ts';
import {pad, span, type Row} from '../../../kit/rows.ts';
import {banner} from '../environment-bar.ts';
import {answersPanel, failedStep, stepsPanel} from '../ended/failed-rows.ts';
import {labelled, panelHead, paragraph, stack, turning, type Look} from '../../../kit/layout.ts';
import {liveRows} from './live-rows.ts';
import {ownLogPanel, withoutOwnLog} from './own-log.ts';
import {runBar} from './run-rows.ts';
import {becomesOf, liveNow, type RunView} from './run-view.ts';
import {shortRelease} from '../../../kit/names.ts';
import {stopwatch} from '../../../kit/times.ts';

/** What a run goes back to, as people call it. */
const beforeOf = ({plan}: RunView): string =>
	plan?.replaces === undefined ? 'the release before' : shortRelease(plan.replaces);

const lastAnswer = ({health}: RunView): string => {
	const last = health.answers.at(-1);
	return last ? ` and answers ${last.text}` : '';
};

/** For how long users have been met with errors, going on; nothing when they are served. */
const errorsFor = ({health, now}: RunView): Row =>
	health.downSince === undefined
		? []
		: [span(`users have had errors for ${outage(downtimeAt(health, now))}`, 'danger', {bold: true})];

const whatPanel = (view: RunView, what: string, why: readonly string[], width: number, look: Look): readonly Row[] => {
	const tone = 'danger' as const;
	return [
		panelHead(
			[span(`${look.glyphs.failed} ${failedStep(view) || 'The run'}`, tone, {bold: true})],
			width,
			look,
			errorsFor(view),
			tone,
		),
		...paragraph('What', what, width),
		...(why.length === 0 ? [] : paragraph('Why', why.join('\n'), width)),
		...paragraph(
			'Now',
			`Live is ${becomesOf(view)}. ${beforeOf(view)} is beside it. This run holds the lock.`,
			width,
			'strong',
		),
	];
};

const keys: Readonly<Record<string, string>> = {back: 'R', keep: 'i'};

const choicesPanel = (view: RunView, {choices}: Prompt, width: number, {glyphs}: Look): readonly Row[] => {
	const labels = Math.max(...choices.map(({label}) => label.length)) + 4;
	return [
		panelHead(`Roll back to ${beforeOf(view)}?`, width, {glyphs}),
		...choices.map(({id, label, detail}, index): Row => [
			span(index === 0 ? `${glyphs.cursor} ` : '  ', 'accent'),
			span(keys[id] ?? ' ', 'accent', {bold: true}),
			...pad([span(`  ${label}`, 'value', {bold: index === 0})], labels),
			span(detail, 'muted'),
		]),
	];
};

/** A run that failed after its swap and waits for a decision, while it holds its lock. */
export const goBackRows = (
	view: RunView,
	prompt: Prompt,
	width: number,
	height: number,
	look: Look,
): readonly Row[] => {
	const [what = '', ...told] = prompt.facts;
	const {why, log} = withoutOwnLog(told);
	const steps = stepsPanel(view, width, look);
	const answers = answersPanel(view, width, look);
	return stack(
		[
			[
				runBar(view, width, look),
				...banner(
					'FAILED AFTER THE SWAP',
					[
						`${view.plan?.environment ?? 'this environment'} runs ${view.plan?.app ?? ''} ${becomesOf(view)}${lastAnswer(view)}`,
					],
					width,
					height,
				),
			],
			whatPanel(view, what, why, width, look),
			ownLogPanel(log, width, look),
			choicesPanel(view, prompt, width, look),
			// Beside what the app says its answers say more than the steps that went well.
			...(log ? [answers, steps] : [steps, answers]),
		],
		height,
	);
};

/** What the events of the way back are told as. */
const goingBackStep = 'go-back';

const stateRow = (view: RunView, {glyphs}: Look): Row => {
	const {run, detail, now} = view;
	const {state, durationMs} = run.goingBack ?? {state: 'running'};
	if (state === 'failed') return [span(`${glyphs.failed} Going back did not work`, 'danger', {bold: true})];
	if (state === 'done') {
		return [
			span(`${glyphs.done} Went back in ${duration(durationMs ?? 0)}`, 'success', {bold: true}),
			span(`  live is ${liveNow(view)}; it is being recorded`),
		];
	}
	const waits = detail.waits[goingBackStep];
	const sinceMs = detail.goingBackAt === undefined ? 0 : Math.max(0, now - detail.goingBackAt);
	return [
		span(`${turning(glyphs, now)} `, 'accent'),
		span(`Going back to ${beforeOf(view)}`, 'value', {bold: true}),
		span(
			`  ${stopwatch(sinceMs)}  ${waits === undefined ? 'swaps back, makes the services see it, checks health' : `checks health: ${waits}`}`,
			'muted',
		),
	];
};

/** A run on its way back: what is done, and what users meet meanwhile. */
export const goingBackRows = (view: RunView, width: number, height: number, look: Look): readonly Row[] =>
	stack(
		[
			[runBar(view, width, look), stateRow(view, look)],
			liveRows(view, width, look),
			stepsPanel(view, width, look),
			[labelled('lock', [span('held by this run until it is over')])],
		],
		height,
	);

import {exitCodes} from '../../../../domain/errors.ts';
import {age, duration} from '../../../../domain/format.ts';
import {guideCommand, guidePlaceAt} from '../../../../domain/guides/guide-places.ts';
import {outage} from '../../../../domain/runs/downtime-words.ts';
import {downtimeAt} from '../../../../domain/releases/live-health.ts';
import {stepPosition} from '../../../../store/runs/step-numbers.ts';
import type {Problem} from '../../../../store/deploy/wizard.ts';
import {span, type Row} from '../../../kit/rows.ts';
import {notesRows} from './done-rows.ts';
import {banner} from '../environment-bar.ts';
import {
	inLines,
	isWide,
	labelled,
	panelHead,
	paragraph,
	problemPanel,
	problemRows,
	stack,
	type Look,
} from '../../../kit/layout.ts';
import {ownLogPanel, withoutOwnLog} from '../run/own-log.ts';
import {onHost, zoneOf, type RunView} from '../run/run-view.ts';
import {stepsShort} from '../run/steps-rows.ts';
import {timeOfDay} from '../../../kit/times.ts';

/** Exit code `failed-after-swap` is what the host said itself when it was asked at the end. */
const isAfterSwap = ({run}: Pick<RunView, 'run'>): boolean =>
	run.live !== undefined || run.finished?.exitCode === exitCodes['failed-after-swap'];

/** `DEPLOYMENT BLOCKED: why` in two parts. Source: workflow, "Deployment Blocked Scenarios". */
const blockedParts = (what: string): {readonly banner: string; readonly rest: string} | undefined => {
	const [, banner, rest] = /^((?:DEPLOYMENT|ROLLBACK) BLOCKED)(?:: )?([\s\S]*)$/.exec(what) ?? [];
	return banner === undefined ? undefined : {banner, rest: rest ?? ''};
};

/** The banner of a run that was kept from changing anything; undefined for every other end. */
const blockedBanner = ({run}: Pick<RunView, 'run'>): string | undefined => {
	const {finished} = run;
	if (finished?.outcome !== 'failed' || isAfterSwap({run})) return undefined;
	const told = blockedParts(finished.error?.what ?? '')?.banner;
	if (told !== undefined || finished.exitCode !== exitCodes.blocked) return told;
	return run.record?.kind === 'rollback' ? 'ROLLBACK BLOCKED' : 'DEPLOYMENT BLOCKED';
};

/** What kind of end this is, in words for the first line. */
export const endTitle = ({run}: Pick<RunView, 'run'>): string => {
	const outcome = run.finished?.outcome;
	if (outcome === 'cancelled') return 'CANCELLED';
	if (outcome === 'left') return 'LEFT TO BE RESUMED';
	if (run.goingBack?.state === 'done') return 'WENT BACK';
	const blocked = blockedBanner({run});
	if (blocked !== undefined) return blocked;
	if (run.steps.length === 0) return 'NOT STARTED';
	return isAfterSwap({run}) ? 'FAILED AFTER THE SWAP' : 'FAILED BEFORE THE SWAP';
};

/** A failure that is mended already is one no more. */
const isFailure = ({run}: RunView): boolean => run.finished?.outcome === 'failed' && run.goingBack?.state !== 'done';

const headRows = (view: RunView, subject: string, width: number, height: number, look: Look): readonly Row[] => {
	// What the host said when the run was closed; nothing here knows it better.
	const [fact = ''] = (view.run.finished?.error?.now ?? '').split(/(?<=\.)\s/);
	const title = endTitle(view);
	if (isFailure(view))
		return banner(title, [blockedBanner(view) !== undefined && subject !== '' ? subject : fact], width, height);
	const {glyphs} = look;
	const mark = view.run.goingBack?.state === 'done' ? glyphs.rolledBack : glyphs.attention;
	return [[span(`${mark} ${title}`, 'attention', {bold: true}), span(`  ${fact}`)]];
};

/** The step a run failed or was stopped at, with its number; empty when there is none. */
export const failedStep = ({run}: RunView): string => {
	const step = run.steps.find(({state}) => state === 'failed') ?? run.steps.find(({state}) => state === 'cancelled');
	return step ? `${step.title}  ${stepPosition(run.steps, step.id)}` : '';
};

/** An end without an error to tell of. */
const untold: Problem & {readonly log?: string} = {
	what: 'The run ended.',
	why: 'not known',
	now: 'not known',
	next: 'Look at the log.',
};

/** Below everything that was kept from starting. */
const alwaysOpen: Row = [span(' Gates go by the committed policy. Rolling back is always open.', 'muted')];

/** For how long users were met with errors; nothing when they never were. */
const errorsFact = ({run, health, now}: RunView): Row => {
	const downMs = downtimeAt(health, now);
	if (health.downSince !== undefined)
		return [span(`users had errors for ${outage(downMs)} when last asked`, 'danger', {bold: true})];
	const past = run.downtime?.ms ?? downMs;
	return past > 0 ? [span(`users had errors for ${outage(past)}`, 'attention')] : [];
};

/** The error in its four lines; what is live stands in the third. */
const errorPanel = (view: RunView, width: number, look: Look): readonly Row[] => {
	const {run} = view;
	const told = run.finished?.error ?? untold;
	const {why, log} = withoutOwnLog(told.why.split('\n'));
	const error = {...told, why: why.join('\n')};
	const tone = isFailure(view) ? 'danger' : 'attention';
	const mark = isFailure(view) ? look.glyphs.failed : look.glyphs.attention;
	const step = failedStep(view) || (run.steps.length === 0 ? 'Not started' : 'The run');
	return [
		panelHead([span(`${mark} ${step}`, tone, {bold: true})], width, look, errorsFact(view), tone),
		...whatRows(error.what, width),
		...problemRows(error, width, 'strong'),
		...guideRows(run.finished?.exitCode, width),
		...(error.log === undefined ? [] : paragraph('Log', error.log, width, 'muted')),
		...notesRows(view, width),
		...(blockedBanner(view) === undefined ? [] : [alwaysOpen]),
		...ownLogPanel(log, width, look),
	];
};

/** Where more is said about an end of this kind, where there is room to say so. */
const guideRows = (exitCode: number | undefined, width: number): readonly Row[] => {
	const place = exitCode === undefined || !isWide(width) ? undefined : guidePlaceAt(exitCode);
	return place === undefined ? [] : paragraph('Guide', guideCommand(place), width, 'muted');
};

/** Without the words of the banner above it. */
const whatRows = (what: string, width: number): readonly Row[] => {
	const text = blockedParts(what)?.rest ?? what;
	return text === '' ? [] : paragraph('What', text, width);
};

/** Steps and marks, with what the run took so far. */
export const stepsPanel = (view: RunView, width: number, look: Look): readonly Row[] => {
	const {run, now} = view;
	if (run.steps.length === 0) return [];
	const tookMs = run.finished?.durationMs ?? (run.startedAt === undefined ? 0 : Math.max(0, now - run.startedAt));
	return [panelHead('Steps', width, look, duration(tookMs)), ...stepsShort(run, now, width, look)];
};

const livePanel = (view: RunView, width: number, look: Look): readonly Row[] => {
	const {health, plan, now} = view;
	const last = health.answers.at(-1);
	if (!last) return [];
	const {glyphs} = look;
	const tone = last.isGood ? 'muted' : 'danger';
	// What was read last decides: going back may have failed with what was live before in its place.
	const is = view.run.finished?.end?.is ?? 'unknown';
	const isBack = is === 'unknown' ? !isAfterSwap(view) || view.run.goingBack?.state === 'done' : is !== 'new';
	return [
		panelHead('Live', width, {glyphs}, `asked ${age(now - last.at)} ago`),
		labelled(
			plan?.environment ?? '',
			[
				span(`${plan?.serves ?? 'api'} `),
				span(last.isGood ? glyphs.unclear : glyphs.failed, tone),
				span(` answered ${last.text} then`, tone),
			],
			12,
		),
		...(isBack ? [] : (plan?.wayBack ?? [])).map(line =>
			labelled('way back', [span(line, 'value', {bold: true})], 12),
		),
	];
};

/** The last answers of the run's own health check. */
export const answersPanel = (view: RunView, width: number, look: Look): readonly Row[] => {
	const {answers} = view.detail;
	if (answers.length === 0) return [];
	const columns = width >= 100 ? 3 : 2;
	const rows = answers
		.slice(-2 * columns)
		.map(({at, answer, durationMs}): Row => [
			span(` ${timeOfDay(onHost(view.plan, at), zoneOf(view))}  `, 'muted'),
			span(answer),
			span(`  ${Math.round(durationMs)} ms`, 'muted'),
		]);
	const {asked} = view.detail;
	return [
		panelHead('Last answers', width, look, asked === 1 ? 'asked once' : `asked ${asked} times`),
		...inLines(rows, width, columns),
	];
};

/** How a run ended that did not go well: what, why, what is live now, what to do next. `subject`: what it was about. */
export const failedRows = (
	view: RunView,
	width: number,
	height: number,
	look: Look,
	subject = view.plan?.title ?? '',
): readonly Row[] =>
	stack(
		[
			headRows(view, subject, width, height, look),
			errorPanel(view, width, look),
			livePanel(view, width, look),
			stepsPanel(view, width, look),
			answersPanel(view, width, look),
		],
		height,
	);

/** A review that was kept from being made. */
export const blockedRows = (
	problem: Problem,
	subject: string,
	width: number,
	height: number,
	look: Look,
): readonly Row[] | undefined => {
	const parts = blockedParts(problem.what);
	if (!parts) return undefined;
	return stack(
		[
			banner(parts.banner, [subject], width, height),
			[...problemPanel({...problem, what: parts.rest || 'not started'}, width, look, 'strong'), alwaysOpen],
		],
		height,
	);
};

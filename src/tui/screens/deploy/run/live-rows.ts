import {age} from '../../../../domain/format.ts';
import {downtimeWords, outage} from '../../../../domain/runs/downtime-words.ts';
import type {MeasuredDowntime} from '../../../../domain/runs/run-state.ts';
import {downtimeAt, maintenanceAt} from '../../../../domain/releases/live-health.ts';
import {span, type Row} from '../../../kit/rows.ts';
import {panelHead, labelled, roomAfter, type Look} from '../../../kit/layout.ts';
import {sparkline} from '../../../kit/sparkline.ts';
import {liveNow, type RunView} from './run-view.ts';

/** Answers come about once a second; later than this, live is not known to be as it was. */
const staleMs = 5000;

const answerRow = ({health, now}: RunView, look: Look): Row => {
	const {glyphs} = look;
	const last = health.answers.at(-1);
	if (!last) return [span(`${glyphs.unclear} no answer yet`, 'muted')];
	const sinceMs = now - (last.at + last.durationMs);
	if (sinceMs > staleMs)
		return [span(`${glyphs.unclear} ${last.text}`, 'muted'), span(`  ${age(sinceMs)} ago`, 'attention')];
	return last.isGood
		? [span(glyphs.healthy, 'success'), span(` ${last.text}`), span(`  ${Math.round(last.durationMs)} ms`, 'muted')]
		: last.isMaintenance
			? [span(`${glyphs.attention} ${last.text} maintenance`, 'attention')]
			: [span(`${glyphs.failed} ${last.text}`, 'danger', {bold: true})];
};

const downtimeText = (downtime: MeasuredDowntime): Row =>
	downtime.failed === 0
		? [span(downtimeWords(downtime)), span(`  asked ${downtime.asked} times from here`, 'muted')]
		: [span(downtimeWords(downtime), 'attention', {bold: true}), span('  measured from here', 'muted')];

/** `measured`: what the run itself told at its end. */
export const downtimeRow = ({health, now}: RunView, measured?: RunView['run']['downtime']): Row => {
	if (measured && health.count === 0) return downtimeText(measured);
	const ms = downtimeAt(health, now);
	if (health.downSince !== undefined) return [span(`${outage(ms)}, going on`, 'danger', {bold: true})];
	const {count: asked, failed} = health;
	return asked === 0
		? [span('not measured yet', 'muted')]
		: downtimeText({ms, asked, failed, maintenanceMs: maintenanceAt(health, now)});
};

const withSparkline = (row: Row, {health}: RunView, width: number, {glyphs}: Look): Row => {
	const samples = health.answers.map(({at, isGood, durationMs}) => (isGood ? {at, durationMs} : {at}));
	const cells = Math.max(0, Math.min(14, roomAfter(row, width) - 1));
	return [...row, ...sparkline(samples.slice(-cells), cells, glyphs, true, 1)];
};

/** What users meet now, and for how long they had errors in this run. */
export const liveRows = (view: RunView, width: number, look: Look): readonly Row[] => {
	const {goingBack} = view.run;
	const live = goingBack && goingBack.state !== 'done' ? 'on the way back' : liveNow(view);
	const {environment = '', serves = 'api'} = view.plan ?? {};
	const row: Row = [
		...labelled(environment, [span(live, 'value', {bold: true})], Math.max(10, environment.length)),
		span(`  ${serves} `),
		...answerRow(view, look),
		span('  '),
	];
	return [
		panelHead('Live users', width, look),
		withSparkline(row, view, width, look),
		labelled('downtime', downtimeRow(view)),
	];
};

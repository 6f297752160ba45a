import type {AppName} from '../../../../domain/environments/environment.ts';
import {age, duration} from '../../../../domain/format.ts';
import {downtimeAt, type LiveHealth} from '../../../../domain/releases/live-health.ts';
import {span, type Row} from '../../../kit/rows.ts';
import {panelHead, labelled, roomAfter, type Look} from '../../../kit/layout.ts';
import {sparkline} from '../../../kit/sparkline.ts';

/** Answers come about once a second; later than this, live is not known to be as it was. */
const staleMs = 5000;

export type LiveView = {
	readonly health: LiveHealth;
	/** What is live, as people call it. */
	readonly live: string;
	readonly environment: string;
	readonly app: AppName | undefined;
	readonly now: number;
};

const answerRow = ({health, now}: LiveView, look: Look): Row => {
	const {glyphs} = look;
	const last = health.answers.at(-1);
	if (!last) return [span(`${glyphs.unclear} no answer yet`, 'muted')];
	const sinceMs = now - (last.at + last.durationMs);
	if (sinceMs > staleMs)
		return [span(`${glyphs.unclear} ${last.text}`, 'muted'), span(`  ${age(sinceMs)} ago`, 'attention')];
	return last.isGood
		? [span(glyphs.healthy, 'success'), span(` ${last.text}`), span(`  ${Math.round(last.durationMs)} ms`, 'muted')]
		: [span(`${glyphs.failed} ${last.text}`, 'danger', {bold: true})];
};

/** `measured`: what the run itself told at its end. */
export const downtimeRow = (
	{health, now}: Pick<LiveView, 'health' | 'now'>,
	measured?: {readonly ms: number; readonly asked: number},
): Row => {
	if (measured && health.count === 0) {
		return measured.ms === 0
			? [span('none'), span(`  asked ${measured.asked} times from here`, 'muted')]
			: [span(duration(measured.ms), 'attention', {bold: true}), span('  measured from here', 'muted')];
	}
	const ms = downtimeAt(health, now);
	if (health.downSince !== undefined) return [span(`${duration(ms)}, going on`, 'danger', {bold: true})];
	if (health.count === 0) return [span('not measured yet', 'muted')];
	return ms === 0
		? [span('none'), span(`  asked ${health.count} times from here`, 'muted')]
		: [span(duration(ms), 'attention', {bold: true}), span('  measured from here', 'muted')];
};

const withSparkline = (row: Row, {health}: LiveView, width: number, {glyphs}: Look): Row => {
	const samples = health.answers.map(({at, isGood, durationMs}) => (isGood ? {at, durationMs} : {at}));
	const cells = Math.max(0, Math.min(14, roomAfter(row, width) - 1));
	return [...row, ...sparkline(samples.slice(-cells), cells, glyphs, true, 1)];
};

/** What users meet now, and for how long they had errors in this run. */
export const liveRows = (view: LiveView, width: number, look: Look): readonly Row[] => [
	panelHead('Live users', width, look),
	withSparkline(
		[
			...labelled(
				view.environment,
				[span(view.live, 'value', {bold: true})],
				Math.max(10, view.environment.length),
			),
			span(view.app === 'frontend' ? '  site ' : '  api '),
			...answerRow(view, look),
			span('  '),
		],
		view,
		width,
		look,
	),
	labelled('downtime', downtimeRow(view)),
];

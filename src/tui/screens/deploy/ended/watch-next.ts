import {clockTime} from '../../../../domain/format.ts';
import {watchTerms} from '../../../../domain/environments/watched.ts';
import type {CockpitState} from '../../../../store/create-store.ts';
import {firstDue, itemsOfWatch} from '../../../../store/health/health-places.ts';
import type {WatchReport} from '../../../../domain/watch/watch-report.ts';
import {fit, justify, pad, span, widthOf, type Row} from '../../../kit/rows.ts';
import {panelHead, paragraph, type Look} from '../../../kit/layout.ts';
import {stopwatch} from '../../../kit/times.ts';
import {timelineRows} from '../../../kit/watch-timeline.ts';

/** The watch behind a run that is over, as far as it is known by now. */
export type WatchBehind = {
	/** Undefined: its first round has not come yet. */
	readonly report: WatchReport | undefined;
	readonly minutes: number;
	readonly timeZone: string;
};

/** Whether what is live of production was changed by a run that is over: users are on it, so it is watched. */
export const isWatched = ({runPlan, run}: Pick<CockpitState, 'runPlan' | 'run'>): boolean =>
	runPlan?.tier === 'production' &&
	(runPlan.kind === 'deploy' || runPlan.kind === 'rollback') &&
	run?.finished?.outcome === 'done';

/** The watch of the run that is shown; undefined where none follows. */
export const selectWatchBehind = (
	state: Pick<CockpitState, 'runPlan' | 'run' | 'healths'>,
): WatchBehind | undefined => {
	const {runPlan, run, healths} = state;
	const health = healths.find(({environment}) => environment.name === runPlan?.environment);
	if (!isWatched(state) || !runPlan || !health) return undefined;
	return {
		report: health.reports.find(({watch}) => watch.run === run?.record?.run),
		minutes: watchTerms(health.environment).minutes,
		timeZone: runPlan.timeZone,
	};
};

const outcomeWords = {good: 'good', bad: 'bad', unclear: 'unclear', replaced: 'replaced by another run'} as const;

/** `the watch ended 12:00 IST: bad, nobody has decided yet`; undefined as long as it goes on. */
const endText = ({watch, now, isBad}: WatchReport, timeZone: string): string | undefined => {
	const {ended, endsAt} = watch;
	if (!ended)
		return now >= endsAt
			? `the watch is over since ${clockTime(endsAt, timeZone)}, its end is not recorded yet`
			: undefined;
	const open = isBad && ended.outcome !== 'replaced' ? ', nobody has decided yet' : '';
	return `the watch ended ${clockTime(ended.at, timeZone)}: ${outcomeWords[ended.outcome]}${open}`;
};

/** What is to be done first behind a run on production, already selected, and that the watch goes on without anybody. */
export const watchNextRows = ({report, minutes, timeZone}: WatchBehind, width: number, look: Look): readonly Row[] => {
	const {glyphs} = look;
	const head = panelHead('Next', width, look, 'one thing: do this now, users are on it', 'production');
	const start: Row = [span(`${glyphs.cursor} `, 'accent'), span('5  ', 'accent', {bold: true})];
	const items = report ? itemsOfWatch(report) : [];
	const first = firstDue(items);
	const left = items.filter(({state}) => state.state === 'open').length;
	const until = report ? `until ${clockTime(report.watch.endsAt, timeZone)}` : `for ${minutes} min`;
	const ended = report && endText(report, timeZone);
	const right: Row = first ? [span(`due by ${clockTime(first.phase.until, timeZone)}`, 'attention')] : [];
	const title: Row = first
		? [span(first.state.item.title, 'value', {bold: true}), span(`, by hand: first of ${left} to sign`, 'muted')]
		: [
				span(
					ended
						? 'Read how the watch ended'
						: report
							? 'Watch what is live'
							: 'Watch what is live, its items come with the first round',
				),
			];
	const room = Math.max(0, width - widthOf(right) - 1);
	return [
		head,
		justify(fit([...start, ...title], room, glyphs.cut), right, width),
		...paragraph(
			'',
			ended ?? `the watch has begun and goes on by itself ${until}`,
			width,
			ended && report?.isBad ? 'danger' : 'muted',
			3,
		),
	];
};

/** The time of the watch with its phases, and whether a trigger has fired; nothing before its first round. */
export const watchPanel = ({report}: WatchBehind, width: number, look: Look): readonly Row[] => {
	if (!report) return [];
	const {watch, triggers, now} = report;
	const fired = triggers.filter(({state}) => state === 'fired').length;
	const gone = `${stopwatch(Math.max(0, now - watch.startedAt))} of ${stopwatch(watch.endsAt - watch.startedAt)}`;
	const fact: Row = [
		span(`${fired} of ${triggers.length} triggers fired`, fired > 0 ? 'danger' : 'muted', {bold: fired > 0}),
		span(`, ${gone}`, 'muted'),
	];
	return [
		panelHead('Watch', width, look, fact, fired > 0 ? 'danger' : 'muted'),
		...timelineRows(report, now, width, look),
	];
};

/** What of the run is not over yet; nothing before the first round of its watch. */
export const leftPanel = ({report, timeZone}: WatchBehind, width: number, look: Look): readonly Row[] => {
	if (!report) return [];
	const {glyphs} = look;
	const items = itemsOfWatch(report).filter(({state}) => state.state === 'open');
	const [first] = items;
	const until = clockTime(report.watch.endsAt, timeZone);
	const count = `${items.length} ${items.length === 1 ? 'item' : 'items'} of the watch to sign`;
	const line = (mark: Row[number], what: string, when: string): Row => [
		span(' '),
		mark,
		...pad([span(` ${what}`)], 34),
		span(when, 'muted'),
	];
	return [
		panelHead('What is left', width, look),
		first
			? line(span(glyphs.open, 'attention'), count, `first by ${clockTime(first.phase.until, timeZone)}`)
			: line(span(glyphs.done, 'success'), 'every item of the watch is signed', ''),
		report.watch.ended
			? line(
					report.watch.ended.outcome === 'good'
						? span(glyphs.done, 'success')
						: span(glyphs.attention, report.watch.ended.outcome === 'bad' ? 'danger' : 'attention'),
					`the watch ended: ${outcomeWords[report.watch.ended.outcome]}`,
					clockTime(report.watch.ended.at, timeZone),
				)
			: line(span(glyphs.waits, 'attention'), 'verdict, before and after', `${until}, when the watch ends`),
	];
};

import {clockTime} from '../../../../domain/format.ts';
import {watchTerms} from '../../../../domain/environments/watched.ts';
import type {CockpitState} from '../../../../store/create-store.ts';
import {firstDue, itemsOfWatch} from '../../../../store/health/health-places.ts';
import type {WatchReport} from '../../../../domain/watch/watch-report.ts';
import {fit, justify, span, widthOf, type Row} from '../../../kit/rows.ts';
import {panelHead, paragraph, type Look} from '../../../kit/layout.ts';

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

/** What is to be done first behind a run on production, already selected, and that the watch goes on without anybody. */
export const watchNextRows = ({report, minutes, timeZone}: WatchBehind, width: number, look: Look): readonly Row[] => {
	const {glyphs} = look;
	const head = panelHead('Next', width, look, 'one thing: do this now, users are on it', 'production');
	const start: Row = [span(`${glyphs.cursor} `, 'accent'), span('5  ', 'accent', {bold: true})];
	const items = report ? itemsOfWatch(report) : [];
	const first = firstDue(items);
	const left = items.filter(({state}) => state.state === 'open').length;
	const until = report ? `until ${clockTime(report.watch.endsAt, timeZone)}` : `for ${minutes} min`;
	const right: Row = first ? [span(`due by ${clockTime(first.phase.until, timeZone)}`, 'attention')] : [];
	const title: Row = first
		? [span(first.state.item.title, 'value', {bold: true}), span(`, by hand: first of ${left} to sign`, 'muted')]
		: [span(report ? 'Watch what is live' : 'Watch what is live, its items come with the first round')];
	const room = Math.max(0, width - widthOf(right) - 1);
	return [
		head,
		justify(fit([...start, ...title], room, glyphs.cut), right, width),
		...paragraph('', `the watch has begun and goes on by itself ${until}`, width, 'muted', 3),
	];
};

import {memo} from 'react';
import {age, moment} from '../../domain/format.ts';
import {selectActiveRun, selectLost} from '../../store/runs/active-run.ts';
import type {CockpitState} from '../../store/create-store.ts';
import {hostNow} from '../../store/overview/overview-facts.ts';
import {besideTabs, tabs, type ScreenName} from '../../store/navigation.ts';
import {selectActiveWatch} from '../../store/health/health-places.ts';
import {stopwatch} from '../kit/times.ts';
import {Rows} from '../kit/draw-rows.tsx';
import type {Glyphs} from '../kit/glyphs.ts';
import type {Look} from '../kit/layout.ts';
import {justify, span, type Row} from '../kit/rows.ts';
import {useTheme} from '../kit/theme.tsx';
import {useCockpit} from '../kit/use-cockpit.ts';

type HeaderView = ReturnType<typeof viewOf>;

/** The name of a screen beside the tabs, while it is shown. */
const besideSpans = (active: ScreenName, hasColour: boolean): Row =>
	besideTabs
		.filter(({screen}) => screen === active)
		.map(({name}) => span(hasColour ? ` ${name} ` : `[${name}]`, 'value', {inverse: true}));

const tabSpans = (active: ScreenName, width: number, hasColour: boolean): Row => [
	...numberedSpans(active, besideTabs.some(({screen}) => screen === active) ? 0 : width, hasColour),
	...besideSpans(active, hasColour),
];

/** Below 100 columns there is room for numbers alone. */
const numberedSpans = (active: ScreenName, width: number, hasColour: boolean): Row =>
	tabs.flatMap(({name, screen}, index): Row => {
		const number = String(index + 1);
		const isActive = screen === active;
		if (isActive) {
			const text = `${number} ${name}`;
			return [
				span(hasColour ? ` ${text} ` : `[${text}]`, 'value', {inverse: true}),
				span(width < 100 ? ' ' : ''),
			];
		}
		return [span(width < 100 ? `${number} ` : ` ${number} ${name} `, 'muted')];
	});

/** What is not known to be well is not drawn as if it were. */
const watchSpans = ({seconds, isBad, isOld, hasEnded}: NonNullable<HeaderView['watch']>, glyphs: Glyphs): Row => {
	const mark = isBad
		? span(glyphs.attention, 'danger')
		: isOld
			? span(glyphs.unclear, 'attention')
			: span(glyphs.running[0] ?? '', 'accent');
	const text = hasEnded ? 'bad' : stopwatch(seconds * 1000);
	return [mark, span(` watch ${text}`, isBad ? 'danger' : 'value', {bold: isBad}), span('  ')];
};

const stateSpans = ({run, lost, watch, isConnected}: HeaderView, width: number, glyphs: Glyphs): Row => {
	if (lost)
		return [span(`${glyphs.failed} ${lost.environment} lost ${age(lost.seconds * 1000)}`, 'danger', {bold: true})];
	const link: Row =
		isConnected === undefined
			? [span(`${glyphs.unclear} ssh`, 'muted')]
			: [span(isConnected ? glyphs.healthy : glyphs.failed, isConnected ? 'success' : 'danger'), span(' ssh')];
	const watched = watch && (!run || watch.isBad || width >= 120) ? watchSpans(watch, glyphs) : [];
	if (!run) return [...watched, ...link];
	const mark = run.hasFailed
		? span(glyphs.failed, 'danger')
		: run.isAsking
			? span(glyphs.attention, 'attention')
			: span(glyphs.running[0] ?? '', 'accent');
	const place: Row = run.isAsking
		? [span(` ${run.what} asks`, 'attention', {bold: true})]
		: [span(run.isGoingBack ? ' going back' : ` ${run.what} ${run.step}/${run.of}`)];
	return [...watched, mark, ...place, span('  '), ...link];
};

/** One line: project, tabs, the run under way, the connection, the time. A lost host takes the place of both. */
const headerRow = (view: HeaderView, width: number, {glyphs, hasColour}: Look): Row => {
	const left: Row = [
		span(' '),
		span(view.project, 'value', {bold: true}),
		span(' '),
		...tabSpans(view.screen, width, hasColour),
	];
	const time = (view.run || view.watch) && width < 132 ? view.time.replace(/^\w+ \d+ \w+ /, '') : view.time;
	return justify(left, [...stateSpans(view, width, glyphs), span('  '), span(time, 'muted'), span(' ')], width);
};

const viewOf = (state: CockpitState) => {
	const [lost] = selectLost(state);
	const links = Object.values(state.links).filter(link => link !== undefined);
	// Soak and window go by the clocks of the hosts, so that is the time that is shown, once one has answered.
	const clock = state.environments.findLast(({status}) => status !== undefined);
	const zone = (clock ?? state.environments.find(({tier}) => tier !== 'local'))?.timeZone ?? 'UTC';
	return {
		project: state.project,
		screen: state.screen,
		run: selectActiveRun(state),
		/** Of a production run; the same on every screen. */
		watch: selectActiveWatch(state),
		/** Name of a lost environment, and for how many seconds. */
		lost: lost && {
			environment: lost.environment,
			seconds: Math.max(0, Math.floor((state.now - lost.since) / 1000)),
		},
		/** Whether any connection is up; undefined before the first answer. */
		isConnected:
			links.length === 0 ? undefined : links.some(({state}) => state === 'ready' || state === 'degraded'),
		/** `Tue 10 Feb 11:20 IST` */
		time: moment(clock ? hostNow(clock, state.now) : state.now, zone),
	};
};

/** Compared as text, so that a tick which changes nothing draws nothing. */
const selectView = (state: CockpitState): string => JSON.stringify(viewOf(state));

export const Header = memo(function Header({width}: {readonly width: number}) {
	const theme = useTheme();
	const view = useCockpit(selectView);
	return <Rows rows={[headerRow(JSON.parse(view) as HeaderView, width, theme)]} />;
});

import type {AppName} from '../../../domain/environments/environment.ts';
import {addressOf, primaryHost} from '../../../domain/environments/environment.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import type {EnvironmentHealth, HealthPage, HealthPanel, WatchWayBack} from '../../../store/health/health.ts';
import {
	healthNow,
	isHealthOld,
	selectHealthPlace,
	selectPlaces,
	selectWatchItem,
	type HealthPlace,
} from '../../../store/health/health-places.ts';
import type {EnvironmentView} from '../../../store/overview/overview.ts';
import {age} from '../../../domain/format.ts';
import {span, type Row} from '../../kit/rows.ts';
import type {Look} from '../../kit/layout.ts';

/** What the screen is drawn from. */
export type HealthView = {
	readonly places: readonly HealthPlace[];
	readonly place: HealthPlace | undefined;
	/** Id of the item under the cursor. */
	readonly item: string | undefined;
	readonly panel: HealthPanel;
	/** Rows above the probes and above the comparisons that are in sight. */
	readonly scroll: {readonly probes: number; readonly comparisons: number};
	readonly pending: CockpitState['watchPending'];
	readonly wayBack: WatchWayBack | undefined;
	readonly environments: readonly EnvironmentView[];
	/** By this machine. */
	readonly now: number;
};

/** Of the whole state, what the screen is drawn from. */
export type HealthState = Pick<
	CockpitState,
	'healths' | 'healthPlace' | 'healthPanel' | 'watchPending' | 'watchWaysBack' | 'environments' | 'lists' | 'now'
>;

/** Rows of a panel, how many more there are of what it lists, and how many of them a page goes by; absent: all are in sight. */
export type Scrolled = {readonly rows: readonly Row[]; readonly hidden: number; readonly page?: HealthPage | undefined};

/** The list that moves without a cursor: probes, or in a watch the comparisons. */
export const scrolledList = (
	state: Pick<CockpitState, 'healths' | 'healthPlace'>,
): 'probes' | 'comparisons' | undefined => {
	const place = selectHealthPlace(state);
	return place && (place.kind === 'host' ? 'probes' : 'comparisons');
};

export const viewOf = (state: HealthState): HealthView => {
	const place = selectHealthPlace(state);
	return {
		places: selectPlaces(state),
		place,
		item: selectWatchItem(state)?.state.item.id,
		panel: state.healthPanel,
		scroll: {probes: state.lists.probes.scroll, comparisons: state.lists.comparisons.scroll},
		pending: state.watchPending,
		wayBack: place?.kind === 'watch' ? state.watchWaysBack[place.report.watch.run] : undefined,
		environments: state.environments,
		now: state.now,
	};
};

/** `2 s ago`; what is old in attention, what never came in words. */
export const ageRow = (health: EnvironmentHealth, now: number, {glyphs}: Look): Row => {
	if (health.readAt === undefined) return [span(`${glyphs.unclear} asking`, 'muted')];
	const ago = `${age(Math.max(0, now - health.readAt))} ago`;
	return isHealthOld(health, now) ? [span(`${glyphs.unclear} ${ago}`, 'attention')] : [span(ago, 'muted')];
};

/** The clock of the environment, this machine's before the first round. */
export const hostTime = (health: EnvironmentHealth, now: number): number => healthNow(health, now) ?? now;

/** `ubuntu@10.0.0.7`, the primary host. */
export const addressIn = ({environment}: EnvironmentHealth): string => addressOf(primaryHost(environment));

/** The reading of the overview of one app: which build, since when. */
export const liveIn = ({environments}: HealthView, {environment}: EnvironmentHealth, app: AppName) =>
	environments.find(({name}) => name === environment.name)?.status?.[app];

/** Title of a panel, with the focus or without. */
export const focusedTitle = (title: string, isFocused: boolean, {glyphs}: Look): Row =>
	isFocused ? [span(`${glyphs.prompt} ${title}`, 'accent', {bold: true})] : [span(title, 'value', {bold: true})];

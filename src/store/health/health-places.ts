import type {ItemState} from '../../domain/checklist/sign-off.ts';
import type {AppName} from '../../domain/environments/environment.ts';
import {probeTerms} from '../../domain/environments/watched.ts';
import {carriedOn} from '../../domain/host-clock.ts';
import {memoOn} from '../../domain/memo.ts';
import {isAccepted} from '../../domain/watch/watches.ts';
import type {WatchPhase, WatchReport} from '../../domain/watch/watch-report.ts';
import type {ProbeReading} from '../../domain/probes/probe.ts';
import type {CockpitState} from '../create-store.ts';
import type {EnvironmentHealth} from './health.ts';

/** What the screen can show: the watch of one run, or the probes of one host. Its id stays while it is there. */
export type HealthPlace = {readonly id: string; readonly health: EnvironmentHealth} & (
	| {readonly kind: 'watch'; readonly report: WatchReport}
	| {readonly kind: 'host'; readonly host: string}
);

/** Id of the watch of an app; it may not have begun. */
export const watchPlaceId = (environment: string, app: AppName): string => `${environment} watch ${app}`;

const placesOf = (health: EnvironmentHealth): readonly HealthPlace[] => {
	const {name, hosts} = health.environment;
	return [
		...health.reports.map((report): HealthPlace => ({
			id: watchPlaceId(name, report.watch.app),
			health,
			kind: 'watch',
			report,
		})),
		...hosts.map((host): HealthPlace => ({id: `${name} ${host.name}`, health, kind: 'host', host: host.name})),
	];
};

/** The last environment of the promotion first: it is the one that has users. One place for each id. */
const placesIn = memoOn((healths: readonly EnvironmentHealth[]): readonly HealthPlace[] => {
	const all = healths.toReversed().flatMap(placesOf);
	return all.filter(({id}, index) => all.findIndex(one => one.id === id) === index);
});

type Shown = Pick<CockpitState, 'healths' | 'healthPlace'>;

export const selectPlaces = ({healths}: Pick<CockpitState, 'healths'>): readonly HealthPlace[] => placesIn(healths);

/** What is shown. */
export const selectHealthPlace = (state: Shown): HealthPlace | undefined => {
	const places = selectPlaces(state);
	return places.find(({id}) => id === state.healthPlace) ?? places[0];
};

/** The report that is shown. */
export const selectReport = (state: Shown): WatchReport | undefined => {
	const place = selectHealthPlace(state);
	return place?.kind === 'watch' ? place.report : undefined;
};

const appNames = ['backend', 'frontend'] as const satisfies readonly AppName[];

/**
 * The app somebody would go back with on what is shown: the one that is watched; on a host the one whose watch is bad, else
 * one whose probes fail, else the one the other screens speak of.
 */
export const selectHealthApp = (state: Shown & Pick<CockpitState, 'app'>): AppName => {
	const place = selectHealthPlace(state);
	if (!place) return state.app;
	if (place.kind === 'watch') return place.report.watch.app;
	const {reports, readings} = place.health;
	const isHere = ({host}: ProbeReading): boolean => host === undefined || host === place.host;
	const bad = appNames.filter(app => reports.some(({watch, isBad}) => isBad && watch.app === app));
	const failing = appNames.filter(app =>
		readings.some(reading => reading.app === app && reading.state === 'fail' && isHere(reading)),
	);
	const inTrouble = bad.length > 0 ? bad : failing;
	return inTrouble.includes(state.app) ? state.app : (inTrouble[0] ?? state.app);
};

/** An item of a watch, in its phase. */
export type WatchItem = {readonly phase: WatchPhase; readonly state: ItemState};

export const itemsOfWatch = ({phases}: Pick<WatchReport, 'phases'>): readonly WatchItem[] =>
	phases.flatMap(phase => phase.items.map(state => ({phase, state})));

/** The item under the cursor; before the first key the first one that is due. */
export const selectWatchItem = (state: Shown & Pick<CockpitState, 'lists'>): WatchItem | undefined => {
	const report = selectReport(state);
	const items = report ? itemsOfWatch(report) : [];
	return items.find(({state: {item}}) => item.id === state.lists.health.cursor) ?? firstDue(items) ?? items[0];
};

/** The first one to sign; one whose phase has begun goes before those to come, which follow in their order anyway. */
export const firstDue = (items: readonly WatchItem[]): WatchItem | undefined =>
	items.find(({state}) => state.state === 'open');

/** What the probe of an item saw in the last round; undefined where it has none, or was not asked. */
export const readingOfItem = ({readings}: EnvironmentHealth, item: string): ProbeReading | undefined =>
	readings.find(({probe}) => probe === `checklist.${item}`);

export const pendingItem = (
	{watchPending}: Pick<CockpitState, 'watchPending'>,
	run: string,
	item: string,
): CockpitState['watchPending'][number] | undefined =>
	watchPending.findLast(one => one.run === run && one.item === item);

/** The clock of the primary host; undefined before the first round. */
export const healthNow = ({time, readAt}: EnvironmentHealth, now: number): number | undefined =>
	carriedOn({time, readAt}, now);

/** How old what a probe found is, by the time that has passed here. */
export const readingAge = ({foundAt, readAt}: EnvironmentHealth, probe: string, now: number): number =>
	Math.max(0, now - (foundAt[probe] ?? readAt ?? now));

/** Whether two rounds should have come since the last one; what never came is not old but unknown. */
export const isHealthOld = ({readAt, environment}: EnvironmentHealth, now: number): boolean =>
	readAt !== undefined && now - readAt > 2 * probeTerms(environment).everyMs;

/** It goes on: it was not ended, and its time is not over. */
export const isOn = ({watch}: WatchReport, hostNow: number): boolean =>
	watch.ended === undefined && hostNow < watch.endsAt;

/** It is over, was bad, and nobody has decided: what it saw is as live as before its end. */
export const isEndedBad = (report: WatchReport, hostNow: number): boolean =>
	report.isBad && report.watch.ended?.outcome !== 'replaced' && !isOn(report, hostNow);

/** A watch as every screen shows it in its head. */
export type ActiveWatch = {
	/** Seconds it has been on. */
	readonly seconds: number;
	readonly isBad: boolean;
	/** It is over, and still bad. */
	readonly hasEnded: boolean;
	/** Nothing new has come for two rounds. */
	readonly isOld: boolean;
};

/** The watch that goes on in production, or ended bad; of several the one that is bad, else the one that began last. */
export const selectActiveWatch = ({healths, now}: Pick<CockpitState, 'healths' | 'now'>): ActiveWatch | undefined => {
	const on = healths.flatMap(health => {
		const at = healthNow(health, now);
		if (at === undefined || health.environment.tier !== 'production') return [];
		return health.reports
			.filter(report => isOn(report, at) || isEndedBad(report, at))
			.map(report => ({
				seconds: Math.max(0, Math.floor((at - report.watch.startedAt) / 1000)),
				isBad: report.isBad,
				hasEnded: !isOn(report, at),
				isOld: isHealthOld(health, now),
			}));
	});
	const rank = ({isBad, hasEnded}: ActiveWatch): number => (isBad ? (hasEnded ? 1 : 0) : 2);
	return on.toSorted((a, b) => rank(a) - rank(b) || a.seconds - b.seconds)[0];
};

/**
 * What somebody would accept now: probes that are worse and triggers that stand fired, as far as nobody has. One that
 * fired again since then is something new.
 */
export const unaccepted = ({watch, comparisons, triggers}: WatchReport): readonly string[] => [
	...new Set([
		...triggers
			.filter(({state, id, since}) => state === 'fired' && !isAccepted(watch, id, since))
			.map(({id}) => id),
		// Behind its end a trigger is quiet again where the trouble is over: that it ended bad stands all the same.
		...(watch.ended?.outcome === 'bad' ? watch.fired.filter(id => !isAccepted(watch, id)) : []),
		...comparisons
			.filter(({verdict, probe}) => verdict === 'worse' && !isAccepted(watch, probe))
			.map(({probe}) => probe),
	]),
];

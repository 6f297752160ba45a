import type {StateCreator} from 'zustand';
import type {LocalReading} from '../../app/runs/read-local.ts';
import type {HealthReading, HostProblem, HostReading} from '../../app/status/status.ts';
import type {OverviewEvent} from '../../app/status/watch-overview.ts';
import type {Tier} from '../../domain/environments/environment.ts';
import type {SessionStatus} from '../../domain/ports.ts';
import type {CockpitState} from '../create-store.ts';

/** One health answer in the sparkline; `durationMs` is absent when it was not good. `at`: epoch milliseconds. */
export type SparklineSample = {readonly at: number; readonly durationMs?: number};

/** One environment as the overview shows it. Facts carry the time they were read; the screen derives their age. */
export type EnvironmentView = {
	readonly name: string;
	readonly title: string;
	readonly tier: Tier;
	readonly timeZone: string;
	/** Last answer of the primary host; kept while it is silent, for it is all there is. */
	readonly status: HostReading | undefined;
	/** Epoch milliseconds of that answer. */
	readonly readAt: number | undefined;
	readonly health?: HealthReading & {readonly at: number};
	/** Oldest first, at most 14. */
	readonly samples?: readonly SparklineSample[];
	/** Why the last poll had no answer, since when, and how many polls it has been. */
	readonly silence?: HostProblem & {readonly since: number; readonly tries: number};
	/** Epoch milliseconds of the next poll; undefined when none is planned. */
	readonly nextAt?: number | undefined;
};

export type OverviewSlice = {
	/** In promotion order. */
	readonly environments: readonly EnvironmentView[];
	readonly local: (LocalReading & {readonly at: number}) | undefined;
	/** Applies what was learnt, oldest first, as one change. */
	readonly applyOverview: (events: readonly OverviewEvent[]) => void;
};

const keptSamples = 14;

/** Adds one event to what is known. Pure; environments that are not in the set are ignored. */
const foldView = (view: EnvironmentView, event: OverviewEvent): EnvironmentView => {
	switch (event.type) {
		case 'host.answered': {
			const {silence: _, ...rest} = view;
			return {...rest, status: event.reading, readAt: event.at};
		}
		case 'host.silent': {
			const {since = event.at, tries = 0} = view.silence ?? {};
			return {...view, silence: {...event.problem, since, tries: tries + 1}};
		}
		case 'health.answered': {
			const {at, reading} = event;
			const sample = {at, ...(reading.isGood ? {durationMs: reading.durationMs} : {})};
			return {
				...view,
				health: {...reading, at},
				samples: [...(view.samples ?? []), sample].slice(-keptSamples),
			};
		}
		case 'poll.planned':
			return {...view, nextAt: event.nextAt};
		case 'link.changed':
		case 'local.read':
			return view;
	}
};

export const isDown = ({state}: SessionStatus): boolean => state === 'failed' || state === 'reconnecting';

/** A link that fails, is tried again and fails again has been lost since the first time. */
const foldLink = (before: SessionStatus | undefined, now: SessionStatus): SessionStatus =>
	before && isDown(before) && isDown(now) ? {...now, since: before.since} : now;

const isSameLink = (a: SessionStatus | undefined, b: SessionStatus): boolean =>
	a !== undefined &&
	a.state === b.state &&
	a.since === b.since &&
	a.reason === b.reason &&
	a.attempt === b.attempt &&
	a.retryAt === b.retryAt &&
	Math.round(a.rttMs ?? -1) === Math.round(b.rttMs ?? -1);

type Known = Pick<CockpitState, 'environments' | 'links' | 'local'>;

const fold = (known: Known, event: OverviewEvent): Known => {
	if (event.type === 'local.read') return {...known, local: {...event.reading, at: event.at}};
	if (event.type === 'link.changed') {
		const before = known.links[event.environment];
		const link = foldLink(before, event.status);
		return isSameLink(before, link) ? known : {...known, links: {...known.links, [event.environment]: link}};
	}
	const {environments} = known;
	return {
		...known,
		environments: environments.map(view => (view.name === event.environment ? foldView(view, event) : view)),
	};
};

export const createOverviewSlice =
	(environments: readonly EnvironmentView[]): StateCreator<CockpitState, [], [], OverviewSlice> =>
	(set, get) => ({
		environments,
		local: undefined,
		applyOverview: events => {
			const {environments, links, local} = get();
			const known = {environments, links, local};
			set(events.reduce(fold, known));
		},
	});

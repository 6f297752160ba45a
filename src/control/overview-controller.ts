import type {AppServices} from '../app/app-services.ts';
import {watchOverview, type OverviewEvent, type OverviewWatch} from '../app/status/watch-overview.ts';
import type {Environment} from '../domain/environments/environment.ts';
import {hasCode} from '../domain/errors.ts';
import type {Clock, LocalPort} from '../domain/ports.ts';
import type {Part} from './controller.ts';
import type {CockpitStore} from '../store/create-store.ts';

/** At most one change of the store in this time: several hosts that answer at once make one frame. */
const publishMs = 100;
const tickMs = 1000;

/** Runs `act` every `ms` until the signal aborts; a pause that is cut ends it. */
const every = async (clock: Clock, ms: number, signal: AbortSignal, act: () => void): Promise<void> => {
	try {
		while (!signal.aborted) {
			await clock.wait(ms, signal);
			act();
		}
	} catch (error) {
		if (!hasCode(error, 'cancelled')) throw error;
	}
};

/** Hands on the first event at once and what follows in batches. */
const createPublisher = (clock: Clock, signal: AbortSignal, publish: (events: readonly OverviewEvent[]) => void) => {
	let waiting: OverviewEvent[] = [];
	let isQuiet = true;
	const flush = (): void => {
		const events = waiting;
		waiting = [];
		isQuiet = events.length === 0;
		if (isQuiet || signal.aborted) return;
		publish(events);
		clock.wait(publishMs, signal).then(flush, () => undefined);
	};
	return (event: OverviewEvent): void => {
		waiting.push(event);
		if (isQuiet) flush();
	};
};

/**
 * Fills the overview's part of the store: polls of all environments, states of connections, the clock. It draws and
 * changes nothing. Starting twice is starting once.
 */
export const createOverviewController = (options: {
	readonly services: AppServices;
	readonly environments: readonly Environment[];
	readonly store: CockpitStore;
	/** Absent: nothing is said about this machine. */
	readonly local?: LocalPort;
}): Part => {
	const {services, environments, store, local} = options;
	const {clock} = services;
	let active:
		| {readonly watch: OverviewWatch; readonly ending: AbortController; readonly ticking: Promise<void>}
		| undefined;

	return {
		start: () => {
			if (active) return;
			const ending = new AbortController();
			const {signal} = ending;
			const emit = createPublisher(clock, signal, events => store.getState().applyOverview(events));
			const ticking = every(clock, tickMs, signal, () => store.getState().tick(clock.now()));
			const watch = watchOverview({services, environments, emit, ...(local ? {local} : {})});
			active = {watch, ending, ticking};
		},
		stop: async () => {
			const ended = active;
			active = undefined;
			ended?.ending.abort();
			await Promise.all([ended?.watch.stop(), ended?.ticking]);
		},
		refresh: () => active?.watch.refresh(),
	};
};

import {repeat} from '../../app/repeat.ts';
import {watchOverview, type OverviewEvent} from '../../app/status/watch-overview.ts';
import type {LocalPort} from '../../domain/ports.ts';
import {createBatch} from '../batch.ts';
import type {ControlOptions, Part} from '../part.ts';

/** At most one change of the store in this time: several hosts that answer at once make one frame. */
const publishMs = 100;
const tickMs = 1000;

/**
 * Fills the overview's part of the store: polls of all environments, states of connections, the clock. It draws and
 * changes nothing. Starting twice is starting once.
 */
export const createOverviewController = ({
	services,
	environments,
	store,
	onFault,
	local,
}: Omit<ControlOptions, 'checklists'> & {
	/** Absent: nothing is said about this machine. */
	readonly local?: LocalPort;
}): Part => {
	const {clock} = services;
	let active: {readonly stop: () => Promise<unknown>; readonly refresh: () => void} | undefined;

	const begin = (): typeof active => {
		const ending = new AbortController();
		const batch = createBatch<OverviewEvent>({
			clock,
			everyMs: publishMs,
			apply: events => store.getState().applyOverview(events),
			onFault,
			signal: ending.signal,
		});
		const ticking = repeat(clock, async () => {
			store.getState().tick(clock.now());
			return tickMs;
		});
		const watch = watchOverview({services, environments, emit: batch.push, ...(local ? {local} : {})});
		return {
			refresh: watch.refresh,
			stop: () => {
				ending.abort();
				return Promise.all([watch.stop(), ticking.stop()]);
			},
		};
	};

	return {
		start: () => {
			active ??= begin();
		},
		stop: async () => {
			const ended = active;
			active = undefined;
			await ended?.stop();
		},
		refresh: () => active?.refresh(),
	};
};

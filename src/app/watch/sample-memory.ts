import type {Environment} from '../../domain/environments/environment.ts';
import {watchTerms} from '../../domain/environments/watched.ts';
import type {SampleStore} from '../../domain/ports.ts';
import type {ProbeReading} from '../../domain/probes/probe.ts';
import type {Watch} from '../../domain/watch/watch.ts';
import {targetIn} from '../target-of.ts';

const minuteMs = 60_000;
/** What another cockpit of this machine found may come later than what this one has. */
const overlapMs = minuteMs;

/** What a watch is judged by, read once from the store and then as it grows. */
export const createSampleMemory = (store: SampleStore, environment: Environment) => {
	const {project, name} = environment;
	const kept = new Map<
		string,
		{readonly from: number; readUntil: number; readonly readings: Map<string, ProbeReading>}
	>();

	/** From the swap to the end of its run an app is neither as before nor as since: it is being tried. */
	const isSettled = ({startedAt, app}: Watch, {at, app: about}: ProbeReading): boolean =>
		about !== app || at >= startedAt || at < startedAt - targetIn(environment, app).health.withinMs;

	return {
		/** Readings about a watch up to `until`, oldest first; epoch milliseconds by the host. */
		of: (watch: Watch, until: number): readonly ProbeReading[] => {
			const from = watch.startedAt - (watch.minutes ?? watchTerms(environment).minutes) * minuteMs;
			const found = kept.get(watch.run) ?? {from, readUntil: from, readings: new Map<string, ProbeReading>()};
			kept.set(watch.run, found);
			const fresh = store.read(
				{project, environment: name},
				{from: Math.max(from, found.readUntil - overlapMs), until: until + 1},
			);
			for (const reading of fresh)
				if (isSettled(watch, reading)) found.readings.set(`${reading.at} ${reading.probe}`, reading);
			found.readUntil = Math.max(found.readUntil, until);
			return [...found.readings.values()].filter(({at}) => at <= until).sort((a, b) => a.at - b.at);
		},
	};
};

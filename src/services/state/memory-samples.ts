import {forgottenMs, type KnownSignature} from '../../domain/logs/log.ts';
import type {SampleStore} from '../../domain/ports.ts';
import type {ProbeReading} from '../../domain/probes/probe.ts';

/** How long readings are kept: those before and after a run, and some to look at. */
const keptMs = 3 * 3_600_000;

/** Keeps samples while the process lives: for where nothing can be written. */
export const createMemorySamples = (): SampleStore => {
	const readings = new Map<string, Map<string, ProbeReading>>();
	const kinds = new Map<string, Map<string, KnownSignature>>();
	const told = new Set<string>();
	type Id = {readonly project: string; readonly environment: string};
	const keyOf = ({project, environment}: Id): string => `${project}/${environment}`;
	return {
		add: (id, found) => {
			const kept = readings.get(keyOf(id)) ?? new Map<string, ProbeReading>();
			for (const reading of found) {
				const key = `${reading.at} ${reading.probe}`;
				if (!kept.has(key)) kept.set(key, reading);
			}
			const newest = Math.max(...found.map(({at}) => at));
			for (const [key, {at}] of kept) {
				if (at >= newest - keptMs) break;
				kept.delete(key);
			}
			readings.set(keyOf(id), kept);
		},
		read: (id, {from, until, probe}) =>
			[...(readings.get(keyOf(id))?.values() ?? [])]
				.filter(one => one.at >= from && one.at < until && (probe === undefined || one.probe === probe))
				.sort((a, b) => a.at - b.at),
		signatures: id => [...(kinds.get(keyOf(id))?.values() ?? [])],
		addSignatures: (id, seen) => {
			const kept = kinds.get(keyOf(id)) ?? new Map<string, KnownSignature>();
			for (const one of seen) {
				const key = `${one.log} ${one.signature}`;
				const before = kept.get(key);
				kept.set(
					key,
					before
						? {
								...before,
								firstAt:
									one.firstAt - before.lastAt > forgottenMs
										? one.firstAt
										: Math.min(before.firstAt, one.firstAt),
								lastAt: Math.max(before.lastAt, one.lastAt),
								count: before.count + one.count,
							}
						: one,
				);
			}
			kinds.set(keyOf(id), kept);
		},
		tellOnce: (id, key) => {
			const whole = `${keyOf(id)} ${key}`;
			if (told.has(whole)) return true;
			told.add(whole);
			return false;
		},
		close: () => undefined,
	};
};

import type {ProbeReading} from '../../domain/probes/probe.ts';
import type {EnvironmentHealth} from '../../store/health/health.ts';
import {healthNow} from '../../store/health/health-places.ts';
import {historyMs, percentile95} from '../../store/health/probe-history.ts';
import type {ControlOptions} from '../part.ts';

const dayMs = 24 * 60 * 60_000;

/** What is usual is not said of fewer samples than these. */
const leastUsual = 20;

/** Fills in what was found here before this cockpit began, or by others on this machine: one hour to draw, one day to compare. */
export const rememberSamples = (
	{services, store}: Pick<ControlOptions, 'services' | 'store'>,
	health: EnvironmentHealth,
): void => {
	const now = healthNow(health, services.clock.now());
	if (now === undefined) return;
	const {project, name} = health.environment;
	const probes = health.readings.filter(({kind}) => kind === 'http').map(({probe}) => probe);
	const read = (probe: string, from: number, until: number): readonly ProbeReading[] =>
		services.samples.read({project, environment: name}, {from, until, probe});
	const usual = probes.flatMap(probe => {
		const times = read(probe, now - dayMs, now - historyMs).flatMap(({state, value}) =>
			state === 'pass' && value !== undefined ? [value] : [],
		);
		const found = percentile95(times, leastUsual);
		return found === undefined ? [] : [[probe, found] as const];
	});
	const recent = probes.flatMap(probe => read(probe, now - historyMs, now + 1));
	store.getState().rememberHealth(name, recent, Object.fromEntries(usual));
};

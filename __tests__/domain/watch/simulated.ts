import type {ProbeReading} from '../../../src/domain/probes/probe.ts';
import type {Random} from '../oracle/random.ts';

const between = (random: Random, low: number, high: number): number => low + (high - low) * random.share();

/** Source: Box and Muller, Annals of Mathematical Statistics 29 (1958). */
const normal = (random: Random): number =>
	Math.sqrt(-2 * Math.log(1 - random.share())) * Math.cos(2 * Math.PI * random.share());

/** How one address answers. */
export type Answers = {
	/** Of the logarithm of its times. */
	readonly sigma: number;
	/** Of one answer with the one 5 s before it. */
	readonly correlation: number;
	/** Bursts an hour in which it is slower, and how long one lasts. */
	readonly burstsPerHour: number;
	readonly burstMs: number;
	/** By how much its level moves up and down, as a logarithm, and how long that takes. */
	readonly driftBy: number;
	readonly driftMs: number;
};

/** Addresses as they are found: steady and uneven ones, some with bursts, all drifting. */
export const someAnswers = (random: Random): Answers => ({
	sigma: between(random, 0.08, 0.25),
	correlation: between(random, 0, 0.4),
	burstsPerHour: between(random, 0, 6),
	burstMs: between(random, 5000, 30_000),
	driftBy: between(random, 0, 0.06),
	driftMs: between(random, 20, 120) * 60_000,
});

type Simulation = {
	readonly random: Random;
	readonly answers: Answers;
	readonly probe: string;
	readonly swapAt: number;
	readonly everyMs: number;
	readonly minutes: number;
	/** Times since the swap, in those before. */
	readonly times?: number;
};

/** What a probe finds each `everyMs` from so many minutes before a swap until as many after it. */
export const simulate = (simulation: Simulation): readonly ProbeReading[] => {
	const {random, answers, probe, swapAt, everyMs, minutes, times = 1} = simulation;
	const level = Math.log(20) + between(random, 0, Math.log(50));
	const began = between(random, 0, 2 * Math.PI);
	const near = answers.correlation ** (everyMs / 5000);
	let noise = normal(random);
	let burst = {until: 0, by: 0};
	const readings: ProbeReading[] = [];
	for (let at = swapAt - minutes * 60_000; at <= swapAt + minutes * 60_000; at += everyMs) {
		noise = near * noise + Math.sqrt(1 - near * near) * normal(random);
		if (random.chance((answers.burstsPerHour * everyMs) / 3_600_000))
			burst = {
				until: at - answers.burstMs * Math.log(1 - random.share()),
				by: between(random, Math.log(1.3), Math.log(3)),
			};
		const drift = answers.driftBy * Math.sin(began + (2 * Math.PI * at) / answers.driftMs);
		const tail = random.chance(0.01) ? between(random, 0.5, 2) : 0;
		const value = Math.exp(
			level +
				answers.sigma * noise +
				drift +
				tail +
				(at < burst.until ? burst.by : 0) +
				(at >= swapAt ? Math.log(times) : 0),
		);
		readings.push({
			probe,
			title: probe,
			kind: 'http',
			at,
			state: 'pass',
			value: Math.round(value * 10) / 10,
			unit: 'ms',
			text: `200 in ${Math.round(value)} ms`,
		});
	}
	return readings;
};

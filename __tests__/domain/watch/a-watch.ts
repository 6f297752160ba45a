import type {ProbeReading} from '../../../src/domain/probes/probe.ts';
import type {Watch} from '../../../src/domain/watch/watch.ts';

/** When the run ended that is watched, by the host. */
export const swapAt = Date.parse('2026-02-10T05:58:00Z');

export const aWatch = (changes: Partial<Watch> = {}): Watch => ({
	run: 'r1',
	kind: 'deploy',
	environment: 'production',
	app: 'backend',
	release: '20260210T055700Z-7f3a9c2',
	commit: '7f3a9c2'.padEnd(40, '0'),
	by: 'Ravi',
	startedAt: swapAt,
	endsAt: swapAt + 30 * 60_000,
	isRecorded: true,
	fired: [],
	accepted: [],
	...changes,
});

/** A reading that is good unless it says otherwise. */
export const reading = (probe: string, more: Partial<ProbeReading>): ProbeReading => ({
	probe,
	title: probe,
	kind: 'http',
	at: swapAt,
	state: 'pass',
	text: '200 in 60 ms',
	...more,
});

/** Good answers of the API, five seconds apart. */
export const healthSamples = ({
	count,
	from,
	ms = 60,
}: {
	readonly count: number;
	readonly from: number;
	readonly ms?: number;
}): readonly ProbeReading[] =>
	Array.from({length: count}, (_, index) =>
		reading('backend.health', {
			title: 'API health',
			app: 'backend',
			at: from + index * 5000,
			value: ms,
			unit: 'ms',
			text: `200 in ${ms} ms`,
		}),
	);

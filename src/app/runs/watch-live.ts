import type {AppServices} from '../app-services.ts';
import type {HealthPolicy} from '../../domain/health.ts';
import type {LiveAnswer} from '../../domain/releases/live-health.ts';

const everyMs = 1000;
/** While live changes, or users have errors, a second would hide what is to be measured. */
const closelyMs = 50;

/**
 * Asks the app about once a second, as a user would, more closely while live changes, until the signal aborts. Never
 * throws.
 */
export const watchLive = async (
	{probe, clock}: Pick<AppServices, 'probe' | 'clock'>,
	policy: Pick<HealthPolicy, 'url' | 'status'>,
	options: {
		readonly signal: AbortSignal;
		readonly isChanging: () => boolean;
		readonly onAnswer: (answer: LiveAnswer) => void;
	},
): Promise<void> => {
	const {signal, isChanging, onAnswer} = options;
	while (!signal.aborted) {
		const at = clock.now();
		const {durationMs, outcome} = await probe.get(policy.url, {timeoutMs: 5000, signal});
		if (signal.aborted) return;
		const isGood = 'status' in outcome && outcome.status === policy.status;
		onAnswer({at, durationMs, isGood, text: 'status' in outcome ? String(outcome.status) : outcome.error});
		try {
			await clock.wait(isGood && !isChanging() ? everyMs : closelyMs, signal);
		} catch {
			return;
		}
	}
};

import {hasCode} from '../domain/errors.ts';
import type {Session} from '../domain/ports.ts';

const mostCutAtOnce = 20;
const atOnceMs = 2000;

/**
 * Repeats `attempt` over reconnects. Only a lost or unreachable link is tried again: whatever `attempt` does on the
 * host must be safe to ask for twice, which start-or-attach and reads are. Rethrows the last error once the session
 * has not come back within `patienceMs`, or a host that is there has cut what was asked off twenty times, at once each time:
 * it will not take this.
 */
export const persist = async <Result>(
	session: Session,
	options: {readonly patienceMs: number; readonly signal: AbortSignal},
	attempt: () => Promise<Result>,
): Promise<Result> => {
	let cutAtOnce = 0;
	for (;;) {
		const askedAt = performance.now();
		try {
			return await attempt();
		} catch (error) {
			if (!hasCode(error, 'link-lost', 'unreachable')) throw error;
			cutAtOnce = performance.now() - askedAt < atOnceMs ? cutAtOnce + 1 : 0;
			if (cutAtOnce >= mostCutAtOnce) throw error;
			await session.connect(options);
		}
	}
};

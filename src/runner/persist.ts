import {hasCode} from '../domain/errors.ts';
import type {Session} from '../domain/ports.ts';

/**
 * Repeats `attempt` over reconnects. Only a lost or unreachable link is tried again: whatever `attempt` does on the
 * host must be safe to ask for twice, which start-or-attach and reads are. Rethrows the last error once the session
 * has not come back within `patienceMs`.
 */
export const persist = async <Result>(
	session: Session,
	options: {readonly patienceMs: number; readonly signal: AbortSignal},
	attempt: () => Promise<Result>,
): Promise<Result> => {
	for (;;) {
		try {
			return await attempt();
		} catch (error) {
			if (!hasCode(error, 'link-lost', 'unreachable')) throw error;
			await session.connect(options);
		}
	}
};

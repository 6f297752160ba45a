import type {SessionStatus} from '../../domain/ports.ts';

/** The state of a session: since when it is so, and who hears of each change. */
export const createStatusReport = () => {
	const listeners = new Set<(status: SessionStatus) => void>();
	let status: SessionStatus = {state: 'idle', since: Date.now()};
	return {
		get status(): SessionStatus {
			return status;
		},
		report: (changes: Omit<SessionStatus, 'since'>): void => {
			if (status.state === 'closed') return;
			status = {...changes, since: changes.state === status.state ? status.since : Date.now()};
			for (const listener of listeners) {
				try {
					listener(status);
				} catch {
					// A screen that fails must not end the connection a run is using.
				}
			}
		},
		subscribe: (listener: (status: SessionStatus) => void): (() => void) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
};

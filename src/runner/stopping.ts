import {hasCode} from '../domain/errors.ts';

/** Why a run does not come to its end. */
export type Ending = 'cancel' | 'leave' | 'failure';

/** How a run is stopped. The first reason stands; whoever leaves does not wait for its closing either. */
export const createStopping = () => {
	const stopping = new AbortController();
	const leaving = new AbortController();
	let ending: Ending | undefined;
	return {
		signal: stopping.signal,
		/** Aborted when not even the closing of a stopped run is waited for. */
		leaving: leaving.signal,
		get ending() {
			return ending;
		},
		stop: (why: Ending): void => {
			if (why === 'leave') leaving.abort();
			ending ??= why;
			stopping.abort();
		},
	};
};

/** A step that ended only because another one did, or because somebody asked. */
export const isEcho = (error: unknown): boolean =>
	hasCode(error, 'cancelled') || (error instanceof Error && error.name === 'AbortError');

import type {AppServices} from '../../app/app-services.ts';
import {primaryHost, type Environment} from '../../domain/environments/environment.ts';
import {DeployError, hasCode} from '../../domain/errors.ts';
import {isPassing} from './checklist-errors.ts';
import type {CockpitStore} from '../../store/create-store.ts';
import {problemOf} from '../../store/problem-of.ts';

/** From one look at the ledger to the next while the screen is open: a colleague's tick is seen within two seconds. */
const checklistMs = 1000;
const leastPauseMs = 200;
const longestPauseMs = 10_000;

/** Reads the ledger of an environment as long as the checklist is open. */
export type ChecklistReader = {
	/** Begins or ends reading, as the screen is open or not. */
	readonly follow: () => void;
	readonly lookAgain: () => void;
};

export const createChecklistReader = ({
	services,
	environment: tested,
	store,
	stopping,
	onRead,
	onClosed,
	onFault,
}: {
	readonly services: AppServices;
	readonly environment: Environment;
	readonly store: CockpitStore;
	readonly stopping: AbortSignal;
	/** After each look that was answered; the signal ends with the screen. */
	readonly onRead: (signal: AbortSignal) => void;
	readonly onClosed: () => void;
	readonly onFault: (error: unknown) => void;
}): ChecklistReader => {
	const {clock} = services;
	let polling: AbortController | undefined;
	let napping: AbortController | undefined;

	/** One look; answers with the pause before the next, undefined when only a person can help. */
	const look = async (failures: number, signal: AbortSignal): Promise<number | undefined> => {
		const state = store.getState();
		const started = clock.now();
		try {
			const [ledger, actor] = await Promise.all([
				services.ledgers.read(tested, {lane: 'poll', timeoutMs: 10_000, signal}),
				state.checklistActor ?? services.actorFor(primaryHost(tested)),
			]);
			if (signal.aborted) return 0;
			state.checklistRead(ledger, actor, clock.now());
			onRead(signal);
			return Math.max(leastPauseMs, checklistMs - (clock.now() - started));
		} catch (error) {
			if (signal.aborted) return 0;
			if (!(error instanceof DeployError)) onFault(error);
			const {checklistReading, checklistUnread} = store.getState();
			const remembered = checklistReading ? undefined : services.ledgers.remembered(tested);
			checklistUnread(problemOf(error), clock.now(), remembered);
			return isPassing(error) ? Math.min(checklistMs * 2 ** failures, longestPauseMs) : undefined;
		}
	};

	const nap = async (ms: number | undefined, signal: AbortSignal): Promise<void> => {
		const wake = new AbortController();
		napping = wake;
		const either = AbortSignal.any([signal, wake.signal]);
		try {
			if (ms === undefined) await aborted(either);
			else await clock.wait(ms, either);
		} catch (error) {
			if (!hasCode(error, 'cancelled')) throw error;
		}
	};

	const poll = async (signal: AbortSignal): Promise<void> => {
		let failures = 0;
		while (!signal.aborted) {
			const ms = await look(failures, signal);
			failures = store.getState().checklistProblem ? failures + 1 : 0;
			if (!signal.aborted) await nap(ms, signal);
		}
	};

	/** Looks as long as the screen is open. */
	const follow = (): void => {
		const isOpen = store.getState().screen === 'checklist' && !stopping.aborted;
		if (!isOpen) {
			polling?.abort();
			if (polling) onClosed();
			polling = undefined;
			return;
		}
		if (polling) return;
		polling = new AbortController();
		poll(polling.signal).catch(onFault);
	};

	const lookAgain = (): void => napping?.abort();

	return {follow, lookAgain};
};

const aborted = (signal: AbortSignal): Promise<void> =>
	new Promise(resolve => {
		if (signal.aborted) resolve();
		else signal.addEventListener('abort', () => resolve(), {once: true});
	});

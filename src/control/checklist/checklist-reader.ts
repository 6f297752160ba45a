import {backOffMs, isPassing, repeat, type Repeat} from '../../app/repeat.ts';
import {primaryHost} from '../../domain/environments/environment.ts';
import {DeployError} from '../../domain/errors.ts';
import {nothingChanged, problemOf} from '../../store/problem-of.ts';
import type {ChecklistContext} from './checklist-context.ts';

/** From one look at the ledger to the next while the screen is open: a colleague's tick is seen within two seconds. */
const checklistMs = 1000;
const leastPauseMs = 200;
const longestPauseMs = 10_000;

/** Reads the ledger of the tested environment as long as the checklist is open. */
export const createChecklistReader = (
	context: ChecklistContext,
	{
		onOpened,
		onRead,
		onClosed,
	}: {
		readonly onOpened: () => void;
		/** After each look that was answered; the signal ends with the screen. */
		readonly onRead: (signal: AbortSignal) => void;
		readonly onClosed: () => void;
	},
) => {
	const {services, store, ending, onFault} = context;
	let polling: Repeat | undefined;
	return {
		/** Begins or ends reading, as the screen is open or not. */
		follow: (): void => {
			const isOpen = store.getState().screen === 'checklist' && !ending.aborted;
			if (isOpen === (polling !== undefined)) return;
			if (isOpen) {
				onOpened();
				polling = repeat(services.clock, lookOf(context, onRead));
				polling.ended.catch(onFault);
			} else {
				void polling?.stop();
				polling = undefined;
				onClosed();
			}
		},
		lookAgain: (): void => polling?.wake(),
	};
};

/** One look; answers with the pause before the next, undefined when only a person can help. */
const lookOf = (
	{services, environment, store, onFault}: ChecklistContext,
	onRead: (signal: AbortSignal) => void,
): ((signal: AbortSignal) => Promise<number | undefined>) => {
	const {clock, ledgers} = services;
	let failures = 0;
	return async signal => {
		const {checklistActor, checklistRead} = store.getState();
		const started = clock.now();
		try {
			const [ledger, actor] = await Promise.all([
				ledgers.read(environment, {lane: 'poll', timeoutMs: 10_000, signal}),
				checklistActor ?? services.actorFor(primaryHost(environment)),
			]);
			if (signal.aborted) return undefined;
			failures = 0;
			checklistRead(ledger, actor, clock.now());
			onRead(signal);
			return Math.max(leastPauseMs, checklistMs - (clock.now() - started));
		} catch (error) {
			if (signal.aborted) return undefined;
			const isFault = !(error instanceof DeployError);
			if (isFault) onFault(error);
			failures += 1;
			const {checklistReading, checklistUnread} = store.getState();
			const remembered = checklistReading ? undefined : ledgers.remembered(environment);
			checklistUnread(problemOf(error, nothingChanged), clock.now(), remembered);
			const mayPass = isFault || isPassing(error.code);
			return mayPass ? backOffMs(failures, {ms: checklistMs, longestMs: longestPauseMs}) : undefined;
		}
	};
};

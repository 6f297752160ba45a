import {leaveHead, notLeftText} from '../../app/ledger/leave-head.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {ControlOptions} from '../part.ts';

/**
 * Leaves the head of an environment's ledger on its neighbours, beside whatever goes on: one after the other, and for
 * what was signed meanwhile once more, as a later head covers those before it. Says where it could not be left.
 */
export const createHeadLeaver = (
	{services, environments, store, onFault}: Pick<ControlOptions, 'services' | 'environments' | 'store' | 'onFault'>,
	environment: Environment,
	signal?: AbortSignal,
): (() => void) => {
	let isLeaving = false;
	let again = false;
	const leave = async (): Promise<void> => {
		again = false;
		const [not] = await leaveHead(services, environment, environments, {signal});
		if (signal?.aborted) return;
		if (not) store.getState().say('attention', notLeftText(environment, not));
		if (again) await leave();
	};
	return () => {
		if (isLeaving) {
			again = true;
			return;
		}
		isLeaving = true;
		leave()
			.finally(() => {
				isLeaving = false;
			})
			.catch(onFault);
	};
};

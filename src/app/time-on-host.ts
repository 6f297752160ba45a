import type {Environment} from '../domain/environments/environment.ts';
import {carriedOn} from '../domain/host-clock.ts';
import type {AppServices} from './app-services.ts';

/**
 * What the clock of an environment's primary host says now, carried on from when this process last read its ledger; epoch
 * milliseconds. Undefined: it has not.
 */
export const timeOnHost = (
	{ledgers, clock}: Pick<AppServices, 'ledgers' | 'clock'>,
	environment: Environment,
): number | undefined => {
	const read = ledgers.remembered(environment)?.clock;
	return read && carriedOn(read, clock.now());
};

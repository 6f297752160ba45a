import type {AppName, Environment} from '../../domain/environments/environment.ts';
import {watchTerms} from '../../domain/environments/watched.ts';
import type {Watch} from '../../domain/watch/watch.ts';
import {unfinished, watchesIn} from '../../domain/watch/watches.ts';
import type {AppServices} from '../app-services.ts';
import {startedEntry} from './watch-keeper.ts';
import {appendOnce} from '../ledger/append-once.ts';

/**
 * Writes down that the watches of runs that have just ended are on, so that others see it at once. Resolves with them;
 * none where nothing is watched. Throws DeployError as `Session.exec`, `step-failed`: a watch is on all the same.
 */
export const beginWatches = async (
	services: Pick<AppServices, 'sessions' | 'ledgers' | 'signatures' | 'actorFor' | 'nonce'>,
	environment: Environment,
	apps: readonly AppName[],
): Promise<readonly Watch[]> => {
	if (environment.tier !== 'production') return [];
	const {entries, time} = await services.ledgers.read(environment);
	const watches = unfinished(watchesIn(environment, entries, watchTerms(environment)), time).filter(
		({app, endsAt}) => apps.includes(app) && endsAt > time,
	);
	const writer = `${services.nonce()}${services.nonce()}`;
	for (const watch of watches)
		if (!watch.isRecorded) await appendOnce(services, environment, {...startedEntry(watch), writer});
	return watches;
};

import {listBackupsOf} from '../../app/backups/backups.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import type {BackupPlace} from '../../store/backups/backups.ts';
import {addressOf} from '../../domain/environments/environment.ts';
import {nothingChanged, problemOf} from '../../store/problem-of.ts';
import type {ControlOptions} from '../part.ts';

/** Environments that can have backups, in order of promotion. */
export const placesOf = (environments: readonly Environment[]): readonly BackupPlace[] =>
	environments.flatMap(({name, title, tier, timeZone, hosts, backups}): BackupPlace[] => {
		const [host] = hosts;
		return host
			? [{environment: name, title, tier, timeZone, address: addressOf(host), directory: backups.directory}]
			: [];
	});

/** Reads the backups of one environment into the store. A newer question ends the one before, and drops its answer. */
export const createBackupReader = (
	{services, store}: Pick<ControlOptions, 'services' | 'store'>,
	ending: AbortSignal,
): ((environment: Environment) => Promise<void>) => {
	/** The last question to each environment. */
	const asked = new Map<string, AbortController>();
	return async environment => {
		const {name} = environment;
		asked.get(name)?.abort();
		const mine = new AbortController();
		asked.set(name, mine);
		const signal = AbortSignal.any([mine.signal, ending]);
		store.getState().backupsAsked(name, services.clock.now());
		try {
			const listing = await listBackupsOf(services, environment, {signal});
			if (!signal.aborted) store.getState().backupsRead(name, listing, services.clock.now());
		} catch (error) {
			if (!signal.aborted) store.getState().backupsUnread(name, problemOf(error, nothingChanged));
		}
	};
};

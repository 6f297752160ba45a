import type {AppServices} from '../../app/app-services.ts';
import {compareWithLive, listBackupsOf, pin, verifyOne, type Verified} from '../../app/backups/backups.ts';
import type {Backup} from '../../domain/backups/backup.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import {selectList, selectPlace, type BackupPlace, type BackupTask} from '../../store/backups/backups.ts';
import type {Part} from '../controller.ts';
import type {CockpitStore} from '../../store/create-store.ts';
import {addressOf} from '../../store/deploy/deploy-options.ts';
import {problemOf} from '../../store/problem-of.ts';

/** The part of the controller that looks at backups; it never restores one. */
export type BackupsController = Pick<Part, 'start' | 'stop'> & {
	/** Goes to the backups and asks their host for them. */
	readonly open: () => void;
	/** Asks again for the backups on screen. */
	readonly reload: () => void;
	/** Reads a backup through to its end; what is found appears in the list. */
	readonly verify: (name: string) => void;
	/** Keeps a backup from being removed, or no longer. */
	readonly pin: (name: string) => void;
	/** Finds out how a backup differs from live. */
	readonly compare: (name: string) => void;
};

/** Environments that can have backups, in order of promotion. */
const placesOf = (environments: readonly Environment[]): readonly BackupPlace[] =>
	environments.flatMap(({name, title, tier, timeZone, hosts, backups}): BackupPlace[] => {
		const [host] = hosts;
		return host
			? [{environment: name, title, tier, timeZone, address: addressOf(host), directory: backups.directory}]
			: [];
	});

const verdictText = ({backup, state, reason, found, notRecorded}: Verified): string => {
	const recorded = notRecorded === undefined ? '' : ` The verdict could not be written down: ${notRecorded}.`;
	switch (state) {
		case 'verified':
			return `${backup.name} is whole: ${(found?.entries ?? 0).toLocaleString('en')} files, read to its end.${recorded}`;
		case 'bad':
			return `${backup.name} is bad: ${reason ?? 'not known why'}.${recorded}`;
		case 'unknown':
			return `${backup.name} could not be judged: ${reason ?? 'not known why'}.`;
	}
};

const tones = {verified: 'success', bad: 'danger', unknown: 'attention'} as const;

/**
 * Lists, verifies, pins and compares backups for the screen. Every method returns at once; what comes of it arrives in
 * the store. One backup is read at a time: they share one disk.
 */
export const createBackupsController = (options: {
	readonly services: AppServices;
	readonly environments: readonly Environment[];
	readonly store: CockpitStore;
	readonly onFault?: (error: unknown) => void;
}): BackupsController => {
	const {services, environments, store, onFault = () => undefined} = options;
	const stopping = new AbortController();
	/** The last question to each environment: a newer one ends it, and drops its answer. */
	const asked = new Map<string, AbortController>();

	const read = async (environment: Environment): Promise<void> => {
		const {name} = environment;
		asked.get(name)?.abort();
		const mine = new AbortController();
		asked.set(name, mine);
		const signal = AbortSignal.any([mine.signal, stopping.signal]);
		const isAsked = (): boolean => !signal.aborted;
		store.getState().backupsAsked(name, services.clock.now());
		try {
			const listing = await listBackupsOf(services, environment, {signal});
			const readAt = services.clock.now();
			if (isAsked()) store.getState().backupsRead(name, listing, readAt);
		} catch (error) {
			if (isAsked()) store.getState().backupsUnread(name, problemOf(error));
		}
	};

	const shown = (): Environment | undefined => {
		const place = selectPlace(store.getState());
		return environments.find(({name}) => name === place?.environment);
	};

	const reload = (): void => {
		const environment = shown();
		if (environment) read(environment).catch(onFault);
	};

	/** Does something with a backup of the list on screen, by its name. One at a time. */
	const work = (
		kind: BackupTask['kind'],
		name: string,
		act: (environment: Environment, backup: Backup) => Promise<void>,
	): void => {
		const environment = shown();
		const state = store.getState();
		const backup = selectList(state).listing?.backups.find(one => one.name === name);
		if (!environment || !backup) return state.say('attention', `There is no backup ${name} any more.`);
		if (state.backupTask) return state.say('attention', `${state.backupTask.name} is still being looked at.`);
		const since = services.clock.now();
		state.beginBackupTask({kind, environment: environment.name, name, since});
		const perform = async (): Promise<void> => {
			try {
				await act(environment, backup);
			} catch (error) {
				if (stopping.signal.aborted) return;
				const {what, why, next} = problemOf(error);
				store.getState().say('danger', `${what}: ${why}. ${next}`);
			} finally {
				store.getState().endBackupTask();
			}
		};
		perform().catch(onFault);
	};

	return {
		start: () => store.getState().offerBackupsOf(placesOf(environments)),
		stop: async () => stopping.abort(),
		open: () => {
			store.getState().show('backups');
			reload();
		},
		reload,
		verify: name =>
			work('verify', name, async (environment, backup) => {
				const result = await verifyOne(services, environment, backup, {signal: stopping.signal});
				store.getState().say(tones[result.state], verdictText(result));
				await read(environment);
			}),
		pin: name =>
			work('pin', name, async (environment, backup) => {
				await pin(services, environment, backup, {undo: backup.pinned});
				const kept = backup.pinned ? 'is removed again when its time comes' : 'is kept until it is unpinned';
				store.getState().say('success', `${name} ${kept}.`);
				await read(environment);
			}),
		compare: name =>
			work('compare', name, async (environment, backup) => {
				const found = await compareWithLive(services, environment, backup, {signal: stopping.signal});
				store.getState().backupCompared(environment.name, name, {...found, at: services.clock.now()});
			}),
	};
};

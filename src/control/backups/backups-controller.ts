import {compareWithLive, pin, verifyOne, type Verified} from '../../app/backups/backups.ts';
import type {Backup} from '../../domain/backups/backup.ts';
import type {Environment} from '../../domain/environments/environment.ts';
import {selectList, selectPlace, type BackupTask} from '../../store/backups/backups.ts';
import {sayProblem, type ControlOptions, type Part} from '../part.ts';
import {createBackupReader, placesOf} from './backup-lists.ts';

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

/** Lists, verifies, pins and compares backups for the screen. */
export const createBackupsController = (options: Omit<ControlOptions, 'checklists'>): BackupsController => {
	const {services, environments, store, onFault} = options;
	const stopping = new AbortController();
	const {signal} = stopping;
	const {say} = store.getState();
	const read = createBackupReader(options, signal);

	const shown = (): Environment | undefined => {
		const place = selectPlace(store.getState());
		return environments.find(({name}) => name === place?.environment);
	};

	const reload = (): void => {
		const environment = shown();
		if (environment) read(environment).catch(onFault);
	};

	/** Does something with a backup of the list on screen, by its name. One at a time: they share one disk. */
	const work = async (kind: BackupTask['kind'], name: string): Promise<void> => {
		const environment = shown();
		const state = store.getState();
		const backup = selectList(state).listing?.backups.find(one => one.name === name);
		if (!environment || !backup) return say('attention', `There is no backup ${name} any more.`);
		if (state.backupTask) return say('attention', `${state.backupTask.name} is still being looked at.`);
		state.beginBackupTask({kind, environment: environment.name, name, since: services.clock.now()});
		try {
			await tasks[kind]({services, store, read, signal}, environment, backup);
		} catch (error) {
			if (!signal.aborted) sayProblem(store, error);
		} finally {
			state.endBackupTask();
		}
	};

	return {
		start: () => store.getState().offerBackupsOf(placesOf(environments)),
		stop: async () => stopping.abort(),
		open: () => {
			store.getState().show('backups');
			reload();
		},
		reload,
		verify: name => void work('verify', name).catch(onFault),
		pin: name => void work('pin', name).catch(onFault),
		compare: name => void work('compare', name).catch(onFault),
	};
};

type Task = (
	context: Pick<ControlOptions, 'services' | 'store'> & {
		/** Reads the list again. */
		readonly read: (environment: Environment) => Promise<void>;
		readonly signal: AbortSignal;
	},
	environment: Environment,
	backup: Backup,
) => Promise<void>;

const tones = {verified: 'success', bad: 'danger', unknown: 'attention'} as const;

/** What can be done with one backup. */
const tasks: Readonly<Record<BackupTask['kind'], Task>> = {
	verify: async ({services, store, read, signal}, environment, backup) => {
		const result = await verifyOne(services, environment, backup, {signal, isNamed: true});
		store.getState().say(tones[result.state], verdictText(result));
		await read(environment);
	},
	pin: async ({services, store, read}, environment, backup) => {
		await pin(services, environment, backup, {undo: backup.pinned});
		const kept = backup.pinned ? 'is removed again when its time comes' : 'is kept until it is unpinned';
		store.getState().say('success', `${backup.name} ${kept}.`);
		await read(environment);
	},
	compare: async ({services, store, signal}, environment, backup) => {
		const found = await compareWithLive(services, environment, backup, {signal});
		store.getState().backupCompared(environment.name, backup.name, {...found, at: services.clock.now()});
	},
};

/** What came of reading a backup to its end, for people. */
const verdictText = ({backup, state, reason, found, notRecorded}: Verified): string => {
	const recorded = notRecorded === undefined ? '' : ` The verdict could not be written down: ${notRecorded}.`;
	switch (state) {
		case 'verified':
			return `${backup.name} is whole: ${(found?.entries ?? 0).toLocaleString('en')} files, read to its end.${(found?.told ?? []).map(line => ` ${line}.`).join('')}${recorded}`;
		case 'bad':
			return `${backup.name} is bad: ${reason ?? 'not known why'}.${recorded}`;
		case 'unknown':
			return `${backup.name} could not be judged: ${reason ?? 'not known why'}.`;
	}
};

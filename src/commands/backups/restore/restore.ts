import type {Command} from '../../../domain/command.ts';
import type {AppName, AppTarget} from '../../../domain/environments/environment.ts';
import inspectArchive from '../inspect-archive.sh';
import type {Candidate} from '../../release-layout.ts';
import {program} from '../../shell.ts';
import removeStrays from './remove-strays.sh';
import restore from './restore-backup.sh';

/** Relative paths of an app that no restore brings back, although an old archive may hold them. */
const neverRestored: Readonly<Record<AppName, readonly string[]>> = {
	backend: [],
	frontend: ['node_modules', '.next/cache'],
};

/** What a restore leaves in the archive: what belongs to the environment, and what is made anew. */
export const notRestored = (app: AppName, {shared}: Pick<AppTarget, 'shared'>): readonly string[] => [
	...shared.files,
	...shared.directories,
	...neverRestored[app],
];

/**
 * Unpacks the app of an archive into the candidate, which this makes, whatever root it has in there, as its owner. What
 * belongs to the environment is left out: it is linked afterwards by whoever goes on. What is no part of an app, a fifo
 * or a link that leads out of it, is left out too, and noted. Exits 1 with the reason in the first line of
 * standard error; the candidate is then as it was. Prints `restored N files`.
 */
export const restoreBackup = (
	{layout, candidate, target}: Candidate<'owner' | 'fileMode' | 'directoryMode' | 'shared'>,
	options: {
		readonly file: string;
		readonly app: AppName;
		/**
		 * The candidate holds a copy of live: each file or directory at the top of the archived app takes the place of the one
		 * there, whole. Of an archive of the whole app nothing of the copy stays but `node_modules`.
		 */
		readonly over?: boolean;
	},
): Command => {
	const {owner, fileMode, directoryMode} = target;
	const programMode = fileMode | ((fileMode & 0o444) >> 2);
	return {
		...program(
			'restore the backup',
			[inspectArchive, restore],
			[
				options.file,
				options.app,
				candidate,
				owner,
				options.over ? 'over' : 'new',
				...[fileMode, programMode, directoryMode].map(mode => mode.toString(8)),
				layout.live,
				layout.base,
				removeStrays,
				...notRestored(options.app, target),
			],
		),
		sudo: ['root: cat', ...['rm', 'mkdir', 'tar', 'sh', 'find', 'mv', 'cat'].map(name => `${owner}: ${name}`)],
	};
};

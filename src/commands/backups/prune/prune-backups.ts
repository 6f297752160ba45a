import type {Command} from '../../../domain/command.ts';
import {parseBackupName} from '../../../domain/backups/backup.ts';
import type {AppName} from '../../../domain/environments/environment.ts';
import takeFlock from '../../lock/take-flock.sh';
import describeHolder from '../../lock/describe-holder.sh';
import askMarker from '../../lock/marker/marker.sh';
import {claimParameters, type Claim} from '../../lock/marker/marker.ts';
import {program} from '../../shell.ts';
import remove from './remove-backups.sh';
import prune from './prune-backups.sh';

const pinText = `
umask 077
[ -f "$1" ] && ! [ -L "$1" ] || { echo 'not there' >&2; exit 1; }
: >>"\${1%.tar.gz}.pin"
`;

/** Keeps retention from ever removing a backup. A file of its own: no verdict rewrites it. */
export const pinBackup = (file: string): Command => program('pin the backup', pinText, [file]);

export const unpinBackup = (file: string): Command =>
	program('unpin the backup', 'rm -f -- "${1%.tar.gz}.pin"', [file]);

/**
 * Removes backups by name, but not what was pinned meanwhile. Exits 96 and prints the holder while a run holds a lock:
 * it may be about to go back to one of them; 93 where a live path of the environment is somebody else's. Prints
 * `removed NAME`. Throws TypeError for a name no backup can have.
 */
export const removeBackups = (options: {
	readonly stateDirectory: string;
	readonly directory: string;
	/** The live paths of the environment. */
	readonly claims: readonly Claim[];
	readonly names: readonly string[];
}): Command => {
	const names = options.names.map(text => {
		const name = parseBackupName(text)?.name;
		if (name === undefined) throw new TypeError(`no name of a backup: ${JSON.stringify(text)}`);
		return name;
	});
	return program(
		'remove old backups',
		[describeHolder, takeFlock, askMarker, remove],
		[options.stateDirectory, options.directory, ...options.claims.flatMap(claimParameters), '--', ...names],
	);
};

/**
 * Removes backups of an app by the rule of `mayPrune`, decided on the host: only those of the cockpit itself. Part of
 * the closing job of a deploy; never fails.
 */
export const pruneBackups = (options: {
	readonly directory: string;
	readonly app: AppName;
	readonly keep: number;
	readonly live: string;
	readonly stateDirectory: string;
}): Command =>
	program('remove old backups', prune, [
		options.directory,
		options.app,
		String(options.keep),
		options.live,
		options.stateDirectory,
	]);

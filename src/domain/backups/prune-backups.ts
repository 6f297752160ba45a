import type {AppName} from '../environments/environment.ts';
import {newestFirst, parseBackupName, type Backup} from './backup.ts';

export type Retention = {
	/** Verified backups kept of each app, the newest; those kept for another reason count too. */
	readonly keep: number;
	/** Releases whose backups stay: live and the good ones before it. */
	readonly inUse: readonly string[];
	/** Whether archives the old scripts made may go too. */
	readonly oldScripts?: boolean;
};

/**
 * Which backups retention removes, newest first by what their host wrote down. Only what is verified counts as kept, so that a row of bad ones never
 * pushes out the last good one. What nobody recorded is nobody's to remove. One that was not checked is never removed,
 * unless the old scripts made it and `oldScripts` says so. For what somebody asks for; at the end of a deploy the host
 * goes by the same rule itself, without archives of the old scripts: `prune-backups.sh` of the commands, to be changed
 * with this. Source: design, "Pipelines".
 */
export const mayPrune = (
	backups: readonly Backup[],
	{keep, inUse, oldScripts = false}: Retention,
): readonly Backup[] => {
	const kept = new Map<AppName | undefined, number>();
	return newestFirst(backups).filter(backup => {
		const {app, origin, state, pinned, release} = backup;
		if (!app || !parseBackupName(backup.file) || state === 'pending') return false;
		if (origin === 'unknown' || (origin === 'old script' && !oldScripts)) return false;
		const before = kept.get(app) ?? 0;
		const isProtected = pinned || (release !== undefined && inUse.includes(release));
		if (state === 'verified' && (isProtected || before < keep)) kept.set(app, before + 1);
		if (isProtected || before < keep) return false;
		return state !== 'unchecked' || origin === 'old script';
	});
};

import {parseBackupName, type Backup} from '../../../src/domain/backups/backup.ts';

/** A verified backup of the cockpit's own, but for what is said. */
export const aBackup = (more: Partial<Backup> & Pick<Backup, 'name'>): Backup => ({
	file: `${more.name}.tar.gz`,
	shown: more.name,
	app: parseBackupName(more.name)?.app,
	takenAt: 0,
	sizeBytes: 1,
	modified: 0,
	state: 'verified',
	origin: 'cockpit',
	pinned: false,
	isRestorable: true,
	...more,
});

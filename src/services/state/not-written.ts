import {statfsSync} from 'node:fs';
import {dirname} from 'node:path';
import {systemCode} from '../../domain/errors.ts';
import {size} from '../../domain/format.ts';
import {systemFault} from '../../domain/system-faults.ts';

/** Of the nearest directory that is there. */
const roomAt = (path: string): {readonly freeBytes: number; readonly freeFiles: number} | undefined => {
	for (let at = path; ; at = dirname(at)) {
		try {
			const {bavail, bsize, files, ffree} = statfsSync(at);
			return {freeBytes: bavail * bsize, freeFiles: files === 0 ? Number.POSITIVE_INFINITY : ffree};
		} catch {
			if (dirname(at) === at) return undefined;
		}
	}
};

/** Why something could not be written below `path`: with what is free there, where that is the reason. */
export const whyNotWritten = (error: unknown, path: string): string => {
	const said = systemFault(error, path) ?? `${path}: ${error instanceof Error ? error.message : String(error)}`;
	const room = systemCode(error) === 'ENOSPC' ? roomAt(path) : undefined;
	if (!room) return said;
	return `${said}: ${room.freeFiles === 0 ? 'no inode is free' : `${size(room.freeBytes)} free`}`;
};

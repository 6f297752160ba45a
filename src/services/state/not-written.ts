import {accessSync, constants, existsSync, statfsSync} from 'node:fs';
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

/**
 * A directory that can't be made all the way down is told as one that is not there, whatever the reason: what its nearest
 * parent that is there refuses is the reason.
 */
const reasonOf = (error: unknown, path: string): unknown => {
	if (systemCode(error) !== 'ENOENT') return error;
	let at = path;
	while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
	try {
		accessSync(at, constants.W_OK);
		return error;
	} catch (refused) {
		return refused;
	}
};

/** Why something could not be written below `path`: with what is free there, where that is the reason. */
export const whyNotWritten = (thrown: unknown, path: string): string => {
	const error = reasonOf(thrown, path);
	const said = systemFault(error, path) ?? `${path}: ${error instanceof Error ? error.message : String(error)}`;
	const room = systemCode(error) === 'ENOSPC' ? roomAt(path) : undefined;
	if (!room) return said;
	return `${said}: ${room.freeFiles === 0 ? 'no inode is free' : `${size(room.freeBytes)} free`}`;
};

import {constants} from 'node:fs';
import {open} from 'node:fs/promises';
import {blocked, systemCode, type DeployError} from '../../../domain/errors.ts';
import type {ValuesFile} from '../../../domain/ports.ts';

/** A `.env` has a few kilobytes; what is longer is something else. */
const maxBytes = 1024 * 1024;

const unreadable = (path: string, why: string): DeployError =>
	blocked({what: `${path} can't be read`, why, next: 'Mend it, then ask again.'});

const reasons: Readonly<Record<string, string>> = {
	EACCES: 'you may not read it',
	EPERM: 'you may not read it',
	ELOOP: 'symlinks lead round in a circle',
	EISDIR: 'it is a directory',
};

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(systemCode(error));

/** Byte for byte, its mark at the front included: what can't be read so would not be kept as it was either. */
const textOf = (path: string, bytes: Uint8Array): string => {
	try {
		return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
	} catch {
		throw unreadable(path, 'it is not UTF-8');
	}
};

/** A file with values. Undefined where there is none; throws DeployError `blocked` for what can't be read. */
export const readValues = async (path: string): Promise<ValuesFile | undefined> => {
	try {
		// A pipe in its place would keep whoever opens it waiting.
		const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
		try {
			const stats = await file.stat();
			if (!stats.isFile()) throw unreadable(path, 'it is no plain file');
			if (stats.size > maxBytes) throw unreadable(path, 'it is longer than 1 MiB');
			return {text: textOf(path, await file.readFile()), mode: stats.mode & 0o777};
		} finally {
			await file.close();
		}
	} catch (error) {
		if (isMissing(error)) return undefined;
		const why = reasons[systemCode(error)];
		throw why === undefined ? error : unreadable(path, why);
	}
};

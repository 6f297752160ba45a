import {createHmac, randomBytes} from 'node:crypto';
import {readdir} from 'node:fs/promises';
import type {EnvFilesPort} from '../../../domain/ports.ts';
import {askedFor} from './asked-for.ts';
import {changeValues} from './change-values.ts';
import {leaveOut, wouldTrack} from './keep-from-git.ts';
import {readValues} from './read-values.ts';

/** The files of this machine. Prints of secrets tell same from different in this process alone: its key is nowhere else. */
export const createEnvFiles = (): EnvFilesPort => {
	const key = randomBytes(32);
	return {
		read: readValues,
		print: secret => createHmac('sha256', key).update(secret).digest('hex').slice(0, 4),
		askedFor,
		names: directory => readdir(directory).catch(() => []),
		change: changeValues,
		wouldTrack,
		leaveOut,
	};
};

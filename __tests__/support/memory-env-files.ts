import {createHash} from 'node:crypto';
import type {EnvFilesPort, ValuesFile} from '../../src/domain/ports.ts';

/** Files with values that lie in this process, by absolute path, and what is asked for by sources, by key. */
export const memoryEnvFiles = (
	files: Readonly<Record<string, string | ValuesFile>> = {},
	asked: Readonly<Record<string, readonly string[]>> = {},
): EnvFilesPort => ({
	read: path => {
		const file = files[path];
		return Promise.resolve(typeof file === 'string' ? {text: file, mode: 0o600} : file);
	},
	print: secret => createHash('sha256').update(secret).digest('hex').slice(0, 4),
	askedFor: () => Promise.resolve(new Map(Object.entries(asked))),
	names: () => Promise.resolve([]),
	change: () => Promise.reject(new Error('nothing is changed here')),
	wouldTrack: () => Promise.resolve([]),
	leaveOut: () => Promise.resolve(undefined),
});

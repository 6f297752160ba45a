import {createHash} from 'node:crypto';
import {dirname, relative} from 'node:path';
import {blocked} from '../../src/domain/errors.ts';
import type {EnvFilesPort, ValuesFile} from '../../src/domain/ports.ts';

/** Files with values that lie in this process, by absolute path, and what is asked for by sources, by key. */
export const memoryEnvFiles = (
	files: Readonly<Record<string, string | ValuesFile>> = {},
	asked: Readonly<Record<string, readonly string[]>> = {},
): EnvFilesPort => {
	const held = new Map(
		Object.entries(files).map(([path, file]) => [
			path,
			typeof file === 'string' ? {text: file, mode: 0o600} : file,
		]),
	);
	return {
		read: path => Promise.resolve(held.get(path)),
		print: secret => createHash('sha256').update(secret).digest('hex').slice(0, 4),
		askedFor: () => Promise.resolve(new Map(Object.entries(asked))),
		names: directory =>
			Promise.resolve(
				[...held.keys()].filter(path => dirname(path) === directory).map(path => relative(directory, path)),
			),
		change: async changes => {
			for (const {path, before, keptAt} of changes)
				if (held.get(path)?.text !== before || (keptAt !== undefined && held.has(keptAt)))
					throw blocked({
						what: `${path} is not changed`,
						why: 'it was changed meanwhile',
						next: 'Try again.',
					});
			for (const {path, text, before, keptAt} of changes) {
				if (keptAt !== undefined && before !== undefined) held.set(keptAt, {text: before, mode: 0o600});
				held.set(path, {text, mode: 0o600});
			}
		},
		wouldTrack: () => Promise.resolve([]),
		leaveOut: () => Promise.resolve(undefined),
	};
};

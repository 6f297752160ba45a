import {createHash} from 'node:crypto';
import type {ManifestEntry} from '../../../domain/ports.ts';

/** Order of paths as bytes of UTF-8, which is neither that of JavaScript strings nor of any locale. */
export const byPathBytes = <Entry extends {readonly path: string}>(entries: readonly Entry[]): Entry[] =>
	entries
		.map(entry => ({entry, bytes: Buffer.from(entry.path)}))
		.sort((a, b) => Buffer.compare(a.bytes, b.bytes))
		.map(({entry}) => entry);

/**
 * Identity of a source tree, lower-case hex. It is sha256 over, for each entry in order of the bytes of its path:
 * mode, blank, sha256 of the content, blank, path, NUL. So a host can compute it with find, sha256sum and sort -z.
 */
export const sourceDigest = (entries: readonly ManifestEntry[]): string => {
	const hash = createHash('sha256');
	for (const {mode, sha256, path} of byPathBytes(entries)) hash.update(`${mode} ${sha256} ${path}\0`);
	return hash.digest('hex');
};

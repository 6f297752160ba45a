import {appendFile, mkdir, readFile, rm} from 'node:fs/promises';
import {dirname} from 'node:path';

/** What hashing one git object has told: the same for ever, since git names objects by their content. */
export type Digest = {readonly sha256: string; readonly sizeBytes: number};

export type DigestCache = {
	readonly get: (object: string) => Digest | undefined;
	readonly add: (object: string, digest: Digest) => void;
	/** Keeps what was added; a cache that can't be written is only slower. */
	readonly save: () => Promise<void>;
};

/** Beyond this many bytes the file begins anew rather than grow for ever: about 100,000 objects. */
const most = 12 * 1024 * 1024;

const parse = (text: string): Map<string, Digest> =>
	new Map(
		[...text.matchAll(/^([\da-f]{40,64}) ([\da-f]{64}) (\d+)$/gm)].map(([, object = '', sha256 = '', size]) => [
			object,
			{sha256, sizeBytes: Number(size)},
		]),
	);

/**
 * Opens the digests of git objects kept at `file`; absent: of this process only. A wrong line can't do harm: what
 * arrives on a host is hashed there and compared.
 */
export const openDigestCache = async (file: string | undefined): Promise<DigestCache> => {
	const text = file === undefined ? '' : await readFile(file, 'utf8').catch(() => '');
	const isFull = text.length > most;
	const known = isFull ? new Map<string, Digest>() : parse(text);
	const added = new Map<string, Digest>();
	return {
		get: object => known.get(object),
		add: (object, digest) => {
			if (known.has(object)) return;
			known.set(object, digest);
			added.set(object, digest);
		},
		save: async () => {
			if (file === undefined || added.size === 0) return;
			const lines = [...added].map(([object, {sha256, sizeBytes}]) => `${object} ${sha256} ${sizeBytes}\n`);
			added.clear();
			try {
				await mkdir(dirname(file), {recursive: true, mode: 0o700});
				if (isFull) await rm(file, {force: true});
				await appendFile(file, lines.join(''), {mode: 0o600});
			} catch {
				// The next deploy hashes again.
			}
		},
	};
};

import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {lstat, readlink} from 'node:fs/promises';
import {join} from 'node:path';
import {stepFailed, type DeployError} from '../../../domain/errors.ts';
import type {BuiltTree, ManifestEntry, TarOptions} from '../../../domain/ports.ts';
import {archive, type Member} from '../source/archive.ts';

const altered = (directory: string, path: string): DeployError =>
	stepFailed({
		what: 'DEPLOYMENT BLOCKED: the build was altered',
		why: `${JSON.stringify(path)} in ${directory} is not what it was when it was listed`,
		now: 'Live is as it was: what was sent of it is not used.',
		next: 'Find what writes into kept builds, then start again: this one is thrown away and made anew.',
	});

/** A file as it is read, its last chunk held back until all of it is what the manifest says. */
async function* asListed(directory: string, {path, sha256, sizeBytes}: ManifestEntry): AsyncGenerator<Buffer> {
	const hash = createHash('sha256');
	let left = sizeBytes;
	let held: Buffer | undefined;
	for await (const chunk of createReadStream(join(directory, path)) as AsyncIterable<Buffer>) {
		hash.update(chunk);
		left -= chunk.length;
		if (left < 0) throw altered(directory, path);
		if (held) yield held;
		held = chunk;
	}
	if (left !== 0 || hash.digest('hex') !== sha256) throw altered(directory, path);
	if (held) yield held;
}

async function* builtMembers(directory: string, entries: readonly ManifestEntry[]): AsyncGenerator<Member> {
	for (const entry of entries) {
		const {path, mode, sizeBytes} = entry;
		if (mode === '120000') {
			const target = await readlink(join(directory, path));
			if (createHash('sha256').update(target).digest('hex') !== entry.sha256) throw altered(directory, path);
			yield {path, mode, target};
		} else yield {path, mode, sizeBytes, content: asListed(directory, entry)};
	}
}

/**
 * The named entries as one archive; every file bears the time of the build. Throws DeployError `step-failed` for one
 * that is not as listed any more.
 */
export const buildTar = (
	{directory}: BuiltTree,
	{entries, fileMode, directoryMode}: Pick<TarOptions, 'entries' | 'fileMode' | 'directoryMode'>,
): AsyncGenerator<Uint8Array> =>
	archive(async () => ({
		members: builtMembers(directory, entries),
		settings: {fileMode, directoryMode, mtime: (await lstat(join(directory, '.next/BUILD_ID'))).mtime},
	}));

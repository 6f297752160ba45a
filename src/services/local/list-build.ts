import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {lstat, readdir, readlink} from 'node:fs/promises';
import {join} from 'node:path';
import {isExcluded} from '../../domain/excludes.ts';
import type {BuiltTree, ManifestEntry, TarOptions} from '../../domain/ports.ts';
import {archive, type Member} from './archive.ts';
import {byPathBytes} from './source-digest.ts';

/** Next's own cache, bigger than all the rest, and what it notes about the build: of no use to a server. */
const neverSent = ['node_modules', '.next/cache', '.next/trace', '.next/trace-build', '.next/diagnostics'];

/** Files and symlinks below `directory`, as paths relative to it; what `isWanted` refuses is not entered. */
export const walk = async (
	directory: string,
	isWanted: (path: string) => boolean = () => true,
	below = '',
): Promise<readonly string[]> => {
	const found = await readdir(join(directory, below), {withFileTypes: true});
	const paths = await Promise.all(
		found.map(async entry => {
			const path = below === '' ? entry.name : `${below}/${entry.name}`;
			if (!isWanted(path)) return [];
			return entry.isDirectory() ? walk(directory, isWanted, path) : [path];
		}),
	);
	return paths.flat();
};

const hashFile = async (file: string): Promise<string> => {
	const hash = createHash('sha256');
	for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
	return hash.digest('hex');
};

const describe = async (directory: string, path: string): Promise<ManifestEntry> => {
	const file = join(directory, path);
	const stats = await lstat(file);
	if (stats.isSymbolicLink()) {
		const target = Buffer.from(await readlink(file));
		const sha256 = createHash('sha256').update(target).digest('hex');
		return {path, mode: '120000', sha256, sizeBytes: target.length};
	}
	const mode = (stats.mode & 0o100) === 0 ? '100644' : '100755';
	return {path, mode, sha256: await hashFile(file), sizeBytes: stats.size};
};

/** Everything of a finished build that is sent, hashed as it is now; sorted by path, by bytes. */
export const listBuild = async (directory: string, excludes: readonly string[]): Promise<readonly ManifestEntry[]> => {
	const paths = await walk(directory, path => !isExcluded(path, [...neverSent, ...excludes]));
	const entries: ManifestEntry[] = [];
	// One after the other: thousands of open files are more than some systems allow.
	for (const path of paths) entries.push(await describe(directory, path));
	return byPathBytes(entries);
};

async function* builtMembers(directory: string, entries: readonly ManifestEntry[]): AsyncGenerator<Member> {
	for (const {path, mode, sizeBytes} of entries) {
		const file = join(directory, path);
		if (mode === '120000') yield {path, mode, target: await readlink(file)};
		else yield {path, mode, sizeBytes, content: createReadStream(file) as AsyncIterable<Buffer>};
	}
}

/** The named entries as one archive; every file bears the time of the build. */
export const buildTar = (
	{directory}: BuiltTree,
	{entries, fileMode, directoryMode}: Pick<TarOptions, 'entries' | 'fileMode' | 'directoryMode'>,
): AsyncGenerator<Uint8Array> =>
	archive(async () => ({
		members: builtMembers(directory, entries),
		settings: {fileMode, directoryMode, mtime: (await lstat(join(directory, '.next/BUILD_ID'))).mtime},
	}));

import {createHash, type Hash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {lstat, readdir, readFile, readlink} from 'node:fs/promises';
import {join} from 'node:path';
import {isExcluded} from '../../../domain/environments/excludes.ts';
import type {ManifestEntry} from '../../../domain/ports.ts';
import {byPathBytes} from '../source/source-digest.ts';
import type {TrackedFile} from '../git/tracked-files.ts';

/** Next's own cache, bigger than all the rest, and what it notes about the build: of no use to a server. */
const neverSent = ['node_modules', '.next/cache', '.next/trace', '.next/trace-build', '.next/diagnostics'];

/** Files and symlinks below `directory`, as paths relative to it. */
export const walk = async (directory: string, below = ''): Promise<readonly string[]> => {
	const found = await readdir(join(directory, below), {withFileTypes: true});
	const paths = await Promise.all(
		found.map(async entry => {
			const path = below === '' ? entry.name : `${below}/${entry.name}`;
			return entry.isDirectory() ? walk(directory, path) : [path];
		}),
	);
	return paths.flat();
};

/** Below it a file is read in one go: opening a stream costs more than reading. */
const smallBytes = 1024 * 1024;

const hashFile = async (file: string, sizeBytes: number, hash: Hash): Promise<string> => {
	if (sizeBytes < smallBytes) return hash.update(await readFile(file)).digest('hex');
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
	if (!stats.isFile()) throw new Error(`${file} is neither a file nor a symlink`);
	const mode = (stats.mode & 0o100) === 0 ? '100644' : '100755';
	return {path, mode, sha256: await hashFile(file, stats.size, createHash('sha256')), sizeBytes: stats.size};
};

/** At a time: thousands of open files are more than some systems allow. */
const openFiles = 8;

/** Answers of `ask` in the order of the items, a few asked at a time. */
const inTurn = async <Item, Answer>(
	items: readonly Item[],
	ask: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> => {
	const answers: Answer[] = [];
	let next = 0;
	const work = async (): Promise<void> => {
		while (next < items.length) {
			const at = next++;
			const item = items[at];
			if (item !== undefined) answers[at] = await ask(item);
		}
	};
	await Promise.all(Array.from({length: openFiles}, work));
	return answers;
};

/** Every file and symlink below `directory`, hashed as it is now; sorted by path, by bytes. */
export const listAll = async (directory: string): Promise<readonly ManifestEntry[]> =>
	byPathBytes(await inTurn(await walk(directory), path => describe(directory, path)));

/** What of a finished build is sent. */
export const sentOf = (entries: readonly ManifestEntry[], excludes: readonly string[]): readonly ManifestEntry[] =>
	entries.filter(({path}) => !isExcluded(path, [...neverSent, ...excludes]));

/** Id that git would give the content of an entry. `idLength`: of ids in the repository. */
const gitId = async (directory: string, {path, mode, sizeBytes}: ManifestEntry, idLength: number): Promise<string> => {
	const hash = createHash(idLength === 64 ? 'sha256' : 'sha1').update(`blob ${sizeBytes}\0`);
	const file = join(directory, path);
	return mode === '120000' ? hash.update(await readlink(file)).digest('hex') : hashFile(file, sizeBytes, hash);
};

/** The first path that is not as tracked, more, or missing among `entries`, which were listed below `directory`. */
export const differsFromTracked = async (
	directory: string,
	entries: readonly ManifestEntry[],
	tracked: readonly TrackedFile[],
): Promise<string | undefined> => {
	const committed = new Map(tracked.map(file => [file.path, file]));
	const isSame = await inTurn(entries, async entry => {
		const file = committed.get(entry.path);
		return file?.mode === entry.mode && (await gitId(directory, entry, file.object.length)) === file.object;
	});
	const other = entries.find((_, index) => isSame[index] !== true);
	if (other) return other.path;
	const listed = new Set(entries.map(({path}) => path));
	return tracked.find(({path}) => !listed.has(path))?.path;
};

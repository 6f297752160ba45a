import {once} from 'node:events';
import {pack as createPack} from 'tar-stream';
import type {Header, Pack} from 'tar-stream';
import type {ManifestEntry, TarOptions} from '../../domain/ports.ts';
import {readBlobs} from './blobs.ts';
import {readLinks} from './read-source.ts';
import {describeCommit, locate} from './repository.ts';
import {listTracked} from './tracked-files.ts';
import type {TrackedFile} from './tracked-files.ts';

/** Big enough that the connection below is never kept waiting by small pieces. */
const chunkBytes = 256 * 1024;
const latestMtime = 0o17777777777;

type Settings = {
	readonly fileMode: number;
	readonly directoryMode: number;
	readonly mtime: Date;
};

type Headers = Partial<Header> & Pick<Header, 'name'>;

/** The short form splits long names in ways that extractors disagree about; pax has one reading. */
const needsPax = (name: string): boolean => Buffer.byteLength(name) > 100;

const header = (name: string, rest: Omit<Headers, 'name'>): Headers => ({
	name,
	...rest,
	...(needsPax(name) || needsPax(rest.linkname ?? '') ? {pax: {}} : {}),
});

/** Executable for exactly those who may read: `0644` becomes `0755`, `0640` becomes `0750`. */
const modeOf = ({mode}: TrackedFile, fileMode: number): number =>
	mode === '100755' ? fileMode | ((fileMode & 0o444) >> 2) : fileMode;

const addBare = (pack: Pack, headers: Headers): void => {
	pack.entry(headers).on('error', () => undefined);
};

/** Directories above `path` that the archive does not have yet, outermost first. */
const newDirectories = (path: string, known: Set<string>): readonly string[] => {
	const parts = path.split('/').slice(0, -1);
	const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
	const fresh = above.filter(directory => !known.has(directory));
	for (const directory of fresh) known.add(directory);
	return fresh;
};

const addDirectories = (pack: Pack, path: string, known: Set<string>, {directoryMode: mode, mtime}: Settings): void => {
	for (const directory of newDirectories(path, known))
		addBare(pack, header(`${directory}/`, {type: 'directory', mode, mtime}));
};

/** Writes one file, waiting whenever the reader of the archive is slower. */
const addFile = async (pack: Pack, headers: Headers, content: AsyncIterable<Buffer>): Promise<void> => {
	await new Promise<undefined>((resolve, reject) => {
		const sink = pack.entry(headers, error => (error ? reject(error) : resolve(undefined)));
		// Reported by the callback; an error event without a listener would end the process.
		sink.on('error', reject);
		const pour = async (): Promise<void> => {
			for await (const chunk of content) if (!sink.write(chunk)) await once(sink, 'drain');
			sink.end(undefined);
		};
		pour().catch(reject);
	});
};

/** The tracked files behind the entries, in their order. Throws TypeError for an entry of another commit. */
const selectTracked = (
	tracked: readonly TrackedFile[],
	entries: readonly ManifestEntry[],
	commit: string,
): readonly TrackedFile[] => {
	const byPath = new Map(tracked.map(file => [file.path, file]));
	return entries.map(({path, mode}) => {
		const file = byPath.get(path);
		if (file?.mode !== mode) throw new TypeError(`${JSON.stringify(path)} (${mode}) is not in commit ${commit}`);
		return file;
	});
};

const fill = async (pack: Pack, {directory, commit, entries, fileMode, directoryMode}: TarOptions): Promise<void> => {
	const place = await locate(directory);
	const {time} = await describeCommit(directory, commit);
	const settings = {fileMode, directoryMode, mtime: new Date(Math.min(time, latestMtime) * 1000)};
	const wanted = new Set(entries.map(({path}) => path));
	const files = selectTracked(await listTracked(place, commit, path => wanted.has(path)), entries, commit);
	const links = await readLinks(directory, files);
	const regular = files.filter(({mode}) => mode !== '120000');
	const known = new Set<string>();

	for (const {path} of files.filter(({mode}) => mode === '120000')) {
		addDirectories(pack, path, known, settings);
		addBare(
			pack,
			header(path, {type: 'symlink', linkname: links.get(path) ?? '', mode: 0o777, mtime: settings.mtime}),
		);
	}
	for await (const {file, sizeBytes: size, content} of readBlobs(directory, regular)) {
		addDirectories(pack, file.path, known, settings);
		const mode = modeOf(file, settings.fileMode);
		await addFile(pack, header(file.path, {type: 'file', size, mode, mtime: settings.mtime}), content);
	}
	pack.finalize();
};

/** Joins the many small pieces of an archive. */
async function* inChunks(source: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
	let pieces: Uint8Array[] = [];
	let size = 0;
	for await (const piece of source) {
		if (!(piece instanceof Uint8Array)) throw new TypeError('an archive is made of bytes');
		pieces.push(piece);
		size += piece.length;
		if (size < chunkBytes) continue;
		yield Buffer.concat(pieces);
		pieces = [];
		size = 0;
	}
	if (size > 0) yield Buffer.concat(pieces);
}

/**
 * The named entries as one archive: directories first met, then their files; owner 0 without names, so that the
 * extractor's choice decides. Nothing is read ahead of the consumer but a small buffer; leaving early ends git.
 * Throws DeployError `blocked` as reading the source does, TypeError for an entry that the commit does not have.
 */
export async function* sourceTar(options: TarOptions): AsyncGenerator<Uint8Array> {
	const pack = createPack({highWaterMark: chunkBytes});
	pack.on('error', () => undefined);
	let failure: unknown;
	const filling = fill(pack, options).catch((error: unknown) => {
		failure = error;
		pack.destroy(error instanceof Error ? error : new Error(String(error)));
	});
	try {
		yield* inChunks(pack);
	} catch (error) {
		throw failure ?? error;
	} finally {
		pack.destroy();
		await filling;
	}
	if (failure) throw failure;
}

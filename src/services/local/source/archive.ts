import {once} from 'node:events';
import {pack as createPack} from 'tar-stream';
import type {Header, Pack} from 'tar-stream';
import type {ManifestEntry} from '../../../domain/ports.ts';

/** Big enough that the connection below is never kept waiting by small pieces. */
const chunkBytes = 256 * 1024;

export type ArchiveSettings = {
	readonly fileMode: number;
	readonly directoryMode: number;
	readonly mtime: Date;
};

/** One file or symlink on its way into an archive. `content` is read once. */
export type Member = {readonly path: string} & (
	| {readonly mode: '120000'; readonly target: string}
	| {
			readonly mode: Exclude<ManifestEntry['mode'], '120000'>;
			readonly sizeBytes: number;
			readonly content: AsyncIterable<Buffer>;
	  }
);

type Headers = Partial<Header> & Pick<Header, 'name'>;

/** The short form splits long names in ways that extractors disagree about; pax has one reading. */
const needsPax = (name: string): boolean => Buffer.byteLength(name) > 100;

const header = (name: string, rest: Omit<Headers, 'name'>): Headers => ({
	name,
	...rest,
	...(needsPax(name) || needsPax(rest.linkname ?? '') ? {pax: {}} : {}),
});

/** Executable for exactly those who may read: `0644` becomes `0755`, `0640` becomes `0750`. */
const modeOf = (mode: ManifestEntry['mode'], fileMode: number): number =>
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

const addDirectories = (
	pack: Pack,
	path: string,
	known: Set<string>,
	{directoryMode: mode, mtime}: ArchiveSettings,
): void => {
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

const fill = async (pack: Pack, members: AsyncIterable<Member>, settings: ArchiveSettings): Promise<void> => {
	const {fileMode, mtime} = settings;
	const known = new Set<string>();
	for await (const member of members) {
		addDirectories(pack, member.path, known, settings);
		if (member.mode === '120000') {
			addBare(pack, header(member.path, {type: 'symlink', linkname: member.target, mode: 0o777, mtime}));
		} else {
			const mode = modeOf(member.mode, fileMode);
			const headers = header(member.path, {type: 'file', size: member.sizeBytes, mode, mtime});
			await addFile(pack, headers, member.content);
		}
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
 * The members as one archive: directories first met, then their files; owner 0 without names, so that the extractor's
 * choice decides. Nothing is read ahead of the consumer but a small buffer; leaving early ends `open`'s generator.
 * Throws what `open` throws.
 */
export async function* archive(
	open: () => Promise<{readonly members: AsyncIterable<Member>; readonly settings: ArchiveSettings}>,
): AsyncGenerator<Uint8Array> {
	const pack = createPack({highWaterMark: chunkBytes});
	pack.on('error', () => undefined);
	let failure: unknown;
	const write = async (): Promise<void> => {
		const {members, settings} = await open();
		await fill(pack, members, settings);
	};
	const filling = write().catch((error: unknown) => {
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

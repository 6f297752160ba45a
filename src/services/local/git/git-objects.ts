import {createHash} from 'node:crypto';
import {PassThrough} from 'node:stream';
import type {DeployError} from '../../../domain/errors.ts';
import {isWithin} from '../../../domain/environments/excludes.ts';
import {ByteReader} from './byte-reader.ts';
import {streamGit} from './git.ts';
import {parseTree, pathOf} from './parse-tree.ts';
import {locate, type SourcePlace} from './repository.ts';
import {repositoryDamaged, sourceBlocked} from './refusals.ts';

type ObjectType = 'commit' | 'tree' | 'blob';

/** Content of one object. `content` must be read to its end, which is what proves it, before the next is asked for. */
export type StoredFile<File> = {
	readonly file: File;
	readonly sizeBytes: number;
	readonly content: AsyncIterable<Buffer>;
};

const contentMissing = (directory: string, object: string): DeployError =>
	sourceBlocked(
		'the repository is incomplete',
		`the repository of ${directory} lacks the content ${object}`,
		'Fetch it completely, then check it with git fsck.',
	);

/** Hash that names objects in a repository, told by the length of its ids. */
const algorithmOf = (object: string): string => (object.length === 64 ? 'sha256' : 'sha1');

/** A name could mean anything; an id is its own proof. */
const requireId = (object: string): string => {
	if (!/^(?:[\da-f]{40}|[\da-f]{64})$/.test(object)) throw new TypeError(`${JSON.stringify(object)} is no object id`);
	return object;
};

/**
 * Objects of one type, in the order given, as a `git cat-file` answers. git does not compare what it reads from a pack
 * or a loose file with the id it was asked for: here the id is computed anew, and the last chunk of a content held back
 * until it agrees. So whoever has read a content to its end has what the id says. Throws DeployError `blocked`.
 */
async function* provedObjects<File extends {readonly object: string}>(
	reader: ByteReader,
	directory: string,
	type: ObjectType,
	files: readonly File[],
): AsyncGenerator<StoredFile<File>> {
	for (const file of files) {
		const {object} = file;
		const [, found, size] = (await reader.line()).split(' ');
		if (found === 'missing') throw contentMissing(directory, object);
		if (found !== type) throw repositoryDamaged(directory, object, `is a ${found}, but is named as a ${type}`);
		const sizeBytes = Number(size);
		let isProved = false;
		const content = async function* (): AsyncGenerator<Buffer> {
			const hash = createHash(algorithmOf(object)).update(`${type} ${sizeBytes}\0`);
			let held: Buffer | undefined;
			for await (const chunk of reader.bytes(sizeBytes)) {
				hash.update(chunk);
				if (held) yield held;
				held = chunk;
			}
			if (hash.digest('hex') !== object)
				throw repositoryDamaged(directory, object, 'holds something else than its id says');
			isProved = true;
			if (held) yield held;
		};
		yield {file, sizeBytes, content: content()};
		if (!isProved) throw new TypeError(`content ${object} was not read to its end`);
		if ((await reader.line()) !== '') throw repositoryDamaged(directory, object, 'is longer than git says');
	}
}

/**
 * Proved contents of files, in the order given, from one `git cat-file` that reads ahead of its consumer.
 * Throws DeployError `blocked` when git fails, or the repository lacks one or holds another in its place.
 */
export async function* readBlobs<File extends {readonly object: string}>(
	directory: string,
	files: readonly File[],
): AsyncGenerator<StoredFile<File>> {
	if (files.length === 0) return;
	const objects = files.map(({object}) => requireId(object));
	const output = streamGit(directory, ['cat-file', '--batch', '--buffer'], `${objects.join('\n')}\n`);
	try {
		yield* provedObjects(new ByteReader(output), directory, 'blob', files);
	} finally {
		await output.return(undefined);
	}
}

export const collect = async (content: AsyncIterable<Buffer>): Promise<Buffer> => {
	const chunks: Buffer[] = [];
	for await (const chunk of content) chunks.push(chunk);
	return Buffer.concat(chunks);
};

type Whole<File> = {readonly file: File; readonly content: Buffer};

/** One `git cat-file` that is asked again and again, for objects that fit into memory. */
type ObjectReader = {
	readonly read: <File extends {readonly object: string}>(
		type: ObjectType,
		files: readonly File[],
	) => Promise<readonly Whole<File>[]>;
};

const withObjects = async <Result>(
	directory: string,
	work: (objects: ObjectReader) => Promise<Result>,
): Promise<Result> => {
	const questions = new PassThrough();
	const output = streamGit(directory, ['cat-file', '--batch'], questions);
	const reader = new ByteReader(output);
	try {
		return await work({
			read: async (type, files) => {
				if (files.length > 0) questions.write(files.map(({object}) => `${requireId(object)}\n`).join(''));
				const read = [];
				for await (const {file, content} of provedObjects(reader, directory, type, files))
					read.push({file, content: await collect(content)});
				return read;
			},
		});
	} finally {
		questions.destroy();
		await output.return(undefined);
	}
};

const one = async (objects: ObjectReader, type: ObjectType, object: string): Promise<Buffer> => {
	const [read] = await objects.read(type, [{object}]);
	if (!read) throw new TypeError(`no answer for ${object}`);
	return read.content;
};

/** From the commit itself: what git keeps beside it, its commit-graph, is a cache that nobody compares. */
const treeOf = async (objects: ObjectReader, directory: string, commit: string): Promise<string> => {
	const [, tree] =
		/^tree ((?:[\da-f]{40}|[\da-f]{64}))\n/.exec((await one(objects, 'commit', commit)).toString('latin1')) ?? [];
	if (tree?.length !== commit.length) throw repositoryDamaged(directory, commit, 'is a commit without a tree');
	return tree;
};

const entriesOf = (directory: string, object: string, content: Buffer): ReturnType<typeof parseTree> => {
	try {
		return parseTree(content, object.length / 2);
	} catch (error) {
		if (error instanceof TypeError) throw repositoryDamaged(directory, object, error.message);
		throw error;
	}
};

/** Id of the tree that is the app, if the commit has one there. */
const appTree = async (
	objects: ObjectReader,
	{directory, prefix}: SourcePlace,
	commit: string,
): Promise<string | undefined> => {
	let tree = await treeOf(objects, directory, commit);
	for (const part of prefix.split('/').filter(name => name !== '')) {
		const found = entriesOf(directory, tree, await one(objects, 'tree', tree)).find(({name}) =>
			name.equals(Buffer.from(part)),
		);
		if (found?.mode !== '040000') return undefined;
		tree = found.object;
	}
	return tree;
};

/** A file, symlink or submodule of a commit. */
export type CommittedEntry = {
	readonly path: string;
	/** As git writes it: `100644`, `100755`, `120000`, `160000`. */
	readonly mode: string;
	readonly object: string;
};

/** Level by level: one question for all the trees of a level. Directories that are not entered are left out. */
const walk = async (
	objects: ObjectReader,
	{directory, tree}: {readonly directory: string; readonly tree: string},
	isEntered: (path: string) => boolean,
): Promise<readonly CommittedEntry[]> => {
	const found: CommittedEntry[] = [];
	let level = [{path: '', object: tree}];
	while (level.length > 0) {
		const next: typeof level = [];
		for (const {file, content} of await objects.read('tree', level)) {
			for (const {mode, name, object} of entriesOf(directory, file.object, content)) {
				const path = pathOf(file.path, name);
				if (mode !== '040000') found.push({path, mode, object});
				else if (isEntered(path)) next.push({path, object});
			}
		}
		level = next;
	}
	return found;
};

/**
 * All that a commit has below a place, every commit and tree on the way proved; none where it has no such directory.
 * Level by level. `commit`: full id. Throws DeployError `blocked`.
 */
export const listCommitted = (place: SourcePlace, commit: string): Promise<readonly CommittedEntry[]> =>
	withObjects(place.directory, async objects => {
		const tree = await appTree(objects, place, commit);
		return tree === undefined ? [] : walk(objects, {directory: place.directory, tree}, () => true);
	});

/** `content` of a symlink is its target, of a submodule empty. */
export type CommittedFile = Pick<CommittedEntry, 'mode'> & {readonly content: Buffer};

/**
 * What a commit has in some folders, proved, by path from `directory`, which is any directory of a work tree.
 * `commit`: full id. `folders`: relative to `directory`, at any depth; a folder that is a symlink or a submodule itself
 * is among the files, for the caller to refuse. Throws DeployError `blocked`.
 */
export const readCommittedFiles = async (
	directory: string,
	{commit, folders}: {readonly commit: string; readonly folders: readonly string[]},
): Promise<ReadonlyMap<string, CommittedFile>> => {
	const place = await locate(directory);
	const isWanted = (path: string): boolean => folders.some(folder => isWithin(path, folder));
	const isOnTheWay = (path: string): boolean => folders.some(folder => isWithin(folder, path));
	return withObjects(directory, async objects => {
		const tree = await appTree(objects, place, commit);
		if (tree === undefined) return new Map();
		const all = await walk(objects, {directory, tree}, path => isWanted(path) || isOnTheWay(path));
		const wanted = all.filter(({path}) => isWanted(path));
		const blobs = await objects.read(
			'blob',
			wanted.filter(({mode}) => mode !== '160000'),
		);
		const contents = new Map(blobs.map(({file, content}) => [file.path, content]));
		return new Map(
			wanted.map(({path, mode}) => [path, {mode, content: contents.get(path) ?? Buffer.alloc(0)}] as const),
		);
	});
};

import {createHash} from 'node:crypto';
import {shortCommit} from '../../../domain/build.ts';
import type {DeployError} from '../../../domain/errors.ts';
import type {ManifestEntry, SourcePort, SourceTree} from '../../../domain/ports.ts';
import {collect, readBlobs} from '../git/git-objects.ts';
import {isLfsPointer, lfsBlocked, mayBeLfsPointer} from './lfs-pointer.ts';
import {checkLinks} from './check-links.ts';
import {isExcluded} from '../../../domain/environments/excludes.ts';
import {describeCommit, locate} from '../git/repository.ts';
import {byPathBytes, sourceDigest} from './source-digest.ts';
import {sourceBlocked} from '../git/refusals.ts';
import {listTracked, type TrackedFile} from '../git/tracked-files.ts';

/** What reading one proved content has told: true for ever, since its name is its hash. */
type Known = {readonly sha256: string; readonly sizeBytes: number; readonly isPointer: boolean};

/** By id of the object, of this process only: what lay on disk between two runs would prove nothing. */
export type KnownContents = Map<string, Known>;

type Read = {readonly file: TrackedFile; readonly known: Known; readonly target?: string};

const hashContent = async (
	{mode}: TrackedFile,
	sizeBytes: number,
	content: AsyncIterable<Buffer>,
): Promise<Omit<Read, 'file'>> => {
	const hash = createHash('sha256');
	const isLink = mode === '120000';
	const kept: Buffer[] = [];
	for await (const chunk of content) {
		hash.update(chunk);
		if (isLink || mayBeLfsPointer(sizeBytes)) kept.push(chunk);
	}
	const bytes = Buffer.concat(kept);
	const isPointer = !isLink && mayBeLfsPointer(sizeBytes) && isLfsPointer(bytes);
	return {known: {sha256: hash.digest('hex'), sizeBytes, isPointer}, ...(isLink ? {target: bytes.toString()} : {})};
};

/** Hashes every file that is not known yet, in one pass over one git process. Symlinks are read for their targets. */
const readFiles = async (
	directory: string,
	files: readonly TrackedFile[],
	contents: KnownContents,
): Promise<readonly Read[]> => {
	const read: Read[] = [];
	const unread: TrackedFile[] = [];
	for (const file of files) {
		const known = file.mode === '120000' ? undefined : contents.get(file.object);
		if (known) read.push({file, known});
		else unread.push(file);
	}
	for await (const {file, sizeBytes, content} of readBlobs(directory, unread)) {
		const found = await hashContent(file, sizeBytes, content);
		if (file.mode !== '120000') contents.set(file.object, found.known);
		read.push({file, ...found});
	}
	return read;
};

/** Targets of the symlinks among `files`. Throws DeployError `blocked` when one leaves the app. */
export const readLinks = async (
	directory: string,
	files: readonly TrackedFile[],
): Promise<ReadonlyMap<string, string>> => {
	const symlinks = files.filter(({mode}) => mode === '120000');
	const links = new Map<string, string>();
	for await (const {file, content} of readBlobs(directory, symlinks))
		links.set(file.path, (await collect(content)).toString());
	checkLinks(links);
	return links;
};

const nothingTracked = (directory: string, commit: string): DeployError =>
	sourceBlocked(
		'files missing',
		`commit ${shortCommit(commit)} has no tracked files in ${directory}`,
		'Add and commit the sources, or check `source` and `excludes` in the environment file.',
	);

/**
 * The tree of one commit, with the digest that names the build; commit, trees and contents are proved by their ids.
 * Throws DeployError `blocked`, also for a file whose content is in Git LFS.
 */
export const readSource = async (
	{directory, commit: name = 'HEAD', excludes}: Parameters<SourcePort['read']>[0],
	contents: KnownContents,
): Promise<SourceTree> => {
	const place = await locate(directory);
	const {commit, subject, branch} = await describeCommit(directory, name);
	const files = await listTracked(place, commit, path => !isExcluded(path, excludes));
	if (files.length === 0) throw nothingTracked(directory, commit);
	const read = await readFiles(directory, files, contents);
	const pointers = read.filter(({known}) => known.isPointer).map(({file}) => file.path);
	if (pointers.length > 0) throw lfsBlocked(pointers.sort(), place.prefix);
	checkLinks(new Map(read.flatMap(({file, target}) => (target === undefined ? [] : [[file.path, target] as const]))));
	const entries = byPathBytes(
		read.map(({file: {path, mode}, known: {sha256, sizeBytes}}): ManifestEntry => ({
			path,
			mode,
			sha256,
			sizeBytes,
		})),
	);
	return {commit, subject, ...(branch === undefined ? {} : {branch}), digest: sourceDigest(entries), entries};
};

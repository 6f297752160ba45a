import {createHash} from 'node:crypto';
import {shortCommit} from '../../domain/build.ts';
import type {DeployError} from '../../domain/errors.ts';
import type {ManifestEntry, SourceTree} from '../../domain/ports.ts';
import {collect, readBlobs} from './git-objects.ts';
import {checkLinks} from './check-links.ts';
import type {DigestCache} from './digest-cache.ts';
import {isExcluded} from '../../domain/excludes.ts';
import {describeCommit, locate} from './repository.ts';
import {byPathBytes, sourceDigest} from './source-digest.ts';
import {sourceBlocked} from './source-blocked.ts';
import {listTracked} from './tracked-files.ts';
import type {TrackedFile} from './tracked-files.ts';

type Read = {readonly entry: ManifestEntry; readonly target?: string};

/** Hashes every file that is not known yet, in one pass over one git process. Symlinks are read for their targets. */
const readEntries = async (
	directory: string,
	files: readonly TrackedFile[],
	digests: DigestCache,
): Promise<readonly Read[]> => {
	const read: Read[] = [];
	const unread: TrackedFile[] = [];
	for (const file of files) {
		const known = file.mode === '120000' ? undefined : digests.get(file.object);
		if (known) read.push({entry: {path: file.path, mode: file.mode, ...known}});
		else unread.push(file);
	}
	for await (const {file, sizeBytes, content} of readBlobs(directory, unread)) {
		const {path, mode} = file;
		const hash = createHash('sha256');
		const link: Buffer[] = [];
		for await (const chunk of content) {
			hash.update(chunk);
			if (mode === '120000') link.push(chunk);
		}
		const digest = {sha256: hash.digest('hex'), sizeBytes};
		if (mode !== '120000') digests.add(file.object, digest);
		const entry = {path, mode, ...digest};
		read.push(mode === '120000' ? {entry, target: Buffer.concat(link).toString()} : {entry});
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

/** The tree of one commit, with the digest that names the build. */
export const readSource = async (
	{
		directory,
		commit: name = 'HEAD',
		excludes,
	}: {
		readonly directory: string;
		readonly commit?: string;
		readonly excludes: readonly string[];
	},
	digests: DigestCache,
): Promise<SourceTree> => {
	const place = await locate(directory);
	const {commit, subject, branch} = await describeCommit(directory, name);
	const files = await listTracked(place, commit, path => !isExcluded(path, excludes));
	if (files.length === 0) throw nothingTracked(directory, commit);
	const read = await readEntries(directory, files, digests);
	await digests.save();
	checkLinks(
		new Map(read.flatMap(({entry, target}) => (target === undefined ? [] : [[entry.path, target] as const]))),
	);
	const entries = byPathBytes(read.map(({entry}) => entry));
	return {commit, subject, ...(branch === undefined ? {} : {branch}), digest: sourceDigest(entries), entries};
};

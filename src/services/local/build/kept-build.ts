import {utimes, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import type {BuiltTree, ManifestEntry} from '../../../domain/ports.ts';
import {digestOfTexts} from '../digest-of.ts';
import {isDirectory, textOf} from '../files.ts';
import {differsFromTracked, listAll, sentOf} from './list-build.ts';
import {sourceDigest} from '../source/source-digest.ts';
import type {TrackedFile} from '../git/tracked-files.ts';

/** What a build says it is. */
export type BuildIdentity = Pick<BuiltTree, 'buildId' | 'deploymentId'>;

/** Sources and output, and beside them the mark, which is written last. */
const placesIn = (directory: string) => ({tree: join(directory, 'tree'), marker: join(directory, 'complete')});

/** Of everything that is kept, what it says it is, and the key it was made for. */
const markOf = ({
	buildId,
	deploymentId = '',
	key,
	entries,
}: BuildIdentity & {readonly key: string; readonly entries: readonly ManifestEntry[]}): string =>
	digestOfTexts(buildId, deploymentId, key, sourceDigest(entries));

type Marker = BuildIdentity & {readonly digest: string};

const readMarker = (text: string): Marker | undefined => {
	try {
		const marker = JSON.parse(text) as Partial<Marker> | null;
		return typeof marker?.buildId === 'string' && typeof marker.digest === 'string'
			? {...marker, buildId: marker.buildId, digest: marker.digest}
			: undefined;
	} catch {
		return undefined;
	}
};

/** Marks a build as complete. `part`: where it stands now; `key`: name it will have. */
export const sealBuild = async (
	part: string,
	{key, identity, commit}: {readonly key: string; readonly identity: BuildIdentity; readonly commit: string},
): Promise<void> => {
	const {tree, marker} = placesIn(part);
	const digest = markOf({...identity, key, entries: await listAll(tree)});
	await writeFile(marker, `${JSON.stringify({...identity, commit, digest})}\n`, {mode: 0o600});
};

/** A kept build is only a cache: it counts as long as all of it is what was built, of what git has. */
type Kept = {readonly state: 'none'} | {readonly state: 'altered'; readonly why: string} | KeptBuild;
type KeptBuild = {readonly state: 'good'; readonly build: Omit<BuiltTree, 'isReused'>};

/** `directory`: where it is kept, named by its key. `excludes`: what is not sent of it. */
export const findKept = async (
	directory: string,
	{tracked, excludes}: {readonly tracked: readonly TrackedFile[]; readonly excludes: readonly string[]},
): Promise<Kept> => {
	if (!(await isDirectory(directory))) return {state: 'none'};
	const {tree, marker: file} = placesIn(directory);
	const marker = readMarker(await textOf(file));
	if (!marker) return {state: 'altered', why: 'what it says of itself cannot be read'};
	const {buildId, deploymentId, digest} = marker;
	const entries = await listAll(tree).catch(() => []);
	const sources = entries.filter(({path}) => !path.startsWith('.next/'));
	const other = await differsFromTracked(tree, sources, tracked);
	if (other !== undefined) return {state: 'altered', why: `${JSON.stringify(other)} is not as committed`};
	if (markOf({...marker, key: basename(directory), entries}) !== digest)
		return {state: 'altered', why: 'its files are not those that were built'};
	const now = new Date();
	await utimes(directory, now, now);
	return {
		state: 'good',
		build: {
			directory: tree,
			buildId,
			...(deploymentId === undefined ? {} : {deploymentId}),
			entries: sentOf(entries, excludes),
		},
	};
};

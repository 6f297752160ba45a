import type {ManifestEntry, TarOptions} from '../../../domain/ports.ts';
import {archive, type Member} from './archive.ts';
import {readBlobs} from '../git/git-objects.ts';
import {readLinks} from './read-source.ts';
import {describeCommit, locate} from '../git/repository.ts';
import {listTracked, type TrackedFile} from '../git/tracked-files.ts';

const latestMtime = 0o17777777777;

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

/** Contents of tracked files as members of an archive, symlinks first. Throws DeployError `blocked` as `readLinks`. */
export async function* trackedMembers(directory: string, files: readonly TrackedFile[]): AsyncGenerator<Member> {
	const links = await readLinks(directory, files);
	for (const {path, mode} of files) if (mode === '120000') yield {path, mode, target: links.get(path) ?? ''};
	const regular = files.filter(({mode}) => mode !== '120000');
	for await (const {file, sizeBytes, content} of readBlobs(directory, regular))
		if (file.mode !== '120000') yield {path: file.path, mode: file.mode, sizeBytes, content};
}

/**
 * The named entries as one archive. Leaving early ends git.
 * Throws DeployError `blocked` as reading the source does, TypeError for an entry that the commit does not have.
 */
export const sourceTar = ({
	directory,
	commit,
	entries,
	fileMode,
	directoryMode,
}: TarOptions): AsyncGenerator<Uint8Array> =>
	archive(async () => {
		const place = await locate(directory);
		const {time} = await describeCommit(directory, commit);
		const wanted = new Set(entries.map(({path}) => path));
		const files = selectTracked(await listTracked(place, commit, path => wanted.has(path)), entries, commit);
		return {
			members: trackedMembers(directory, files),
			settings: {fileMode, directoryMode, mtime: new Date(Math.min(time, latestMtime) * 1000)},
		};
	});

import type {ManifestEntry} from '../../../domain/ports.ts';
import {listCommitted, type CommittedEntry} from './git-objects.ts';
import type {SourcePlace} from './repository.ts';
import {sourceBlocked} from './refusals.ts';

/** A tracked file or symlink of the app at one commit. */
export type TrackedFile = {
	readonly path: string;
	readonly mode: ManifestEntry['mode'];
	/** Id of its content in the repository. */
	readonly object: string;
};

const isFile = (mode: string): mode is ManifestEntry['mode'] =>
	mode === '100644' || mode === '100755' || mode === '120000';

const check = ({path, mode, object}: CommittedEntry): TrackedFile => {
	if (isFile(mode)) return {path, mode, object};
	throw sourceBlocked(
		'submodule',
		`${JSON.stringify(path)} is a git submodule, whose content is in another repository`,
		'Commit its files into this repository, or exclude the path in the environment file.',
	);
};

/**
 * Tracked files of the app at `commit`, a full id, whose path is wanted; none where the app is not tracked. Throws
 * DeployError `blocked` when one cannot be deployed, or the repository holds something else than the commit says.
 */
export const listTracked = async (
	place: SourcePlace,
	commit: string,
	isWanted: (path: string) => boolean,
): Promise<readonly TrackedFile[]> =>
	(await listCommitted(place, commit)).filter(({path}) => isWanted(path)).map(check);

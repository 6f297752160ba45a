import type {ManifestEntry} from '../../domain/ports.ts';
import {git, runGit} from './git.ts';
import type {Place} from './repository.ts';
import {sourceBlocked} from './source-blocked.ts';

/** A tracked file or symlink of the app at one commit. */
export type TrackedFile = {
	readonly path: string;
	readonly mode: ManifestEntry['mode'];
	/** Id of its content in the repository. */
	readonly object: string;
};

const modes: Readonly<Record<string, ManifestEntry['mode']>> = {
	'100644': '100644',
	// Written by git until 2005, and by some tools since.
	'100664': '100644',
	'100755': '100755',
	'120000': '120000',
};

const strictUtf8 = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

const decodePath = (bytes: Buffer): string => {
	try {
		return strictUtf8.decode(bytes);
	} catch {
		throw sourceBlocked(
			'a file name is not UTF-8',
			`the name ${JSON.stringify(bytes.toString('latin1'))} (shown as Latin-1) cannot be sent safely`,
			'Rename the file in UTF-8 and commit.',
		);
	}
};

/** Git itself refuses such names; a hand-made tree may still hold them. */
const isHostile = (path: string): boolean => path.split('/').some(part => part === '' || part === '.' || part === '..');

const splitAtNul = (bytes: Buffer): Buffer[] => {
	const parts: Buffer[] = [];
	for (let start = 0, end: number; (end = bytes.indexOf(0, start)) >= 0; start = end + 1)
		parts.push(bytes.subarray(start, end));
	return parts;
};

/** One record of `git ls-tree -z`: mode, type, object, tab, path. */
const parseRecord = (record: Buffer): {readonly path: string; readonly mode: string; readonly object: string} => {
	const tab = record.indexOf(9);
	const [mode = '', , object = ''] = record.toString('latin1', 0, tab).split(' ');
	return {path: decodePath(record.subarray(tab + 1)), mode, object};
};

const check = ({path, mode, object}: ReturnType<typeof parseRecord>): TrackedFile => {
	const known = modes[mode];
	if (mode === '160000')
		throw sourceBlocked(
			'submodule',
			`${JSON.stringify(path)} is a git submodule, whose content is in another repository`,
			'Commit its files into this repository, or exclude the path in the environment file.',
		);
	if (!known || isHostile(path))
		throw sourceBlocked(
			'unsafe path',
			`${JSON.stringify(path)} (mode ${mode}) cannot be deployed`,
			'Remove it and commit.',
		);
	return {path, mode: known, object};
};

/**
 * Tracked files of the app at `commit` whose path is wanted, in git's order; none where the app is not tracked.
 * Throws DeployError `blocked` when one cannot be deployed.
 */
export const listTracked = async (
	{directory, prefix}: Place,
	commit: string,
	isWanted: (path: string) => boolean,
): Promise<readonly TrackedFile[]> => {
	const tree = `${commit}:${prefix.replace(/\/$/, '')}`;
	if ((await runGit(directory, ['rev-parse', '--verify', '--quiet', tree])).code !== 0) return [];
	const records = splitAtNul(await git(directory, ['ls-tree', '-r', '-z', '--full-tree', tree]));
	return records
		.map(parseRecord)
		.filter(({path}) => isWanted(path))
		.map(check);
};

import type {ManifestEntry} from '../../domain/ports.ts';

/** Files a deploy touches below one top directory. Bytes: of what is sent. */
export type DirectoryChange = {
	/** `app/`, `database/migrations/`; `.` for files at the top. */
	readonly directory: string;
	readonly changed: number;
	readonly added: number;
	readonly deleted: number;
	readonly sizeBytes: number;
};

export type FileChange = {
	readonly path: string;
	readonly kind: 'changed' | 'new' | 'deleted';
	readonly sizeBytes: number;
};

export type FileChanges = {
	readonly files: readonly FileChange[];
	/** Most bytes first. */
	readonly directories: readonly DirectoryChange[];
	readonly uploadBytes: number;
	/** Files of the build. */
	readonly total: number;
	readonly totalBytes: number;
};

/** Directories in which the second level says more than the first. */
const nested = new Set(['database', 'public', 'resources', 'src']);

const topOf = (path: string): string => {
	const [first = '', second, third] = path.split('/');
	if (second === undefined) return '.';
	return nested.has(first) && third !== undefined ? `${first}/${second}/` : `${first}/`;
};

/**
 * What a build changes against the manifest of the live release. `isOurs`: whether a path of that manifest may be
 * removed; what belongs to the environment never is.
 */
export const fileChanges = (
	entries: readonly ManifestEntry[],
	live: ReadonlyMap<string, {readonly mode: string; readonly sha256: string}>,
	isOurs: (path: string) => boolean,
): FileChanges => {
	const wanted = new Set(entries.map(({path}) => path));
	const files: readonly FileChange[] = [
		...entries.flatMap(({path, mode, sha256, sizeBytes}): FileChange[] => {
			const before = live.get(path);
			if (!before) return [{path, kind: 'new', sizeBytes}];
			return before.sha256 === sha256 && before.mode === mode ? [] : [{path, kind: 'changed', sizeBytes}];
		}),
		...[...live.keys()]
			.filter(path => !wanted.has(path) && isOurs(path))
			.map(path => ({path, kind: 'deleted' as const, sizeBytes: 0})),
	];
	return {
		files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
		directories: byDirectory(files),
		uploadBytes: files.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0),
		total: entries.length,
		totalBytes: entries.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0),
	};
};

const byDirectory = (files: readonly FileChange[]): readonly DirectoryChange[] =>
	[...Map.groupBy(files, ({path}) => topOf(path))]
		.map(([directory, below]) => ({
			directory,
			changed: below.filter(({kind}) => kind === 'changed').length,
			added: below.filter(({kind}) => kind === 'new').length,
			deleted: below.filter(({kind}) => kind === 'deleted').length,
			sizeBytes: below.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0),
		}))
		.toSorted((a, b) => b.sizeBytes - a.sizeBytes || b.changed - a.changed);

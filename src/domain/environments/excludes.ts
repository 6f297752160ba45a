import type {AppTarget} from './environment.ts';

/** Whether `path` is `directory` or lies below it; both normalised, with `/` between parts. */
export const isWithin = (path: string, directory: string): boolean =>
	path === directory || path.startsWith(`${directory}/`);

/**
 * Whether a path of the app is excluded. An exclude is a path counted from the app and takes everything below it, so
 * that `vendor` never takes `resources/views/vendor`; `**` + `/name` takes every file and directory of that name.
 */
export const isExcluded = (path: string, excludes: readonly string[]): boolean =>
	excludes.some(exclude => {
		const name = anywhere(exclude);
		return name === undefined ? isWithin(path, exclude) : path.split('/').includes(name);
	});

/** The name of an exclude that holds at any depth, undefined for one counted from the app. */
export const anywhere = (exclude: string): string | undefined =>
	exclude.startsWith('**/') ? exclude.slice('**/'.length) : undefined;

/** Paths a build never brings: dependencies, logs, and what belongs to the environment. */
export const notFromSource = ({excludes, shared}: Pick<AppTarget, 'excludes' | 'shared'>): readonly string[] => [
	...excludes,
	...shared.files,
	...shared.directories,
];

const sorted = (paths: readonly string[]): string => JSON.stringify(paths.toSorted());

type Sent = Pick<AppTarget, 'source' | 'excludes' | 'shared'>;

/** The keys, as an environment file names them, by which one commit is two builds on two environments. */
export const otherwiseIn = (one: Sent | undefined, other: Sent | undefined): readonly string[] => {
	if (!one || !other) return [];
	const pairs: readonly (readonly [string, boolean])[] = [
		['source', one.source === other.source],
		['excludes', sorted(one.excludes) === sorted(other.excludes)],
		['shared.files', sorted(one.shared.files) === sorted(other.shared.files)],
		['shared.directories', sorted(one.shared.directories) === sorted(other.shared.directories)],
	];
	return pairs.filter(([, isSame]) => !isSame).map(([key]) => key);
};

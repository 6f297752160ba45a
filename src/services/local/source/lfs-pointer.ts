import {renderCommand} from '../../../commands/shell.ts';
import type {DeployError} from '../../../domain/errors.ts';
import {sourceBlocked} from '../git/refusals.ts';

/** A pointer is smaller than this. Source: git-lfs, docs/spec.md, "The Pointer". */
const mostBytes = 1024;

/** The first line of a pointer, as Git LFS writes it and as it did under its two names before. */
const firstLine =
	/^version (?:https:\/\/git-lfs\.github\.com\/spec\/v1|https:\/\/hawser\.github\.com\/spec\/v1|http:\/\/git-media\.io\/v\/2)(?:\r?\n|$)/;

/** Bytes from which on a content is no pointer. */
export const mayBeLfsPointer = (sizeBytes: number): boolean => sizeBytes < mostBytes;

/** Whether a content is what Git LFS commits in place of a file. */
export const isLfsPointer = (content: Buffer): boolean =>
	mayBeLfsPointer(content.length) && firstLine.test(content.toString('latin1'));

const shown = 3;

/** All files of a kind, where the name has one. */
const patternOf = (path: string): string => {
	const [, extension] = /\.(\w+)$/.exec(path) ?? [];
	return extension === undefined ? path : `*.${extension}`;
};

/**
 * The refusal to send pointers in place of files. Fetching the contents would not do: what is deployed is what is
 * committed. `paths`: from the app, at least one. `prefix`: from the root of the repository to the app.
 */
export const lfsBlocked = (paths: readonly string[], prefix: string): DeployError => {
	const named = paths.slice(0, shown).map(path => JSON.stringify(path));
	const rest = paths.length - named.length;
	const one = paths.length === 1;
	const include = [...new Set(paths.map(path => patternOf(`${prefix}${path}`)))].slice(0, shown).join(',');
	return sourceBlocked(
		'files in Git LFS',
		`${one ? 'this file is' : 'these files are'} committed as ${one ? 'a pointer' : 'pointers'} to Git LFS, and the ${one ? 'pointer' : 'pointers'} would be served: ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`,
		`Commit the contents themselves: ${renderCommand({argv: ['git', 'lfs', 'migrate', 'export', `--include=${include}`]})}, or without rewriting history: git lfs untrack, then git add and commit. Or exclude the paths in the environment file.`,
	);
};

import type {Command} from '../domain/command.ts';
import {anywhere} from '../domain/environments/excludes.ts';
import type {ManifestEntry} from '../domain/ports.ts';
import {cutAnswer} from './answers.ts';
import {program} from './shell.ts';
import list from './list-tree.sh';

/** One file as found on a host. */
export type ListedFile = {
	readonly type: 'f' | 'l';
	/** Permission bits. */
	readonly mode: number;
	/** Hex sha256 of the content, or of the target for a symlink when the caller gave one. */
	readonly sha256: string | undefined;
	/** Target of a symlink. */
	readonly target: string;
};

/** `find` expressions that leave out what `isExcluded` would. */
export const pruneExpression = (excludes: readonly string[]): string[] => [
	'(',
	...excludes.flatMap((exclude, index) => [
		...(index > 0 ? ['-o'] : []),
		...(anywhere(exclude) === undefined
			? ['-path', `./${escapePattern(exclude)}`]
			: ['-name', escapePattern(anywhere(exclude) ?? '')]),
	]),
	...(excludes.length > 0 ? [] : ['-false']),
	')',
	'-prune',
];

const escapePattern = (text: string): string => text.replaceAll(/[*?[\]\\]/g, String.raw`\$&`);

/** Lists and hashes every file below `directory`, without what `excludes` names. Reads only. */
export const listTree = (
	directory: string,
	options: {readonly as: string; readonly excludes: readonly string[]},
): Command =>
	program(`list and hash ${directory}`, list, [directory, ...pruneExpression(options.excludes)], options.as);

/** Reads what `listTree` printed. Throws DeployError `answer-unreadable` when it was cut. */
export const parseTreeListing = (text: string): ReadonlyMap<string, ListedFile> => {
	const fields = text.split('\0');
	const files = new Map<string, ListedFile>();
	let index = 0;
	while (fields[index] !== '' || fields[index + 1] !== '' || fields[index + 2] !== '') {
		const [kind, path, target] = fields.slice(index, index + 3);
		if (kind === undefined || path === undefined || target === undefined) throw cutAnswer('the files', text);
		const mode = Number.parseInt(kind.slice(1), 8);
		if (!(mode >= 0 && mode <= 0o7777)) throw cutAnswer('the files', text, 'a file has no mode');
		files.set(path, {
			type: kind.startsWith('l') ? 'l' : 'f',
			mode,
			sha256: undefined,
			target,
		});
		index += 3;
	}
	for (const record of fields.slice(index + 3)) {
		const path = record.slice(66 + './'.length);
		const file = files.get(path);
		if (file) files.set(path, {...file, sha256: record.slice(0, 64)});
	}
	return files;
};

/** Whether a listed file is what the manifest says: kind, content, and whether it may be executed. */
export const matches = (
	entry: Pick<ManifestEntry, 'mode' | 'sha256'>,
	file: ListedFile | undefined,
	hashTarget: (target: string) => string,
): boolean => {
	if (!file) return false;
	if (entry.mode === '120000') return file.type === 'l' && hashTarget(file.target) === entry.sha256;
	return (
		file.type === 'f' && file.sha256 === entry.sha256 && ((file.mode & 0o100) !== 0) === (entry.mode === '100755')
	);
};

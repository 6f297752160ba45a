import {isUtf8} from 'node:buffer';
import {sourceBlocked} from './refusals.ts';

/** One line of a tree object. */
type TreeEntry = {
	/** As git writes it, six digits: `040000`, `100644`, `100755`, `120000`, `160000`. */
	readonly mode: string;
	/** Bytes: of any encoding until it is wanted. */
	readonly name: Buffer;
	readonly object: string;
};

/** Of all the modes that were ever written git makes these five. Source: git, object.h, canon_mode. */
const canonical = (mode: number): string => {
	const type = mode & 0o170000;
	if (type === 0o100000) return (mode & 0o100) === 0 ? '100644' : '100755';
	if (type === 0o120000) return '120000';
	return type === 0o040000 ? '040000' : '160000';
};

/** git refuses to make such names; a hand-made tree may still hold them. */
const isHostile = (name: string): boolean => name === '' || name === '.' || name === '..' || name.includes('/');

/**
 * Lines of a tree: mode in octal, blank, name, NUL, id as `idBytes` bytes. Throws TypeError, whose message completes
 * "the tree …", for one that git could not have made from a directory.
 */
export const parseTree = (content: Buffer, idBytes: number): readonly TreeEntry[] => {
	const entries: TreeEntry[] = [];
	const names = new Set<string>();
	for (let start = 0; start < content.length;) {
		const end = content.indexOf(0, start) + 1;
		const [, mode = '', latin = ''] =
			end === 0 ? [] : (/^([0-7]{5,6}) ([^]*)$/.exec(content.toString('latin1', start, end - 1)) ?? []);
		if (mode === '' || end + idBytes > content.length) throw new TypeError('is a tree that cannot be read');
		if (isHostile(latin)) throw new TypeError(`is a tree with the unsafe name ${JSON.stringify(latin)}`);
		if (names.has(latin)) throw new TypeError(`is a tree that names ${JSON.stringify(latin)} twice`);
		names.add(latin);
		entries.push({
			mode: canonical(Number.parseInt(mode, 8)),
			name: content.subarray(start + mode.length + 1, end - 1),
			object: content.toString('hex', end, end + idBytes),
		});
		start = end + idBytes;
	}
	return entries;
};

/** Path of a name in a directory; empty: at the top. Throws DeployError `blocked` for a name that is not UTF-8. */
export const pathOf = (directory: string, name: Buffer): string => {
	if (!isUtf8(name))
		throw sourceBlocked(
			'a file name is not UTF-8',
			`the name ${JSON.stringify(name.toString('latin1'))} (shown as Latin-1) cannot be sent safely`,
			'Rename the file in UTF-8 and commit.',
		);
	return directory === '' ? name.toString() : `${directory}/${name.toString()}`;
};

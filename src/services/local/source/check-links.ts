import {sourceBlocked} from '../git/refusals.ts';

/** Targets of the symlinks of an app, by path. */
export type Links = ReadonlyMap<string, string>;

/** More links in a row than this is a loop; the kernel stops at 40 too. */
const mostLinks = 40;

/**
 * Follows a target as the kernel would, through the app's other links. Undefined when it leaves the app: a `..` that
 * looks harmless may climb out where a part before it is a link.
 */
const follow = (links: Links, path: string, target: string): readonly string[] | undefined => {
	const at = path.split('/').slice(0, -1);
	const ahead = target.split('/');
	for (let followed = 0; ahead.length > 0;) {
		const part = ahead.shift() ?? '';
		if (part === '' || part === '.') continue;
		if (part === '..' && at.pop() === undefined) return undefined;
		if (part === '..') continue;
		const next = links.get([...at, part].join('/'));
		if (next === undefined) at.push(part);
		else if (next.startsWith('/') || ++followed > mostLinks) return undefined;
		else ahead.unshift(...next.split('/'));
	}
	return at;
};

const isUsable = (target: string): boolean => target !== '' && !/[\0\uFFFD]/.test(target) && !target.startsWith('/');

/** Throws DeployError `blocked` for a symlink that is empty, absolute, or leads out of the app or nowhere but round. */
export const checkLinks = (links: Links): void => {
	for (const [path, target] of links) {
		if (isUsable(target) && follow(links, path, target)) continue;
		throw sourceBlocked(
			'a symlink leaves the sources',
			`${JSON.stringify(path)} points to ${JSON.stringify(target)}, which is not within the app`,
			'Point it to a path within the app, or replace it by the file, and commit.',
		);
	}
};

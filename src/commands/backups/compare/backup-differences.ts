import type {Command} from '../../../domain/command.ts';
import type {AppName, AppTarget} from '../../../domain/environments/environment.ts';
import {cutAnswer} from '../../answers.ts';
import inspectArchive from '../inspect-archive.sh';
import {program} from '../../shell.ts';
import {pruneExpression} from '../../tree-listing.ts';
import differences from './differences-to-live.sh';

/**
 * Compares an archive with live by content, without what belongs to the environment and what is never archived. Changes
 * nothing and needs no room. Exits 1 when the archive is bad, 2 when it could not be compared.
 */
export const differencesToLive = (
	file: string,
	app: AppName,
	{path, owner, shared, excludes: left}: Pick<AppTarget, 'path' | 'owner' | 'shared' | 'excludes'>,
): Command => {
	const excludes = [...shared.files, ...shared.directories, ...left];
	return {
		...program(
			'compare the backup with live',
			[inspectArchive, differences],
			[file, app, path, owner, String(excludes.length), ...excludes, ...pruneExpression(excludes)],
		),
		sudo: ['root: cat', `${owner}: env`, `${owner}: sh`],
	};
};

/** Paths relative to the app, sorted; as on the host, not safe to show. */
export type Differences = {
	/** In both, with another content, kind or target. */
	readonly differ: readonly string[];
	readonly onlyLive: readonly string[];
	readonly onlyInBackup: readonly string[];
};

/** Reads what `differencesToLive` printed. Throws DeployError `answer-unreadable` when it was cut. */
export const parseDifferences = (text: string): Differences => {
	const [names, compared, ...rest] = text.split('\0');
	if (names === undefined || compared === undefined || rest.pop() !== '') throw cutAnswer('what differs', text);
	const backup = new Set(
		names.split('\n').flatMap(line => (line === '' || line.endsWith('/') ? [] : [unquoteName(line)])),
	);
	const live = new Set(rest);
	const differ = compared.split('\n').flatMap(line => {
		const [, name] = /^(.+): (?:Contents differ|Size differs|Symlink differs|File type differs)$/.exec(line) ?? [];
		return name === undefined ? [] : [unquoteName(name.replace(/\/$/, ''))];
	});
	return {
		differ: [...new Set(differ)].filter(name => live.has(name)).toSorted(),
		onlyLive: [...live].filter(name => !backup.has(name)).toSorted(),
		onlyInBackup: [...backup].filter(name => !live.has(name)).toSorted(),
	};
};

const short: Readonly<Record<string, number>> = {a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92};

/** A name as tar quotes it in the C locale: escapes for control characters and single bytes. */
const unquoteName = (quoted: string): string => {
	const bytes: number[] = [];
	for (const [part, octal, letter] of quoted.matchAll(/\\([0-7]{3})|\\([abfnrtv\\])|[^]/g)) {
		if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
		else if (letter === undefined) bytes.push(...new TextEncoder().encode(part));
		else bytes.push(short[letter] ?? 0);
	}
	return new TextDecoder().decode(new Uint8Array(bytes));
};

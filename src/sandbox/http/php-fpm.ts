import {randomUUID} from 'node:crypto';
import {lstat, readFile, realpath, rename, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {HostLayout} from '../host/host-layout.ts';

/** State of a unit as systemctl's shim keeps it; a unit never started is inactive. */
export const unitState = async ({units}: HostLayout, unit: string): Promise<string> => {
	const text = await readFile(join(units, unit), 'utf8').catch(() => 'inactive');
	return text.split(' ')[0] ?? 'inactive';
};

/**
 * The release that php8.1-fpm has loaded: what the live path meant at its last start or reload. As with opcache, a
 * swap changes nothing here until the next one. A plain directory that became a symlink since is pinned when first seen.
 */
export const loadedRelease = async ({units}: HostLayout): Promise<string | undefined> => {
	const file = join(units, 'php8.1-fpm.serves');
	const path = await readFile(file, 'utf8').then(
		text => text.trim(),
		() => undefined,
	);
	if (!path) return undefined;
	const isLink = await lstat(path).then(
		stats => stats.isSymbolicLink(),
		() => false,
	);
	if (!isLink) return path;
	const resolved = await realpath(path).catch(() => path);
	// By rename: no other request reads half a line.
	const part = `${file}.${randomUUID()}`;
	await writeFile(part, `${resolved}\n`);
	await rename(part, file);
	return resolved;
};

import {linkSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {HostDirectory} from '../host-directory.ts';
import {listBackups, parseBackups, type BackupListing} from '../../../src/commands/backups/list/backup-listing.ts';

/** The backups of a host, as the product lists them. */
export const list = async (host: HostDirectory): Promise<BackupListing> =>
	parseBackups(
		await host.ok(
			listBackups({
				directory: `${host.root}/backups`,
				stateDirectory: `${host.root}/state`,
				apps: {backend: {path: `${host.root}/backend`}, frontend: {path: `${host.root}/frontend`}},
			}),
		),
		{timeZone: 'Asia/Kolkata'},
	);

/** A name nothing may obey. */
export const odd = `it's $(touch pwned) "b" & , \\ *[x] %s ü`;

const write = (file: string, content: string, mode = 0o644): void => {
	mkdirSync(dirname(file), {recursive: true});
	writeFileSync(file, content, {mode});
};

/** Writes the sources of a Laravel app, or a Next.js app with its build, below a directory. */
export const makeApp = (app: 'backend' | 'frontend', directory: string): void => {
	const at = (path: string): string => join(directory, path);
	if (app === 'frontend') {
		write(at('.next/BUILD_ID'), 'build-7');
		write(at('.next/static/a.js'), 'chunk\n');
		write(at(`.next/static/${odd}`), 'odd\n');
		write(at('package.json'), '{}\n');
		write(at('public/icon'), 'x\n');
		return;
	}
	write(at('artisan'), '<?php\n', 0o755);
	write(at('composer.lock'), 'lock\n');
	write(at('public/index.php'), '<?php\n', 0o600);
	write(at(`public/${odd}`), 'odd\n');
	write(at('vendor/acme/artisan'), '#!/bin/sh\n');
	write(at('.env'), 'KEY=secret\n');
	write(at('storage/app/up'), 'upload\n');
	linkSync(at('artisan'), at('public/same'));
	symlinkSync('../artisan', at('public/link'));
};

/**
 * Puts an app into an archive of the backups directory under an inner root: `backend/`, `./`, `` for the top. `members`:
 * what of it, at the top only. What was packed stays below `packed`. Resolves with the archive's path.
 */
export const archive = async (
	host: HostDirectory,
	app: 'backend' | 'frontend',
	{root, stamp = '20260203_113512', members}: {root: string; stamp?: string; members?: readonly string[]},
): Promise<string> => {
	const packed = join(host.root, 'packed');
	const file = join(host.root, 'backups', `${app}_${stamp}.tar.gz`);
	rmSync(packed, {recursive: true, force: true});
	mkdirSync(dirname(file), {recursive: true});
	makeApp(app, join(packed, root));
	const named = root === './' ? ['.'] : root === '' ? (members ?? readdirSync(packed)) : [root.replace(/\/$/, '')];
	await host.sh('cd packed; file=$1; shift; exec tar -czf "$file" -- "$@"', file, ...named);
	return file;
};

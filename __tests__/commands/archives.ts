import type {HostDirectory} from './host-directory.ts';

/** A name nothing may obey. */
export const odd = `it's $(touch pwned) "b" & , \\ *[x] %s ü`;

/** Writes the sources of an app below `out` of the host; answers with nothing. */
export const makeApp = async (host: HostDirectory, app: 'backend' | 'frontend', directory: string): Promise<void> => {
	await host.sh(
		app === 'backend'
			? `mkdir -p -- "$1/public" "$1/storage/app" "$1/vendor/acme"
			echo '<?php' >"$1/artisan"; chmod 755 "$1/artisan"; echo lock >"$1/composer.lock"; echo '<?php' >"$1/public/index.php"
			echo '#!/bin/sh' >"$1/vendor/acme/artisan"; echo KEY=secret >"$1/.env"; echo upload >"$1/storage/app/up"
			echo odd >"$1/public/$2"; ln "$1/artisan" "$1/public/same"; ln -s ../artisan "$1/public/link"; chmod 600 "$1/public/index.php"`
			: `mkdir -p -- "$1/.next/static" "$1/public"
			printf %s build-7 >"$1/.next/BUILD_ID"; echo chunk >"$1/.next/static/a.js"; echo '{}' >"$1/package.json"; echo x >"$1/public/icon"
			echo odd >"$1/.next/static/$2"`,
		directory,
		odd,
	);
};

/** Puts an app into an archive of the backups directory under an inner root: `backend/`, `./`, `` for the top. */
export const archive = async (
	host: HostDirectory,
	app: 'backend' | 'frontend',
	{root, stamp = '20260203_113512', members = '.'}: {root: string; stamp?: string; members?: string},
): Promise<string> => {
	const file = `${host.root}/backups/${app}_${stamp}.tar.gz`;
	const place = `${host.root}/packed/${root}`;
	await host.sh('rm -rf packed && mkdir -p backups "$1"', place);
	await makeApp(host, app, place);
	if (root === './') await host.sh('cd packed && tar -czf "$1" .', file);
	else if (root === '')
		await host.sh(
			`cd packed && ${members === '.' ? 'ls -A -1 | tar -czf "$1" -T -' : `tar -czf "$1" ${members}`}`,
			file,
		);
	else await host.sh('cd packed && tar -czf "$1" -- "$2"', file, root.replace(/\/$/, ''));
	return file;
};

import {mkdirSync} from 'node:fs';
import {expect, test} from 'vitest';
import {restoreBackup} from '../../../../src/commands/backups/restore/restore.ts';
import {releaseLayout} from '../../../../src/commands/release-layout.ts';
import {archive, makeApp, odd} from '../archives.ts';
import {createHostDirectory, listing, me, type HostDirectory} from '../../host-directory.ts';

const restore = (
	host: HostDirectory,
	file: string,
	app: 'backend' | 'frontend' = 'backend',
	more: Pick<Parameters<typeof restoreBackup>[1], 'over'> = {},
) =>
	restoreBackup(
		{
			layout: releaseLayout({path: `${host.root}/backend`}),
			candidate: `${host.root}/releases ${odd}/new`,
			target: {
				owner: me,
				fileMode: 0o644,
				directoryMode: 0o755,
				shared: {files: ['.env'], directories: ['storage/app']},
			},
		},
		{file, app, ...more},
	);

const makeReleases = (host: HostDirectory): string => {
	mkdirSync(`${host.root}/releases ${odd}`);
	return `${host.root}/releases ${odd}/new`;
};

test.concurrent.each(['backend/', './', '', 'var/www/qsights/backend/', `${odd}/`, '-rf/', './backend/'])(
	'restore: the app comes out of an archive with the inner root %j, without what belongs to the environment',
	async root => {
		await using host = createHostDirectory();
		const into = makeReleases(host);
		const file = await archive(host, 'backend', {root});

		expect(await host.ok(restore(host, file))).toMatch(/^restored 6 files$/m);

		makeApp('backend', `${host.root}/wanted`);
		await host.sh(
			`cd wanted && rm -rf .env storage/app && find . -type d -exec chmod 755 {} + &&
			find . -type f -perm /111 -exec chmod 755 {} + && find . -type f ! -perm /111 -exec chmod 644 {} +`,
		);
		expect(listing(host, into)).toBe(listing(host, 'wanted'));
		expect(await host.sh('stat -c %h "$1/artisan"', into)).toBe('2');
		expect(await host.sh('find . -name pwned; ls -A "$1/.."', into)).toBe('new');
	},
);

test.concurrent('restore: other apps in the same archive stay out', async () => {
	await using host = createHostDirectory();
	const into = makeReleases(host);
	const file = await archive(host, 'backend', {root: 'backend/'});
	await host.sh(
		'mkdir -p packed/other && echo x >packed/other/artisan2 && cd packed && tar -czf "$1" other backend',
		file,
	);

	await host.ok(restore(host, file));

	expect((await host.sh('ls -A -1 "$1"', into)).split('\n').toSorted()).toEqual([
		'artisan',
		'composer.lock',
		'public',
		'storage',
		'vendor',
	]);
});

test.concurrent('restore: packages and the cache of a build stay in the archive', async () => {
	await using host = createHostDirectory();
	const into = makeReleases(host);
	const file = await archive(host, 'frontend', {root: 'frontend/'});
	await host.sh(
		'cd packed && mkdir -p frontend/node_modules/next frontend/.next/cache && echo x | tee frontend/node_modules/next/i >frontend/.next/cache/c && tar -czf "$1" frontend',
		file,
	);

	await host.ok(restore(host, file, 'frontend'));

	expect(await host.sh('cd "$1" && find . -type f | sort', into)).not.toMatch(/node_modules|cache/);
});

const liveFrontend = async (host: HostDirectory, into: string): Promise<void> => {
	await host.sh(
		`mkdir -p "$1/.next/static" "$1/node_modules/next" "$1/src" "$1/public"; echo live >"$1/.next/BUILD_ID"
		echo old >"$1/.next/static/live.js"; echo dep >"$1/node_modules/next/i"; echo live >"$1/src/page"; echo p >"$1/package.json"; echo p >"$1/public/live"`,
		into,
	);
};

test.concurrent('restore over a copy of live: an archive of a build alone replaces it whole and leaves the rest', async () => {
	await using host = createHostDirectory();
	const into = makeReleases(host);
	await liveFrontend(host, into);
	const file = await archive(host, 'frontend', {root: '', members: ['.next', 'public', 'package.json']});

	expect(await host.ok(restore(host, file, 'frontend', {over: true}))).toMatch(/^restored 5 files$/m);

	expect((await host.sh('cd "$1" && find . -type f | LC_ALL=C sort', into)).split('\n')).toEqual([
		'./.next/BUILD_ID',
		'./.next/static/a.js',
		`./.next/static/${odd}`,
		'./node_modules/next/i',
		'./package.json',
		'./public/icon',
		'./src/page',
	]);
	expect(await host.sh('cat "$1/.next/BUILD_ID"', into)).toBe('build-7');
	expect(await host.sh('ls "$1/.."', into)).toBe('new');
});

test.concurrent('restore over a copy of live: of an archive of the whole app nothing of the copy stays but its packages', async () => {
	await using host = createHostDirectory();
	const into = makeReleases(host);
	await liveFrontend(host, into);
	const file = await archive(host, 'frontend', {root: 'frontend/'});
	await host.sh(
		'mkdir packed/frontend/pages && echo x >packed/frontend/pages/index.js && cd packed && tar -czf "$1" frontend',
		file,
	);

	await host.ok(restore(host, file, 'frontend', {over: true}));

	expect((await host.sh('ls -A -1 "$1" | LC_ALL=C sort', into)).split('\n')).toEqual([
		'.next',
		'node_modules',
		'package.json',
		'pages',
		'public',
	]);
	expect(await host.sh('cat "$1/node_modules/next/i"', into)).toBe('dep');
});

test.concurrent.each([
	{bad: 'cut short', spoil: 'truncate -s -300 "$1"', says: /^cut short: gzip says unexpected end of file/},
	{bad: 'empty', spoil: ': >"$1"', says: /^empty$/m},
	{bad: 'of something else', spoil: 'cd packed && tar -czf "$1" backend/public', says: /^no artisan in it$/m},
	{
		bad: 'with members that lead out',
		spoil: 'cd packed && tar -czPf "$1" backend backend/../../secret',
		says: /^member leads out of the archive: backend\/\.\.\/\.\.\/secret$/m,
	},
])('restore: an archive $bad is refused, and nothing is begun', async ({spoil, says}) => {
	await using host = createHostDirectory();
	makeReleases(host);
	const file = await archive(host, 'backend', {root: 'backend/'});
	await host.sh('echo s >secret');
	await host.sh(spoil, file);

	const {code, stderr} = await host.run(restore(host, file));

	expect(code).toBe(1);
	expect(stderr.split('\n')[0]).toMatch(says);
	expect(await host.sh('ls -A "$1"', `${host.root}/releases ${odd}`)).toBe('');
});

test.concurrent('restore: when unpacking fails, there is no release that looks whole', async () => {
	await using host = createHostDirectory({
		tar: '#!/bin/sh\n/usr/bin/tar "$@"; code=$?; case $1 in --extract) echo "tar: No space left on device" >&2; exit 2 ;; esac; exit $code\n',
	});
	const into = makeReleases(host);
	const file = await archive(host, 'backend', {root: 'backend/'});

	const {code, stderr} = await host.run(restore(host, file));

	expect(code).toBe(1);
	expect(stderr).toContain('No space left on device');
	expect(await host.sh('[ -e "$1" ] || echo none', into)).toBe('none');
});

test.concurrent('restore: fifos and links that lead out of the app stay out, and are named', async () => {
	await using host = createHostDirectory();
	const into = makeReleases(host);
	const file = await archive(host, 'backend', {root: 'backend/'});
	await host.sh(
		`mkdir -p .backend/releases/now/app .backend/shared/storage/app/public secret
		ln -s .backend/releases/now backend
		cd packed/backend
		mkfifo public/fifo
		ln -s /etc public/etc
		ln -s ../../../../secret public/up
		mkdir -p a/b/c top
		ln -s ../../../top a/b/c/d
		ln -s a/b/c/d/../../secret public-by-way
		ln -s /etc "$(printf 'two\\nlines')"
		ln -s "$1/backend/../secret" public/through
		ln -s "$1/backend/app" public/code
		ln -s "$1/backend/storage/app/public" public/gone
		ln -s "$1/.backend/shared/storage/app/public" public/storage
		ln -s ../artisan public/own
		cd .. && tar -czf "$2" backend`,
		host.root,
		file,
	);

	const said = await host.ok(restore(host, file));

	expect(await host.sh('cd "$1" && find . ! -type d ! -type f | sort', into)).toBe(
		['./a/b/c/d', './public/code', './public/gone', './public/link', './public/own', './public/storage'].join('\n'),
	);
	const [, named = ''] = /^noted: left out, for they lead out of the app or are no files: (.*)$/m.exec(said) ?? [];
	expect(named).toMatch(/^\S+, \S+, \S+ and 3 more\. The archive keeps what it was$/);
	for (const name of named.replace(/ and .*/, '').split(', '))
		expect(['public/fifo', 'public/etc', 'public/up', 'public-by-way', 'two?lines', 'public/through']).toContain(
			name,
		);
	expect(said).toMatch(/^restored 6 files$/m);
});

test.concurrent('restore: an archive of nothing but an app leaves nothing out', async () => {
	await using host = createHostDirectory();
	makeReleases(host);
	const file = await archive(host, 'backend', {root: 'backend/'});

	expect(await host.ok(restore(host, file))).toBe('restored 6 files\n');
});

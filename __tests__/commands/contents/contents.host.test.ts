import {
	cpSync,
	existsSync,
	mkdirSync,
	readFileSync,
	readlinkSync,
	symlinkSync,
	unlinkSync,
	writeFileSync,
} from 'node:fs';
import {createHash} from 'node:crypto';
import {dirname, join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {removeReleases} from '../../../src/commands/adoption/adoption.ts';
import {copyLive, linkShared} from '../../../src/commands/candidate/candidate.ts';
import {driftText, parseDrift, compareLive} from '../../../src/commands/contents/drift.ts';
import {closeRun, takeLock} from '../../../src/commands/lock/lock.ts';
import {installKept, keepMade, proveMade} from '../../../src/commands/candidate/made.ts';
import {releaseLayout} from '../../../src/commands/release-layout.ts';
import {keepAllLeftOut, pruneReleases, recordRelease} from '../../../src/commands/releases/release-record.ts';
import {addChunksOfLive, listRestoredFiles, tellAlteredFiles} from '../../../src/commands/rollback/compared.ts';
import {program} from '../../../src/commands/shell.ts';
import type {AppTarget} from '../../../src/domain/environments/environment.ts';
import {readChain} from '../../../src/domain/ledger/ledger.ts';
import {parseManifest, renderManifest} from '../../../src/domain/runs/pipeline.ts';
import type {ManifestEntry} from '../../../src/domain/ports.ts';
import {listsOf} from '../../../src/recipes/deploy/plan.ts';
import {claimOn, mark} from '../lock/claims.ts';
import {createHostDirectory, listing, me, type HostDirectory} from '../host-directory.ts';

const odd = `it's $(touch pwned) "b" \\ *`;
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

type Recipe = AppTarget['recipe'];

/** What a build brings, and what installers make of it. */
const brought: Record<Recipe, Readonly<Record<string, string>>> = {
	laravel: {
		artisan: '#!php',
		'app/User.php': 'user',
		'bootstrap/cache/.gitignore': '*',
		'composer.lock': '{}',
		'public/index.php': 'index',
		'storage/framework/views/.gitignore': '*',
	},
	nextjs: {
		'.next/BUILD_ID': 'one',
		'.next/prerender-manifest.json': JSON.stringify({
			version: 4,
			routes: {
				'/': {initialRevalidateSeconds: 60, srcRoute: '/', dataRoute: '/index.rsc'},
				'/about': {initialRevalidateSeconds: false, srcRoute: '/about', dataRoute: '/about.rsc'},
			},
			dynamicRoutes: {
				'/blog/[slug]': {routeRegex: '^/blog/([^/]+?)(?:/)?$', fallback: null},
				'/docs/[name]': {routeRegex: '^/docs/([^/]+?)(?:/)?$', fallback: false},
			},
			notFoundRoutes: [],
		}),
		'.next/server/app/about.html': '<p>about',
		'.next/server/app/index.html': '<p>one',
		'.next/server/app/page.js': 'page',
		'.next/server/app/page/build-manifest.json': '{}',
		'.next/server/pages/500.html': '<p>500',
		'.next/static/chunks/main.js': 'main',
		'package-lock.json': '{}',
		'public/logo.svg': 'logo',
	},
};
const made: Record<Recipe, Readonly<Record<string, string>>> = {
	laravel: {
		'bootstrap/cache/config.php': 'baked',
		'storage/framework/views/a.php': 'compiled',
		'vendor/acme/lib.php': 'lib',
		'vendor/autoload.php': 'autoload',
	},
	nextjs: {'.next/static/chunks/older.js': 'older', 'node_modules/next/index.js': 'next'},
};

/** A host with one release that was deployed as this version deploys, and everything to deploy the next. */
const setUp = (recipe: Recipe) => {
	const host = createHostDirectory();
	const app = recipe === 'laravel' ? ('backend' as const) : ('frontend' as const);
	const path = join(host.root, odd, app);
	const shared =
		recipe === 'laravel'
			? {files: ['.env'], directories: ['storage/app', 'public/uploads']}
			: {files: [], directories: []};
	const target = {recipe, owner: me, path, shared, fileMode: 0o644, directoryMode: 0o755} as const;
	const layout = releaseLayout(target);
	const state = {directory: join(host.root, 'state dir'), app, run: 'run'};
	const of = {state, target};
	mkdirSync(join(state.directory, 'jobs/run'), {recursive: true});
	mkdirSync(layout.releases, {recursive: true});
	const put = (release: string, files: Readonly<Record<string, string>>): void => {
		for (const [name, text] of Object.entries(files)) {
			const file = join(layout.releases, release, name);
			mkdirSync(dirname(file), {recursive: true});
			writeFileSync(file, text);
		}
	};
	const goLive = async (release: string): Promise<void> => {
		await host.sh('ln -sfn -- "$1" "$2"', `.${app}/releases/${release}`, layout.live);
	};
	const entries = (files: Readonly<Record<string, string>>): readonly ManifestEntry[] =>
		Object.keys(files)
			.toSorted()
			.map(file => ({path: file, mode: '100644', sha256: hash(files[file] ?? ''), sizeBytes: 0}));
	/** What the steps of a deploy do between the copy of live and the list of what was made, without what is sent. */
	const prepare = async (release: string, files = brought[recipe]): Promise<void> => {
		const directory = join(layout.releases, release);
		put(release, {...files, ...made[recipe]});
		writeFileSync(join(state.directory, 'jobs/run/manifest'), renderManifest(entries(files)));
		await host.ok(
			linkShared(
				{layout, candidate: directory, target: {owner: me, directoryMode: 0o755, shared}},
				recipe === 'laravel' ? ['bootstrap/cache', 'storage/framework/views'] : [],
			),
		);
	};
	const lists = (release: string) => listsOf({candidate: join(layout.releases, release), state});
	/** All of it up to the end of a deploy. */
	const finish = async (release: string, files = brought[recipe]): Promise<void> => {
		await prepare(release, files);
		await host.ok(keepMade(of, lists(release)));
		await host.ok(proveMade(of, lists(release)));
		await goLive(release);
		await host.ok(recordRelease(state, release));
	};
	const live = (name: string): string => join(layout.live, name);
	const drift = async (): Promise<readonly string[] | undefined> =>
		parseDrift(await host.ok(compareLive(of)))?.map(driftText);
	const copy = (release: string): Promise<string> => host.ok(copyLive(of, join(layout.releases, release)));
	const inRelease = (release: string, name: string): string => join(layout.releases, release, name);
	return {host, of, state, target, layout, put, prepare, lists, finish, goLive, live, drift, copy, inRelease};
};

type SetUp = ReturnType<typeof setUp>;

/** A host whose first release is live, by recipe: deployed once, and left as it is from then on. */
const firsts = new Map<Recipe, Promise<HostDirectory>>();
afterAll(async () => {
	for (const first of firsts.values()) await (await first)[Symbol.asyncDispose]();
});

const deployFirst = async (recipe: Recipe): Promise<HostDirectory> => {
	const lab = setUp(recipe);
	await lab.finish('one');
	return lab.host;
};

/** As `setUp`, with release `one` live: a copy of such a host. Its links are relative and its lists name no host. */
const setUpLive = async (recipe: Recipe): Promise<SetUp> => {
	const lab = setUp(recipe);
	const first = firsts.get(recipe) ?? deployFirst(recipe);
	firsts.set(recipe, first);
	const {root} = await first;
	cpSync(root, lab.host.root, {recursive: true, verbatimSymlinks: true, preserveTimestamps: true});
	return lab;
};

const write = ({live}: SetUp, name: string, text = 'evil'): void => {
	mkdirSync(dirname(live(name)), {recursive: true});
	writeFileSync(live(name), text);
};

type Case = {
	readonly recipe: Recipe;
	readonly what: string;
	readonly change: (lab: SetUp) => void | Promise<unknown>;
	readonly named: readonly string[];
	/** What must not be in the next release. */
	readonly stays?: string;
};

const cases: readonly Case[] = [
	{
		recipe: 'laravel',
		what: 'a script nobody deployed',
		change: lab => write(lab, 'public/shell.php'),
		named: ['added public/shell.php'],
		stays: 'public/shell.php',
	},
	{
		recipe: 'laravel',
		what: 'a class nobody deployed',
		change: lab => write(lab, 'app/Extra.php'),
		named: ['added app/Extra.php'],
		stays: 'app/Extra.php',
	},
	{
		recipe: 'laravel',
		what: 'a line in vendor/',
		change: lab => write(lab, 'vendor/acme/lib.php', 'lib; evil'),
		named: ['changed vendor/acme/lib.php'],
		stays: 'vendor',
	},
	{
		recipe: 'laravel',
		what: 'a file added to vendor/',
		change: lab => write(lab, 'vendor/acme/more.php'),
		named: ['added vendor/acme/more.php'],
		stays: 'vendor',
	},
	{
		recipe: 'laravel',
		what: 'a file gone from vendor/',
		change: ({live}) => unlinkSync(live('vendor/acme/lib.php')),
		named: ['gone vendor/acme/lib.php'],
		stays: 'vendor',
	},
	{
		recipe: 'laravel',
		what: 'a changed cache',
		change: lab => write(lab, 'bootstrap/cache/config.php'),
		named: ['changed bootstrap/cache/config.php'],
		stays: 'bootstrap/cache/config.php',
	},
	{
		recipe: 'laravel',
		what: 'an added link',
		change: ({live}) => symlinkSync('/etc', live('public/etc')),
		named: ['added public/etc'],
		stays: 'public/etc',
	},
	{
		recipe: 'laravel',
		what: 'another target of a link into shared',
		change: ({host, live}) => host.sh('ln -sfn /tmp "$1"', live('public/uploads')),
		named: ['changed public/uploads'],
		stays: 'public/uploads',
	},
	{
		recipe: 'laravel',
		what: 'a link that names another release',
		change: ({layout, live}) => symlinkSync(`${layout.releases}/zero/app`, live('app/old')),
		named: ['added app/old'],
		stays: 'app/old',
	},
	{
		recipe: 'laravel',
		what: 'an empty file with a newline in its name',
		change: lab => write(lab, 'public/a\nchanged artisan', ''),
		named: ['added public/a?changed artisan'],
		stays: 'public/a\nchanged artisan',
	},
	{
		recipe: 'laravel',
		what: 'a file where nothing is compared with the sources',
		change: lab => write(lab, 'storage/logs/x.php'),
		named: ['added storage/logs/x.php'],
		stays: 'storage/logs/x.php',
	},
	{
		recipe: 'laravel',
		what: 'neither file nor link',
		change: ({host, live}) => host.sh('mkfifo "$1"', live('app/pipe')),
		named: ['added app/pipe'],
		stays: 'app/pipe',
	},
	{
		recipe: 'laravel',
		what: 'a directory in the place of a file',
		change: ({host, live}) => host.sh('rm "$1" && mkdir "$1" && touch "$1/x"', live('app/User.php')),
		named: ['added app/User.php/x', 'gone app/User.php'],
		stays: 'app/User.php',
	},
	{
		recipe: 'laravel',
		what: 'a link in the place of a directory',
		change: ({host, live}) => host.sh('mv "$1/app" "$1/../moved" && ln -s ../moved "$1/app"', live('.')),
		named: ['added app', 'gone app/User.php'],
		stays: 'app',
	},
	{
		recipe: 'laravel',
		what: 'a script that may be executed now',
		change: ({host, live}) => host.sh('chmod 755 "$1"', live('public/index.php')),
		named: ['changed public/index.php'],
		stays: 'public/index.php',
	},
	{
		recipe: 'nextjs',
		what: 'a public file nobody deployed',
		change: lab => write(lab, 'public/x.html'),
		named: ['added public/x.html'],
		stays: 'public/x.html',
	},
	{
		recipe: 'nextjs',
		what: 'a script among the pages',
		change: lab => write(lab, '.next/server/app/more.js'),
		named: ['added .next/server/app/more.js'],
		stays: '.next/server/app/more.js',
	},
	{
		recipe: 'nextjs',
		what: 'pages that no route makes',
		change: lab => {
			write(lab, '.next/server/app/evil.html');
			write(lab, '.next/server/app/docs/x.html');
			write(lab, '.next/server/pages/x.json');
			write(lab, '.next/server/app/about.body');
		},
		named: [
			'added .next/server/app/about.body',
			'added .next/server/app/docs/x.html',
			'added .next/server/app/evil.html',
			'added .next/server/pages/x.json',
		],
		stays: '.next/server/app/evil.html',
	},
	{
		recipe: 'nextjs',
		what: 'changed pages that no route makes again',
		change: lab => {
			write(lab, '.next/server/pages/500.html', '<script>');
			write(lab, '.next/server/app/about.html', '<script>');
		},
		named: ['changed .next/server/app/about.html', 'changed .next/server/pages/500.html'],
		stays: '.next/server/app/about.html',
	},
	{
		recipe: 'nextjs',
		what: 'links in the place of pages and of the cache',
		change: ({host, live}) => {
			symlinkSync('/etc/passwd', live('.next/server/app/blog.html'));
			return host.sh(
				'cd -- "$1" && ln -sfn /etc/passwd .next/server/app/index.html && mkdir -p .next/server/app/blog && ln -s /etc/passwd .next/server/app/blog/p.html && ln -s /tmp .next/cache',
				live('.'),
			);
		},
		named: [
			'added .next/cache',
			'added .next/server/app/blog.html',
			'added .next/server/app/blog/p.html',
			'added .next/server/app/index.html',
		],
		stays: '.next/server/app/index.html',
	},
	{
		recipe: 'nextjs',
		what: 'a changed list of routes, and the page it would excuse',
		change: lab => {
			write(lab, '.next/prerender-manifest.json', '{"routes":{"/about":{"initialRevalidateSeconds":1}}}');
			write(lab, '.next/server/app/about.html', '<script>');
		},
		named: ['changed .next/prerender-manifest.json', 'changed .next/server/app/about.html'],
		stays: '.next/server/app/about.html',
	},
	{
		recipe: 'nextjs',
		what: 'a list of scripts among the pages',
		change: lab => write(lab, '.next/server/app/page/build-manifest.json'),
		named: ['changed .next/server/app/page/build-manifest.json'],
		stays: '.next/server/app/page/build-manifest.json',
	},
	{
		recipe: 'nextjs',
		what: 'a changed package',
		change: lab => write(lab, 'node_modules/next/index.js'),
		named: ['changed node_modules/next/index.js'],
		stays: 'node_modules',
	},
	{
		recipe: 'nextjs',
		what: 'a changed chunk of an earlier build',
		change: lab => write(lab, '.next/static/chunks/older.js'),
		named: ['changed .next/static/chunks/older.js'],
		stays: '.next/static/chunks/older.js',
	},
];

describe('what nobody deployed', () => {
	test.concurrent.each(cases)(
		'$recipe: $what is named, and does not go along',
		async ({recipe, change, named, stays}) => {
			const lab = await setUpLive(recipe);
			await using host = lab.host;
			expect(await lab.drift()).toEqual([]);

			await change(lab);

			expect(await lab.drift()).toEqual(named);
			const said = await lab.copy('two');
			if (stays !== undefined)
				await expect(host.sh('! [ -e "$1" ] && ! [ -L "$1" ]', lab.inRelease('two', stays))).resolves.toBe('');
			for (const text of named.filter(one => !one.startsWith('gone ')).slice(0, 3)) expect(said).toContain(text);
			await lab.finish('two');
			expect(await lab.drift()).toEqual([]);
			expect(await host.sh('find . -name pwned')).toBe('');
		},
	);
});

const intrusions: readonly {
	readonly recipe: Recipe;
	readonly what: string;
	readonly change: (lab: SetUp) => void | Promise<unknown>;
	readonly says: string;
}[] = [
	{
		recipe: 'laravel',
		what: 'a script nobody sent',
		change: lab => lab.put('two', {'public/shell.php': 'evil'}),
		says: 'holds files that no build brought: public/shell.php',
	},
	{
		recipe: 'laravel',
		what: 'a line in a file that was sent',
		change: lab => lab.put('two', {'app/User.php': 'user; evil'}),
		says: 'is not what was sent: changed app/User.php',
	},
	{
		recipe: 'laravel',
		what: 'a file that was sent gone',
		change: lab => unlinkSync(lab.inRelease('two', 'artisan')),
		says: 'is not what was sent: gone artisan',
	},
	{
		recipe: 'laravel',
		what: 'a link that leads elsewhere than to shared',
		change: ({host, inRelease}) => host.sh('ln -sfn /etc "$1"', inRelease('two', 'public/uploads')),
		says: 'holds files that no build brought: public/uploads',
	},
	{
		recipe: 'laravel',
		what: 'neither file nor link among packages',
		change: ({host, inRelease}) => host.sh('mkfifo "$1"', inRelease('two', 'vendor/pipe')),
		says: 'holds files that no build brought: vendor/pipe',
	},
	{
		recipe: 'nextjs',
		what: 'variables, a page, a cache and a chunk',
		change: lab =>
			lab.put('two', {
				'.env.production': 'X=1',
				'.next/cache/fetch-cache/1': 'evil',
				'.next/server/app/evil.html': '<p>',
				'.next/static/chunks/evil.js': 'evil',
			}),
		says: 'holds files that no build brought: .env.production, .next/cache/fetch-cache/1, .next/server/app/evil.html and 1 more',
	},
	{
		recipe: 'nextjs',
		what: 'a line in a page of the build',
		change: lab => lab.put('two', {'.next/server/app/index.html': '<script>'}),
		says: 'is not what was sent: changed .next/server/app/index.html',
	},
];

describe('what comes into a release that is prepared, before it is live', () => {
	test.concurrent.each(intrusions)('$recipe: $what keeps it from going live', async ({recipe, change, says}) => {
		const lab = await setUpLive(recipe);
		await using host = lab.host;
		await lab.copy('two');
		await lab.prepare('two');
		await host.ok(keepMade(lab.of, lab.lists('two')));
		await change(lab);
		// What was listed before, and is asked again right before the swap, and the list itself.
		for (const look of [keepMade, proveMade]) {
			const {code, stderr} = await host.run(look(lab.of, lab.lists('two')));
			expect(stderr).toBe(`the release being prepared ${says}\n`);
			expect(code).toBe(1);
		}
		expect(await host.sh('find . -name pwned')).toBe('');
	});

	test.concurrent('a changed package or cache is not what was made any more', async () => {
		const lab = setUp('laravel');
		await using host = lab.host;
		await lab.prepare('one');
		await host.ok(keepMade(lab.of, lab.lists('one')));
		lab.put('one', {'vendor/acme/lib.php': 'evil', 'bootstrap/cache/config.php': 'evil', 'vendor/more.php': ''});

		const {code, stderr} = await host.run(proveMade(lab.of, lab.lists('one')));

		expect([code, stderr]).toEqual([
			1,
			'the release being prepared is not what was made in it any more: added vendor/more.php, changed bootstrap/cache/config.php, changed vendor/acme/lib.php\n',
		]);
	});

	test.concurrent('a package changed behind its installer is told before it is listed', async () => {
		const lab = setUp('laravel');
		await using host = lab.host;
		await lab.prepare('one');
		const installer = program(
			'composer install',
			'mkdir -p -- "$1/vendor/acme" && printf new >"$1/vendor/acme/lib.php"',
			[lab.inRelease('one', '.')],
		);
		await host.ok(installKept(lab.of, lab.inRelease('one', '.'), installer));
		await host.ok(keepMade(lab.of, lab.lists('one')));
		lab.put('one', {'vendor/acme/lib.php': 'new; evil'});

		expect(await host.run(keepMade(lab.of, lab.lists('one')))).toMatchObject({
			code: 1,
			stderr: 'the release being prepared is not as its installer left it: changed vendor/acme/lib.php\n',
		});
	});

	test.concurrent('a package changed before its installer, which trusts what it finds, is installed anew', async () => {
		const lab = setUp('laravel');
		await using host = lab.host;
		lab.put('one', {'vendor/acme/lib/src.php': 'lib'});
		await lab.finish('one');
		const install = (release: string): Promise<string> => {
			const directory = lab.inRelease(release, '.');
			const text =
				'cd -- "$1"; [ -e vendor ] || { mkdir -p vendor/acme/lib; printf %s "$2" >vendor/acme/lib/src.php; }';
			return host.ok(installKept(lab.of, directory, program('composer install', text, [directory, 'lib'])));
		};
		await lab.copy('two');
		await lab.prepare('two');
		expect(await install('two')).toBe('');
		lab.put('two', {'vendor/acme/lib/src.php': 'lib; evil', 'vendor/acme/lib/more.php': 'evil'});

		expect(await install('two')).toBe(
			'noted: packages were changed while this release was prepared, and are installed anew: vendor/acme/lib/more.php, vendor/acme/lib/src.php\n',
		);
		expect(await host.sh('cd -- "$1" && grep -r . vendor', lab.inRelease('two', '.'))).toBe(
			'vendor/acme/lib/src.php:lib',
		);
	});

	test.concurrent('packages that nobody took over are not there when their installer comes', async () => {
		const lab = setUp('laravel');
		await using host = lab.host;
		await lab.finish('one-adopted');
		await lab.copy('two');
		await lab.prepare('two');
		const directory = lab.inRelease('two', '.');
		const text =
			'cd -- "$1"; ls; [ -e vendor ] || { mkdir -p vendor/acme/lib; echo lib >vendor/acme/lib/src.php; }';
		const said = await host.ok(installKept(lab.of, directory, program('composer install', text, [directory])));
		expect(said).not.toContain('vendor');
		expect(said).not.toContain('noted');
		expect(await host.sh('cd -- "$1" && find vendor ! -type d -printf "%m %p"', directory)).toBe(
			'644 vendor/acme/lib/src.php',
		);
		expect(await host.sh('stat -c %a "state dir/jobs/run/installed"')).toBe('600');
	});

	test.concurrent('what a script of the installer makes beside its packages comes along, by name, and nothing else does', async () => {
		const lab = setUp('laravel');
		await using host = lab.host;
		await lab.prepare('one');
		const directory = lab.inRelease('one', '.');
		const text =
			'cd -- "$1"; mkdir -p vendor/acme/lib public/js; echo lib >vendor/acme/lib/src.php; echo js >public/js/app.js';

		const said = await host.ok(installKept(lab.of, directory, program('composer install', text, [directory])));

		expect(said).toBe('noted: the installer made files beside its packages (1): public/js/app.js\n');
		await host.ok(keepMade(lab.of, lab.lists('one')));
		await host.ok(proveMade(lab.of, lab.lists('one')));
		lab.put('one', {'public/js/app.js': 'evil'});
		expect((await host.run(keepMade(lab.of, lab.lists('one')))).stderr).toContain(
			'holds files that no build brought: public/js/app.js',
		);
		lab.put('one', {'public/js/app.js': 'js\n', 'public/js/more.js': 'evil'});
		expect((await host.run(keepMade(lab.of, lab.lists('one')))).stderr).toContain(
			'holds files that no build brought: public/js/more.js',
		);
	});

	test.concurrent('no list of what was made names a path of the build, and one that does is not believed', async () => {
		const lab = await setUpLive('laravel');
		await using host = lab.host;
		const evil = [{path: 'app/User.php', mode: '100644', sha256: hash('evil'), sizeBytes: 0}] as const;
		writeFileSync(join(host.root, 'state dir/manifests/backend/one.made'), renderManifest(evil));
		write(lab, 'app/User.php');

		expect(await lab.drift()).toContain('changed app/User.php');
	});
});

test.concurrent('artisan down: its files are known as what they are, and what only has their name is not', async () => {
	const lab = await setUpLive('laravel');
	await using _ = lab.host;
	const stub = 'vendor/laravel/framework/src/Illuminate/Foundation/Console/stubs/maintenance-mode.stub';
	write(lab, stub, '<?php // 503');
	write(lab, 'storage/framework/down', '{}');
	write(lab, 'storage/framework/maintenance.php', '<?php // 503');
	expect(await lab.drift()).toEqual([`added ${stub}`]);

	write(lab, 'storage/framework/maintenance.php', '<?php // 503, and more');
	expect(await lab.drift()).toEqual(['added storage/framework/maintenance.php', `added ${stub}`]);
});

test.concurrent('days of honest work: nothing is named, and nothing is left out', async () => {
	const lab = await setUpLive('laravel');
	await using host = lab.host;
	const work = async (): Promise<void> => {
		write(lab, 'storage/framework/views/later.php', 'compiled');
		write(lab, 'storage/framework/sessions/a1', 'where an environment does not share them');
		write(lab, 'storage/app/public/photo.jpg', 'photo');
		write(lab, 'public/uploads/photo.jpg', 'photo');
		expect(await lab.drift()).toEqual([]);
	};
	await work();
	expect(await lab.copy('two')).toBe('');
	expect(existsSync(lab.inRelease('two', 'storage/framework/views/later.php'))).toBe(false);
	expect(readFileSync(lab.inRelease('two', 'vendor/autoload.php'), 'utf8')).toBe('autoload');
	await lab.finish('two', {...brought.laravel, 'app/New.php': 'new'});
	await work();
	await lab.goLive('one');
	await work();
	expect(await lab.copy('three')).toBe('');
	await lab.finish('three');
	await work();
	expect(existsSync(join(lab.layout.base, 'left-out'))).toBe(false);
	expect(existsSync(join(host.root, 'state dir/jobs/run/left-out'))).toBe(false);
});

test.concurrent('pages that Next makes on demand, its cache, and chunks that a rollback brings along are no drift', async () => {
	const lab = await setUpLive('nextjs');
	await using host = lab.host;
	for (const name of ['index.html', 'blog/a.html', 'blog/a.rsc', 'blog/a.meta', 'blog/a.segments/_tree.segment.rsc'])
		write(lab, `.next/server/app/${name}`, 'made on demand');
	write(lab, '.next/server/pages/blog/b.json', '{}');
	write(lab, '.next/cache/fetch-cache/1', 'cached');
	expect(await lab.drift()).toEqual([]);
	expect(await lab.copy('two')).toBe('');
	expect(existsSync(lab.inRelease('two', '.next/server/app/blog'))).toBe(false);
	await lab.finish('two', {...brought.nextjs, '.next/static/chunks/main-2.js': 'main 2'});
	write(lab, '.next/static/chunks/evil.js');

	await host.ok(addChunksOfLive(lab.of, {layout: lab.layout, release: 'one'}));
	await lab.goLive('one');

	expect(readFileSync(lab.live('.next/static/chunks/main-2.js'), 'utf8')).toBe('main 2');
	expect(await lab.drift()).toEqual(['added .next/static/chunks/evil.js']);
	const kept = parseManifest(readFileSync(join(host.root, 'state dir/manifests/frontend/one.made'), 'utf8'));
	expect([...(kept?.keys() ?? [])].toSorted()).toEqual([
		'.next/static/chunks/main-2.js',
		'.next/static/chunks/older.js',
		'node_modules/next/index.js',
	]);
});

test.concurrent.each([
	{
		how: 'as artisan makes it behind the live path',
		target: ({layout}: SetUp) => `${layout.releases}/one/storage/app/public`,
	},
	{how: 'by the live path', target: ({layout}: SetUp) => `${layout.live}/storage/app/public`},
	{
		how: 'of a release before that has the same uploads',
		target: ({layout, inRelease}: SetUp) => {
			mkdirSync(inRelease('zero', 'storage'), {recursive: true});
			symlinkSync(join(layout.shared, 'storage/app'), inRelease('zero', 'storage/app'));
			return `${layout.releases}/zero/storage/app/public`;
		},
	},
	{how: 'relative', target: () => '../storage/app/public'},
])('public/storage, $how: is no drift, and leads into the release it goes along with', async ({target}) => {
	const lab = await setUpLive('laravel');
	await using host = lab.host;
	symlinkSync(target(lab), lab.live('public/storage'));

	expect(await lab.drift()).toEqual([]);
	expect(await lab.copy('two')).toBe('');
	expect(readlinkSync(lab.inRelease('two', 'public/storage'))).toBe('../storage/app/public');
	await lab.finish('two');
	await host.sh('mkdir -p "$1" && echo photo >"$1/photo.jpg"', join(lab.layout.shared, 'storage/app/public'));
	expect(readFileSync(lab.live('public/storage/photo.jpg'), 'utf8')).toBe('photo\n');
	expect(await lab.drift()).toEqual([]);
});

test.concurrent.each([
	{
		where: 'beside the releases',
		target: ({layout}: SetUp) => `${layout.releases}/../../elsewhere/storage/app/public`,
	},
	{
		where: 'to a directory among the releases',
		target: ({layout, inRelease}: SetUp) => {
			mkdirSync(inRelease('x', 'storage/app/public'), {recursive: true});
			return `${layout.releases}/x/storage/app/public`;
		},
	},
])('public/storage that leads elsewhere, $where, is named and stays behind', async ({target}) => {
	const lab = await setUpLive('laravel');
	await using _ = lab.host;
	symlinkSync(target(lab), lab.live('public/storage'));

	expect(await lab.drift()).toEqual(['added public/storage']);
	expect(await lab.copy('two')).toContain('added public/storage');
	expect(existsSync(lab.inRelease('two', 'public/storage'))).toBe(false);
});

test.concurrent('modes that nobody asked for are drift; they and another owner do not go along', async () => {
	const lab = await setUpLive('laravel');
	await using host = lab.host;
	await host.sh(
		'cd -- "$1" && chmod 6755 artisan && chmod 666 public/index.php vendor/acme/lib.php && chmod 777 app vendor/acme && chmod 600 composer.lock',
		lab.live('.'),
	);
	const isRoot = process.getuid?.() === 0;
	if (isRoot) await host.sh('chown 1000 -- "$1"', lab.live('composer.lock'));

	expect(await lab.drift()).toEqual([
		'changed artisan',
		'mode of app',
		'mode of public/index.php',
		'mode of vendor/acme',
		'mode of vendor/acme/lib.php',
	]);
	await lab.copy('two');
	const modes = await host.sh(
		'cd -- "$1" && stat -c "%a %u %n" app vendor/acme vendor/acme/lib.php public/index.php composer.lock && find . ! -type l -perm /6002',
		lab.inRelease('two', '.'),
	);
	const uid = process.getuid?.();
	expect(modes.split('\n')).toEqual([
		`755 ${uid} app`,
		`775 ${uid} vendor/acme`,
		`664 ${uid} vendor/acme/lib.php`,
		`644 ${uid} public/index.php`,
		`644 ${uid} composer.lock`,
	]);
	lab.put('two', brought.laravel);
	await lab.finish('two');
	expect(await lab.drift()).toEqual([]);
	await host.sh('chmod 4644 "$1"', lab.live('artisan'));
	expect(await lab.drift()).toEqual(['mode of artisan']);
	expect((await host.run(proveMade(lab.of, lab.lists('two')))).stderr).toBe(
		'the release being prepared may be written by everybody, or runs as somebody else: artisan\n',
	);
});

test.concurrent('packages that would go along as second names of live keep no owner and no mode of live', async () => {
	const lab = await setUpLive('nextjs');
	await using host = lab.host;
	await host.sh('chmod 666 "$1"', lab.live('node_modules/next/index.js'));
	await lab.copy('two');
	expect(
		await host.sh(
			'stat -c %a -- "$1" "$2"',
			lab.live('node_modules/next/index.js'),
			lab.inRelease('two', 'node_modules/next/index.js'),
		),
	).toBe('666\n664');
});

test.concurrent('packages with a link that names a release by its path are made anew', async () => {
	const lab = setUp('laravel');
	await using _ = lab.host;
	mkdirSync(lab.inRelease('one', 'vendor/own'), {recursive: true});
	symlinkSync(lab.inRelease('one', 'app'), lab.inRelease('one', 'vendor/own/app'));
	await lab.finish('one');
	expect(await lab.drift()).toEqual([]);

	expect(await lab.copy('two')).toContain('noted: vendor holds links that name a release by its path');
	expect(existsSync(lab.inRelease('two', 'vendor'))).toBe(false);
});

describe('packages that an adoption found', () => {
	const note =
		'noted: vendor is installed anew: who installed what release one-adopted has, before the adoption, is not known\n';

	test.concurrent('are drift where they change, and never go along', async () => {
		const lab = setUp('laravel');
		await using _ = lab.host;
		await lab.finish('one-adopted');
		expect(await lab.drift()).toEqual([]);

		expect(await lab.copy('two')).toBe(note);
		expect(existsSync(lab.inRelease('two', 'vendor'))).toBe(false);
		expect(existsSync(lab.inRelease('two', 'artisan'))).toBe(true);
		await lab.finish('two');
		expect(await lab.copy('three')).toBe('');
		expect(existsSync(lab.inRelease('three', 'vendor/autoload.php'))).toBe(true);
	});

	test.concurrent('go along where nothing can install them, as long as they are what was found', async () => {
		const lab = setUp('nextjs');
		await using _ = lab.host;
		await lab.finish('one-adopted', {'.next/BUILD_ID': 'one'});
		expect(await lab.copy('two')).toContain(
			'noted: node_modules is taken over as it is, as nothing here can install it anew: who installed',
		);
		expect(existsSync(lab.inRelease('two', 'node_modules/next/index.js'))).toBe(true);
		write(lab, 'node_modules/next/index.js');
		expect(await lab.copy('three')).toContain(
			'noted: node_modules is not as it was installed, and is not taken over',
		);
		expect(existsSync(lab.inRelease('three', 'node_modules'))).toBe(false);
	});

	test.concurrent('go no further than into a release that a rollback restores', async () => {
		const lab = setUp('laravel');
		await using host = lab.host;
		await lab.finish('one-adopted');
		const archive = join(host.root, 'backend_20260203_113512.tar.gz');
		writeFileSync(archive.replace(/\.tar\.gz$/, '.json'), '{"file":"x","release":"one-adopted"}\n');
		await host.sh('cp -a -- "$1" "$2"', lab.inRelease('one-adopted', '.'), lab.inRelease('restored', '.'));
		await host.ok(listRestoredFiles(lab.of, {candidate: join(lab.layout.releases, 'restored'), archive}));
		await lab.goLive('restored');
		expect(await lab.drift()).toEqual([]);

		expect(await lab.copy('two')).toBe(note.replace('one-adopted', 'restored'));
		expect(existsSync(lab.inRelease('two', 'vendor'))).toBe(false);
	});
});

describe('a release of an earlier version', () => {
	test.concurrent('without a list of what was made: packages are made anew once, the rest is compared', async () => {
		const lab = await setUpLive('laravel');
		await using host = lab.host;
		await host.sh('rm "state dir/manifests/backend/one.made"');
		write(lab, 'vendor/acme/lib.php', 'changed before anybody looked');
		symlinkSync('../storage/app/public', lab.live('public/storage'));
		expect(await lab.drift()).toEqual([]);
		write(lab, 'public/shell.php');
		expect(await lab.drift()).toEqual(['added public/shell.php']);

		const said = await lab.copy('two');

		expect(said).toContain('noted: vendor is installed anew');
		expect(said).toContain(
			'noted: left out: 1 file that is not as deployed: added public/shell.php. Release one keeps it;',
		);
		expect(await host.sh('cd -- "$1" && find . ! -type d | sort', lab.inRelease('two', '.'))).toBe(
			[...Object.keys(brought.laravel).filter(name => !name.startsWith('bootstrap/')), 'public/storage']
				.toSorted()
				.map(name => `./${name}`)
				.join('\n'),
		);
	});

	test.concurrent('chunks that it carried over are known by the manifests of the builds they came from', async () => {
		const lab = setUp('nextjs');
		await using host = lab.host;
		await lab.finish('zero', {...brought.nextjs, '.next/static/chunks/older.js': 'older'});
		await lab.finish('one');
		await host.sh('rm "state dir/manifests/frontend/one.made"');
		expect(await lab.drift()).toEqual([]);
		write(lab, '.next/static/chunks/evil.js');
		expect(await lab.drift()).toEqual(['added .next/static/chunks/evil.js']);
	});

	test.concurrent('without any list nothing of it is known, and nothing goes along', async () => {
		const lab = await setUpLive('laravel');
		await using host = lab.host;
		await host.sh('rm "state dir/manifests/backend/"*');

		expect(await lab.drift()).toBeUndefined();
		expect(await lab.copy('two')).toContain('noted: what release one was deployed with is not written down');
		expect(await host.sh('ls -A "$1"', lab.inRelease('two', '.'))).toBe('');
	});
});

test.concurrent('copy: starts empty where nothing is live, never over what is there, and leaves live as it was', async () => {
	const lab = setUp('laravel');
	await using host = lab.host;
	await lab.copy('zero');
	expect(await host.sh('ls -A "$1"', lab.inRelease('zero', '.'))).toBe('');
	await lab.finish('one');
	const before = listing(host, lab.inRelease('one', '.'));

	await lab.copy('two');
	const again = await host.run(copyLive(lab.of, lab.inRelease('two', '.')));

	expect(again.code).not.toBe(0);
	expect(listing(host, lab.inRelease('one', '.'))).toBe(before);
	expect(await host.sh('find . -name pwned')).toBe('');
});

test.concurrent('left out: the ledger says how many, and the first names, in characters every reader has', async () => {
	const lab = await setUpLive('laravel');
	await using host = lab.host;
	const names = ['"q" \\', 'x\ny', 'ü', '\u001B[31m'];
	for (const name of names) write(lab, `public/${name}`);
	await lab.copy('two');
	const run = {attempt: 1, holder: {}, record: {}, entry: {type: 'deploy.started'}};
	await host.ok(takeLock(lab.state, run));

	await host.ok(closeRun(lab.state, 'done', {type: 'deploy.finished', data: {run: 'run', release: 'two'}}));

	const chain = readChain(readFileSync(join(host.root, 'state dir/ledger.jsonl'), 'utf8'), hash);
	expect(chain.fault).toBeUndefined();
	expect(chain.entries.at(-1)?.data).toEqual({
		run: 'run',
		release: 'two',
		leftOut: {
			release: 'one',
			count: 4,
			files: ['added public/?[31m', 'added public/"q" \\', 'added public/x?y', 'added public/??'],
		},
	});
});

test.concurrent('left out: what it was outlives the release, when that is removed', async () => {
	const lab = setUp('laravel');
	await using host = lab.host;
	await lab.finish('2026-1');
	write(lab, 'public/photo.jpg', 'an upload');
	write(lab, 'app/User.php', 'a hotfix');
	write(lab, 'vendor/acme/lib.php', 'a hotfix');
	write(lab, 'storage/framework/views/later.php', 'compiled');
	for (const release of ['2026-2', '2026-3', '2026-4']) {
		await lab.copy(release);
		await lab.finish(release);
	}
	writeFileSync(join(host.root, 'state dir/previous-backend'), '2026-3\n');

	const said = await host.ok(pruneReleases(lab.state, {keep: 2, target: lab.target}));

	const leftOut = join(lab.layout.base, 'left-out');
	expect(said).toContain(
		`noted: release 2026-1 is removed; 3 files that were not as deployed went to ${leftOut}/2026-1\n`,
	);
	expect(await host.sh('cd -- "$1" && grep -r . | sort', leftOut)).toBe(
		[
			'2026-1/app/User.php:a hotfix',
			'2026-1/public/photo.jpg:an upload',
			'2026-1/vendor/acme/lib.php:a hotfix',
		].join('\n'),
	);
	expect(await host.sh('ls "$1"; ls "state dir/manifests/backend"', lab.layout.releases)).toBe(
		'2026-3\n2026-4\n2026-3\n2026-3.made\n2026-4\n2026-4.made',
	);
});

test.concurrent('left out: what it was outlives the undoing of an adoption, unless the directory has it', async () => {
	const lab = await setUpLive('laravel');
	await using host = lab.host;
	write(lab, 'public/photo.jpg', 'an upload');
	await lab.copy('two');
	await lab.finish('two');
	write(lab, 'public/later.jpg', 'still live');
	// As the exchange leaves it: what belonged to the environment has gone back into the directory.
	await host.sh(
		'rm -- "$1" && cp -a -- "$2" "$1" && rm -r -- "$3"',
		lab.layout.live,
		lab.inRelease('two', '.'),
		lab.layout.shared,
	);

	const claim = claimOn(lab.layout, {stateDirectory: lab.of.state.directory});
	await mark(host, claim);
	await host.ok(keepAllLeftOut(lab.of));
	const said = await host.ok(
		removeReleases({
			claim,
			target: {owner: me, group: me, directoryMode: 0o755, shared: lab.target.shared},
		}),
	);

	expect(said).toContain(`noted: ${lab.layout.base}/left-out stays`);
	expect(await host.sh('cd -- "$1" && find . ! -type d', lab.layout.base)).toBe('./left-out/one/public/photo.jpg');
	expect(readFileSync(lab.live('public/later.jpg'), 'utf8')).toBe('still live');
});

describe('rollback to a snapshot', () => {
	test.concurrent('what is altered is told by name, what was added is put aside, and nothing is stopped', async () => {
		const lab = await setUpLive('laravel');
		await using host = lab.host;
		await host.sh('echo one >"state dir/jobs/run/target"');
		const tell = (): Promise<string> => host.ok(tellAlteredFiles(lab.of, lab.layout));
		expect(await tell()).toBe('');
		write(lab, 'public/shell.php');
		write(lab, 'storage/framework/views/later.php');
		write(lab, 'app/User.php');
		write(lab, 'vendor/acme/lib.php');
		unlinkSync(lab.live('vendor/autoload.php'));
		await host.sh('chmod 666 "$1"', lab.live('artisan'));

		expect(await tell()).toBe(
			[
				'noted: of release one 4 files are not as deployed and go live: changed app/User.php, changed vendor/acme/lib.php, gone vendor/autoload.php and 1 more',
				`noted: left out: 1 file that no build brought: public/shell.php. Now in ${lab.layout.base}/left-out/one\n`,
			].join('\n'),
		);
		expect(existsSync(lab.live('public/shell.php'))).toBe(false);
		expect(readFileSync(join(lab.layout.base, 'left-out/one/public/shell.php'), 'utf8')).toBe('evil');
		expect(await host.sh('find . -name pwned')).toBe('');
	});

	test.concurrent('what can not be put aside goes live, and that is told', async () => {
		const lab = await setUpLive('laravel');
		await using host = lab.host;
		await host.sh('echo one >"state dir/jobs/run/target"; touch "$1"', join(lab.layout.base, 'left-out'));
		write(lab, 'public/shell.php');

		expect(await host.ok(tellAlteredFiles(lab.of, lab.layout))).toBe(
			'noted: release one goes live with 1 file that no build brought: public/shell.php\n',
		);
		expect(existsSync(lab.live('public/shell.php'))).toBe(true);
	});

	test.concurrent("links into shared are nobody's additions, also in a release that was adopted", async () => {
		const lab = setUp('laravel');
		await using host = lab.host;
		await lab.finish('one-adopted');
		await host.sh('echo one-adopted >"state dir/jobs/run/target"; echo X=1 >"$1"', join(lab.layout.shared, '.env'));

		expect(readFileSync(lab.live('.env'), 'utf8')).toBe('X=1\n');
		expect(await host.ok(tellAlteredFiles(lab.of, lab.layout))).toBe('');
	});
});

test.concurrent('rollback from an archive: what no list names stays in the archive, and the next deploy knows the rest', async () => {
	const lab = await setUpLive('laravel');
	await using host = lab.host;
	const archive = join(host.root, 'backend_20260203_113512.tar.gz');
	writeFileSync(archive.replace(/\.tar\.gz$/, '.json'), '{"file":"x","release":"one","at":"2026-02-03T06:05:12Z"}\n');
	write(lab, 'public/shell.php');
	const restore = async (release: string): Promise<string> => {
		await host.sh('cp -a -- "$1" "$2"', lab.inRelease('one', '.'), lab.inRelease(release, '.'));
		lab.put(release, {'bootstrap/cache/config.php': `baked for ${release}`});
		const said = await host.ok(listRestoredFiles(lab.of, {candidate: join(lab.layout.releases, release), archive}));
		await lab.goLive(release);
		return said;
	};

	expect(await restore('restored')).toBe(
		'noted: left out: 1 file that no build brought: public/shell.php. The archive keeps what it was\n',
	);
	expect(await lab.drift()).toEqual([]);
	expect(await lab.copy('two')).toBe('');
	expect(readFileSync(lab.inRelease('two', 'vendor/autoload.php'), 'utf8')).toBe('autoload');

	lab.put('one', {'app/User.php': 'evil'});
	expect(await restore('altered')).toContain(
		'noted: of what the archive holds 1 file is not as deployed and goes live: app/User.php\n',
	);

	await host.sh('rm "state dir/manifests/backend/one.made"');
	expect(await restore('again')).toContain('noted: what was deployed of what the archive holds is not written down');
	expect(existsSync(lab.live('public/shell.php'))).toBe(true);
	expect(await lab.drift()).toBeUndefined();
});

test.concurrent('rollback of a frontend from an archive: pages that were made on demand stay, others do not', async () => {
	const lab = await setUpLive('nextjs');
	await using host = lab.host;
	const archive = join(host.root, 'frontend_20260203_113512.tar.gz');
	writeFileSync(archive.replace(/\.tar\.gz$/, '.json'), '{"file":"x","release":"one"}\n');
	write(lab, '.next/server/app/blog/a.html', 'made on demand');
	write(lab, '.next/server/app/index.html', 'made again');
	write(lab, '.next/server/app/evil.html');
	await host.sh('cp -a -- "$1" "$2"', lab.inRelease('one', '.'), lab.inRelease('restored', '.'));

	expect(await host.ok(listRestoredFiles(lab.of, {candidate: join(lab.layout.releases, 'restored'), archive}))).toBe(
		'noted: left out: 1 file that no build brought: .next/server/app/evil.html. The archive keeps what it was\n',
	);
	await lab.goLive('restored');
	expect(await lab.drift()).toEqual([]);
	expect(existsSync(lab.live('.next/server/app/blog/a.html'))).toBe(true);
});

test('drift: an answer that was cut is refused', () => {
	const answer = 'listed yes\nadded a\0gone b\0';

	expect(parseDrift(answer)).toEqual([
		{how: 'added', path: 'a'},
		{how: 'gone', path: 'b'},
	]);
	for (const length of [0, 5, 15, 20, answer.length - 1])
		expect(() => parseDrift(answer.slice(0, length)), String(length)).toThrow('is cut, or is no answer');
});

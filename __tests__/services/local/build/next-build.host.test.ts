import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {BuildRequest, BuiltTree} from '../../../../src/domain/ports.ts';
import {findForeign} from '../../../../src/services/local/build/find-foreign.ts';
import {createGitSource} from '../../../../src/services/local/source/git-source.ts';
import {createNextBuild} from '../../../../src/services/local/build/next-build.ts';
import {until} from '../../../support/wait.ts';
import {extract} from '../source/extract.ts';
import {createTemporaryDirectory, createTemporaryRepository, type Content} from '../temporary-repository.ts';

/** What `next build` leaves, made by a few lines of Node: the real one is met by the system tests. */
const builder = `
import {mkdirSync, writeFileSync, readFileSync, existsSync, appendFileSync, readdirSync} from 'node:fs';
import 'tool';
const id = readFileSync('id.txt', 'utf8').trim();
mkdirSync('.next/static/' + id, {recursive: true});
mkdirSync('.next/server', {recursive: true});
mkdirSync('.next/cache', {recursive: true});
console.log('cache ' + existsSync('.next/cache/seen'));
writeFileSync('.next/cache/seen', '1');
writeFileSync('.next/BUILD_ID', id);
writeFileSync('.next/static/' + id + '/_buildManifest.js', 'self.__BUILD_MANIFEST={}');
writeFileSync('.next/server/page.js', 'fetch("' + process.env.NEXT_PUBLIC_API_URL + '")');
writeFileSync('.next/required-server-files.json', JSON.stringify({config: {deploymentId: 'dpl-1'}}));
writeFileSync('.next/environment.json', JSON.stringify(process.env));
writeFileSync('.next/seen.json', JSON.stringify(readdirSync('.')));
appendFileSync('tsconfig.json', ' ');
writeFileSync('next-env.d.ts', '');
`;

const manifest = {name: 'app', version: '1.0.0', devDependencies: {tool: 'file:tool'}};
const lockfile = JSON.stringify({
	name: 'app',
	version: '1.0.0',
	lockfileVersion: 3,
	requires: true,
	packages: {
		'': manifest,
		'node_modules/tool': {resolved: 'tool', link: true},
		tool: {version: '1.0.0', dev: true},
	},
});
const packageJson = (build: string): string => JSON.stringify({...manifest, private: true, scripts: {build}});

const app = (changes: Readonly<Record<string, Content>> = {}): Record<string, Content> => ({
	'site/package.json': packageJson('node build.mjs'),
	'site/package-lock.json': lockfile,
	'site/tool/package.json': JSON.stringify({name: 'tool', version: '1.0.0', main: 'index.js'}),
	'site/tool/index.js': `console.log('the development package is here');`,
	'site/build.mjs': builder,
	'site/id.txt': 'one',
	'site/tsconfig.json': '{}',
	'site/run.sh': {script: '#!/bin/sh\n'},
	'site/link': {link: 'id.txt'},
	...changes,
});

const api = 'https://preprod.example.test/api';

/** Builds of all these apps are kept in one place, as they are on a machine: each knows its own by its sources. */
const kept = createTemporaryDirectory();
afterAll(() => kept[Symbol.dispose]());

/** The engineer's own: registries and tokens count, what would run other code in a build does not. */
const home = createTemporaryDirectory();
afterAll(() => home[Symbol.dispose]());
const evil = join(home.path, 'evil');
writeFileSync(evil, `#!/bin/sh\ntouch '${home.path}/ran'\nexec sh "$@"\n`, {mode: 0o755});
writeFileSync(join(home.path, 'evil.cjs'), `require('fs').writeFileSync('${home.path}/ran', '')`);
writeFileSync(
	join(home.path, '.npmrc'),
	[
		'registry=http://127.0.0.1:9/mirror/',
		'@own:registry=http://127.0.0.1:9/own/',
		'//127.0.0.1:9/:_authToken=token-of-asha',
		'offline=true',
		`script-shell=${evil}`,
		`node-options=--require=${join(home.path, 'evil.cjs')}`,
		`git=${evil}`,
		`node-gyp=${evil}`,
		'',
	].join('\n'),
);

const builds = createNextBuild({
	directory: kept.path,
	environment: {
		...process.env,
		HOME: home.path,
		NEXT_PUBLIC_LEAK: 'leaked',
		SECRET: 'secret',
		NODE_OPTIONS: `--require=${join(home.path, 'evil.cjs')}`,
		npm_config_omit: 'dev',
		npm_config_script_shell: evil,
		npm_config_node_options: `--require=${join(home.path, 'evil.cjs')}`,
		npm_config_userconfig: join(home.path, 'other'),
		NPM_CONFIG_GLOBALCONFIG: join(home.path, 'other'),
		npm_config_some_package_binary_host: 'http://127.0.0.1:9/',
	},
});

/** A repository with the app in it. `build` resolves with what was built and what was said meanwhile. */
const setUp = async (files = app()) => {
	const repository = createTemporaryRepository();
	await repository.commit(files);
	const directory = join(repository.path, 'site');
	const requestFor = async (changes: Partial<BuildRequest> = {}): Promise<BuildRequest> => {
		const {commit, digest} = await createGitSource().read({directory, excludes: []});
		return {
			app: 'frontend',
			directory,
			commit,
			digest,
			environment: {NODE_ENV: 'production', NEXT_PUBLIC_API_URL: api},
			excludes: [],
			foreign: [],
			...changes,
		};
	};
	return {
		repository,
		directory,
		requestFor,
		build: async (changes: Partial<BuildRequest> = {}): Promise<{tree: BuiltTree; lines: readonly string[]}> => {
			const lines: string[] = [];
			const {signal} = new AbortController();
			const tree = await builds.build(await requestFor(changes), {
				onLines: more => lines.push(...more),
				signal,
			});
			return {tree, lines};
		},
		[Symbol.dispose]: () => repository[Symbol.dispose](),
	};
};

const excludes = ['build.mjs', '.next/server'];

/** The first build of an app, with what is beside its commit; most tests look at what became of it. */
let place: Awaited<ReturnType<typeof setUp>>;
let first: Awaited<ReturnType<typeof place.build>>;
beforeAll(async () => {
	place = await setUp();
	place.repository.write('site/untracked.txt', 'x');
	place.repository.write('site/.env.local', 'NEXT_PUBLIC_API_URL=http://localhost');
	place.repository.write('site/id.txt', 'changed but not committed');
	const foreign = ['https://preprod.example.te', 'https://prod.example.test/api'];
	first = await place.build({excludes, foreign: foreign.map(url => ({environment: 'production', url}))});
});
afterAll(() => place[Symbol.dispose]());

describe.concurrent('builds', () => {
	test('build: sends the sources as committed and the output, and nothing of this machine or this process', async () => {
		const {tree} = await place.build();

		expect(first.tree).toMatchObject({buildId: 'one', deploymentId: 'dpl-1', isReused: false});
		expect(tree.entries.map(({path, mode}) => `${mode} ${path}`)).toEqual([
			'100644 .next/BUILD_ID',
			'100644 .next/environment.json',
			'100644 .next/required-server-files.json',
			'100644 .next/seen.json',
			'100644 .next/server/page.js',
			'100644 .next/static/one/_buildManifest.js',
			'100644 build.mjs',
			'100644 id.txt',
			'120000 link',
			'100644 package-lock.json',
			'100644 package.json',
			'100755 run.sh',
			'100644 tool/index.js',
			'100644 tool/package.json',
			'100644 tsconfig.json',
		]);
		expect(readFileSync(join(tree.directory, 'tsconfig.json'), 'utf8')).toBe('{}');
		const seen = JSON.parse(readFileSync(join(tree.directory, '.next/environment.json'), 'utf8')) as Record<
			string,
			string
		>;
		expect(seen).toMatchObject({NODE_ENV: 'production', NEXT_PUBLIC_API_URL: api, NEXT_TELEMETRY_DISABLED: '1'});
		expect(seen).not.toHaveProperty('NEXT_PUBLIC_LEAK');
		expect(seen).not.toHaveProperty('SECRET');
		expect(seen).not.toHaveProperty('NODE_OPTIONS');
		expect(first.lines.join('\n')).toContain('with NEXT_PUBLIC_API_URL, NODE_ENV');
		expect(first.lines.filter(line => line.includes('preprod.example.test'))).toEqual([]);
	});

	test('build: nothing of npm_config_* of this process, and nothing of ~/.npmrc that runs code; its registries and tokens hold', () => {
		const seen = JSON.parse(readFileSync(join(first.tree.directory, '.next/environment.json'), 'utf8')) as Record<
			string,
			string
		>;

		expect(existsSync(join(home.path, 'ran'))).toBe(false);
		expect(seen).toMatchObject({npm_config_registry: 'http://127.0.0.1:9/mirror/', npm_config_offline: 'true'});
		const odd = Object.entries(seen).filter(([, value]) => value.includes('evil') || value.includes('other'));
		expect(odd).toEqual([]);
		expect(seen).not.toHaveProperty('npm_config_some_package_binary_host');
	});

	test('build: no .env file of the work tree or of a directory above enters', () => {
		const seen = JSON.parse(readFileSync(join(first.tree.directory, '.next/seen.json'), 'utf8')) as string[];

		expect(seen.filter(name => name.startsWith('.env'))).toEqual([]);
		expect(existsSync(join(place.directory, '.env.local'))).toBe(true);
	});

	test('build: a shell that the committed .npmrc names is the one that runs', async () => {
		using place = await setUp(app({'site/.npmrc': 'script-shell = /bin/bash\n'}));

		const {tree} = await place.build();

		const seen = readFileSync(join(tree.directory, '.next/environment.json'), 'utf8');
		expect(JSON.parse(seen)).toMatchObject({npm_config_script_shell: '/bin/bash'});
	});

	test('build: whatever is altered in a kept build, it is not found any more', async () => {
		using place = await setUp();
		const {tree} = await place.build({excludes});
		const request = await place.requestFor({excludes});
		const find = () => builds.find(request);
		const inPlaceOf = (name: string, change: (text: string) => string) => async (): Promise<void> => {
			const file = join(dirname(tree.directory), name);
			const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
			writeFileSync(file, change(before ?? ''));
			expect(await find(), name).toBeUndefined();
			if (before === undefined) rmSync(file);
			else writeFileSync(file, before);
		};
		const alterations = [
			inPlaceOf('tree/id.txt', () => 'two'),
			// Built with and not sent.
			inPlaceOf('tree/build.mjs', () => ''),
			inPlaceOf('tree/evil.js', () => ''),
			inPlaceOf('tree/.next/server/page.js', text => text.replace('fetch', 'FETCH')),
			inPlaceOf('tree/.next/evil.js', () => ''),
			inPlaceOf('complete', text => text.replace('"one"', '"two"')),
			inPlaceOf('complete', text => text.replace('"dpl-1"', '"dpl-2"')),
			inPlaceOf('complete', () => '{'),
			inPlaceOf('complete', () => 'null'),
			inPlaceOf('complete', () => ''),
			async () => {
				chmodSync(join(tree.directory, 'run.sh'), 0o644);
				expect(await find()).toBeUndefined();
				chmodSync(join(tree.directory, 'run.sh'), 0o755);
			},
		];
		for (const alter of alterations) {
			await alter();
			expect(await find()).toEqual({...tree, isReused: true});
		}
		rmSync(join(tree.directory, 'link'));
		expect(await find()).toBeUndefined();
	});

	test.each([
		['tree/id.txt', '"id.txt" is not as committed'],
		['tree/.next/BUILD_ID', 'its files are not those that were built'],
		['complete', 'what it says of itself cannot be read'],
	])('build: a kept build with another %s is thrown away, with a word, and built again', async (name, why) => {
		using place = await setUp();
		const {tree} = await place.build();
		writeFileSync(join(dirname(tree.directory), name), 'two');

		const again = await place.build();

		expect(again.lines[0]).toBe(`the build kept from before was altered (${why}): thrown away, built again`);
		expect(again.tree).toEqual({...tree, isReused: false});
		expect((await place.build()).tree.isReused).toBe(true);
	});

	test('build: a kept build of other values in the place of this one is met', async () => {
		using place = await setUp();
		const one = await place.build();
		const environment = {NODE_ENV: 'production', NEXT_PUBLIC_API_URL: 'https://prod.example.test/api'};
		const other = await place.build({environment});
		rmSync(dirname(one.tree.directory), {recursive: true});
		renameSync(dirname(other.tree.directory), dirname(one.tree.directory));

		expect(await builds.find(await place.requestFor())).toBeUndefined();
	});

	test.each([
		['.next/server/page.js', 'fetch("https://evil.example.test/api")'],
		['.next/server/page.js', 'fetch("https://PREPROD.example.test/api")'],
		['.next/BUILD_ID', ''],
	])('build: %s altered between listing and sending (%j) is not sent to its end', async (name, text) => {
		using place = await setUp();
		const {tree} = await place.build();
		writeFileSync(join(tree.directory, name), text);

		const tar = builds.tar(tree, {entries: tree.entries, fileMode: 0o644, directoryMode: 0o755});
		const sent: Uint8Array[] = [];
		const sending = async (): Promise<void> => {
			for await (const chunk of tar) sent.push(chunk);
		};

		await expect(sending()).rejects.toMatchObject({
			code: 'step-failed',
			what: 'DEPLOYMENT BLOCKED: the build was altered',
			why: `"${name}" in ${tree.directory} is not what it was when it was listed`,
		});
		if (text !== '') expect(Buffer.concat(sent).includes(text)).toBe(false);
	});

	test('build: a link turned between listing and sending is not sent', async () => {
		using place = await setUp();
		const {tree} = await place.build();
		rmSync(join(tree.directory, 'link'));
		symlinkSync('/etc/passwd', join(tree.directory, 'link'));

		await expect(
			buffer(builds.tar(tree, {entries: tree.entries, fileMode: 0o644, directoryMode: 0o755})),
		).rejects.toMatchObject({what: 'DEPLOYMENT BLOCKED: the build was altered'});
	});

	test('build: what the source digest says of the sources is what stands in the build', async () => {
		const source = await createGitSource().read({directory: place.directory, excludes: []});

		const {tree} = await place.build();

		expect(tree.entries.filter(({path}) => !path.startsWith('.next/'))).toEqual(source.entries);
	});

	test('build: found again for the same sources and values, made anew for others; packages are installed once', async () => {
		const again = await place.build({excludes});

		expect(again.tree).toEqual({...first.tree, isReused: true});
		expect(again.lines).toEqual(['built before: one']);
		expect(await builds.find(await place.requestFor())).toMatchObject({isReused: true, buildId: 'one'});

		const environment = {NODE_ENV: 'production', NEXT_PUBLIC_API_URL: 'https://prod.example.test/api'};
		expect(await builds.find(await place.requestFor({environment}))).toBeUndefined();
		const other = await place.build({environment});
		expect(other.tree.isReused).toBe(false);
		expect(first.lines.filter(line => line.startsWith('npm ci'))).toHaveLength(1);
		expect(other.lines.filter(line => line.startsWith('npm ci'))).toEqual([]);
		expect(other.lines).toContain('cache true');
	});

	test("build: Next's cache is lent to the next build as long as it is what the one before left", async () => {
		using place = await setUp();
		const {tree} = await place.build();
		const cache = join(kept.path, 'cache', basename(dirname(dirname(tree.directory))));
		await place.repository.commit({'site/id.txt': 'two'});
		expect((await place.build()).lines).toContain('cache true');
		writeFileSync(join(cache, 'contents/evil'), '');
		await place.repository.commit({'site/id.txt': 'three'});

		const {lines} = await place.build();

		expect(lines).toContain("Next's cache is not what the build before left: thrown away");
		expect(lines).toContain('cache false');
		expect(existsSync(join(cache, 'contents/evil'))).toBe(false);
	});

	test('build: excluded paths are built with and not sent; Next has its cache, which is never sent', () => {
		const paths = first.tree.entries.map(({path}) => path);

		expect(paths).not.toContain('build.mjs');
		expect(paths.filter(path => path.startsWith('.next/server') || path.startsWith('.next/cache'))).toEqual([]);
	});

	test('build: development packages are installed, whatever this process was told', () => {
		expect(first.lines).toContain('the development package is here');
	});

	test('build: the archive brings what the entries say', async () => {
		using target = createTemporaryDirectory();
		const {tree} = await place.build();

		await extract(builds.tar(tree, {entries: tree.entries, fileMode: 0o640, directoryMode: 0o750}), target.path);

		expect(readFileSync(join(target.path, '.next/BUILD_ID'), 'utf8')).toBe('one');
		expect(statSync(join(target.path, 'run.sh')).mode & 0o777).toBe(0o750);
		expect(statSync(join(target.path, 'id.txt')).mode & 0o777).toBe(0o640);
		expect(readFileSync(join(target.path, 'link'), 'utf8')).toBe('one');
	});

	test('build: a failing one says why in the words of the tool, keeps nothing, and the next one works', async () => {
		const script = String.raw`console.error('\u001b[31mType error: no such page\u001b[0m'); process.exitCode = 3;`;
		using place = await setUp(app({'site/build.mjs': script}));

		const error = await place.build().catch((thrown: unknown) => thrown);

		const {commit} = await place.requestFor();
		expect(error).toMatchObject({
			code: 'step-failed',
			what: `DEPLOYMENT BLOCKED: the build of frontend ${commit.slice(0, 7)} failed`,
			why: 'npm run build exited with 3:\nType error: no such page',
			now: 'Nothing was changed on any host.',
		});
		expect(await builds.find(await place.requestFor())).toBeUndefined();

		await place.repository.commit(app());
		expect((await place.build()).tree.buildId).toBe('one');
	});

	test('build: the reason is not pushed out by the stack of what read it', async () => {
		using place = await setUp(app({'site/build.mjs': `import '../gone.mjs';`}));

		const error = (await place.build().catch((thrown: unknown) => thrown)) as {readonly why: string};

		expect(error.why).toMatch(/Cannot find module '.*gone\.mjs'/);
		expect(error.why).not.toMatch(/^\s+at /m);
	});

	test.each([
		{case: 'no BUILD_ID', script: 'true', what: /BUILD_ID missing/, why: /missing or empty/},
		{
			case: 'no static files of that id',
			script: 'mkdir -p .next && echo x >.next/BUILD_ID',
			what: /incomplete/,
			why: /\.next\/static\/x is missing/,
		},
	])('build: $case is no build', async ({script, what, why}) => {
		using place = await setUp(app({'site/package.json': packageJson(script)}));

		await expect(place.build()).rejects.toMatchObject({
			code: 'step-failed',
			what: expect.stringMatching(what) as string,
			why: expect.stringMatching(why) as string,
		});
	});

	test.each([
		{url: api, found: true},
		{url: 'https://preprod.example.test', found: true},
		{url: 'https://preprod.example.te', found: false},
		{url: 'https://prod.example.test/api', found: false},
	])('build: the address $url of another environment in the output is found: $found', async ({url, found}) => {
		const {directory} = first.tree;

		expect(await findForeign(directory, [{environment: 'production', url}])).toEqual(
			found ? {environment: 'production', url, file: '.next/server/page.js'} : undefined,
		);
	});

	test('build: one that speaks to another environment is no build', async () => {
		using place = await setUp();

		await expect(place.build({foreign: [{environment: 'production', url: api}]})).rejects.toMatchObject({
			code: 'step-failed',
			what: 'DEPLOYMENT BLOCKED: the build speaks to production',
			why: `.next/server/page.js holds ${api}, which belongs to production`,
		});
		expect(await builds.find(await place.requestFor())).toBeUndefined();
	});

	test('build: without a tracked lockfile, with the packages beside the sources; without those it is blocked', async () => {
		const {'site/package-lock.json': _, ...files} = app();
		using place = await setUp(files);

		await expect(place.build()).rejects.toMatchObject({
			code: 'step-failed',
			next: expect.stringContaining('commit package-lock.json') as string,
		});

		mkdirSync(join(place.directory, 'node_modules/tool'), {recursive: true});
		writeFileSync(join(place.directory, 'node_modules/tool/index.js'), '');
		const {tree} = await place.build();
		expect(tree.entries.filter(({path}) => path.startsWith('node_modules'))).toEqual([]);
	});

	/** A process that nobody has collected yet is over too. */
	const isRunning = (pid: number): boolean => {
		try {
			return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
		} catch {
			return false;
		}
	};

	test('build: cancelled, it ends every process of the build, and the next one works', async () => {
		using place = await setUp(
			app({'site/package.json': packageJson('node -e "console.log(process.pid);setInterval(()=>{},1000)"')}),
		);
		const stopping = new AbortController();
		let pid = 0;
		const build = builds.build(await place.requestFor(), {
			signal: stopping.signal,
			onLines: lines => {
				pid = Number(lines.find(line => /^\d+$/.test(line)) ?? pid);
				if (pid > 0) stopping.abort();
			},
		});

		await expect(build).rejects.toMatchObject({code: 'cancelled'});

		await until('the build to be gone', () => !isRunning(pid), {show: () => `process ${pid} runs`});
		await place.repository.commit(app());
		expect((await place.build()).tree.buildId).toBe('one');
	});
});

// Moves the first app on: nothing else may look at it meanwhile.
test('build: two at once of one app are made one after the other; a lock whose holder is gone is no obstacle', async () => {
	const holder = spawn('true');
	await once(holder, 'close');
	const name = basename(dirname(dirname(first.tree.directory)));
	const lock = join(kept.path, 'work', `${name}.lock`);
	expect(existsSync(lock)).toBe(false);
	mkdirSync(lock);
	writeFileSync(join(lock, 'pid'), String(holder.pid));
	await place.repository.commit({'site/id.txt': 'two'});

	const both = await Promise.all([place.build(), place.build()]);

	expect(both.map(({tree}) => tree.buildId)).toEqual(['two', 'two']);
	expect(both.filter(({tree}) => tree.isReused)).toHaveLength(1);
	const made = both.find(({tree}) => !tree.isReused);
	expect(made?.lines.filter(line => line.startsWith('npm ci'))).toEqual([]);
	expect(made?.lines).toContain('cache true');
	expect(existsSync(lock)).toBe(false);
});

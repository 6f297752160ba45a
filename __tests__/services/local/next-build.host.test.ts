import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {expect, test} from 'vitest';
import type {BuildRequest} from '../../../src/domain/ports.ts';
import {createGitSource} from '../../../src/services/local/git-source.ts';
import {createNextBuild} from '../../../src/services/local/next-build.ts';
import {createTemporaryDirectory, createTemporaryRepository, type Content} from './temporary-repository.ts';

/** What `next build` leaves, made by a few lines of Node: the real one is met by the system tests. */
const builder = `
import {mkdirSync, writeFileSync, readFileSync, existsSync, appendFileSync} from 'node:fs';
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
appendFileSync('tsconfig.json', ' ');
writeFileSync('next-env.d.ts', '');
`;

const lockfile = JSON.stringify({
	name: 'app',
	version: '1.0.0',
	lockfileVersion: 3,
	requires: true,
	packages: {'': {name: 'app', version: '1.0.0'}},
});
const packageJson = (build: string): string =>
	JSON.stringify({name: 'app', version: '1.0.0', private: true, scripts: {build}});

const app = (changes: Readonly<Record<string, Content>> = {}): Record<string, Content> => ({
	'site/package.json': packageJson('node build.mjs'),
	'site/package-lock.json': lockfile,
	'site/build.mjs': builder,
	'site/id.txt': 'one',
	'site/tsconfig.json': '{}',
	'site/run.sh': {script: '#!/bin/sh\n'},
	'site/link': {link: 'id.txt'},
	...changes,
});

const api = 'https://preprod.example.test/api';

const setUp = (files = app()) => {
	const repository = createTemporaryRepository();
	const kept = createTemporaryDirectory();
	repository.commit(files);
	const directory = join(repository.path, 'site');
	const builds = createNextBuild({
		directory: kept.path,
		environment: {
			...process.env,
			NEXT_PUBLIC_LEAK: 'leaked',
			SECRET: 'secret',
			npm_config_offline: 'true',
			npm_config_omit: 'dev',
		},
	});
	const lines: string[] = [];
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
		kept: kept.path,
		directory,
		builds,
		lines,
		requestFor,
		build: async (changes: Partial<BuildRequest> = {}, signal = new AbortController().signal) =>
			builds.build(await requestFor(changes), {onLines: more => lines.push(...more), signal}),
		[Symbol.dispose]: () => {
			repository[Symbol.dispose]();
			kept[Symbol.dispose]();
		},
	};
};

test('build: sends the sources as committed and the output, and nothing of this machine or this process', async () => {
	using place = setUp();
	place.repository.write('site/untracked.txt', 'x');
	place.repository.write('site/.env.local', 'NEXT_PUBLIC_API_URL=http://localhost');
	place.repository.write('site/id.txt', 'changed but not committed');

	const tree = await place.build();

	expect(tree).toMatchObject({buildId: 'one', deploymentId: 'dpl-1', isReused: false});
	expect(tree.entries.map(({path, mode}) => `${mode} ${path}`)).toEqual([
		'100644 .next/BUILD_ID',
		'100644 .next/environment.json',
		'100644 .next/required-server-files.json',
		'100644 .next/server/page.js',
		'100644 .next/static/one/_buildManifest.js',
		'100644 build.mjs',
		'100644 id.txt',
		'120000 link',
		'100644 package-lock.json',
		'100644 package.json',
		'100755 run.sh',
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
	expect(place.lines.join('\n')).toContain('with NEXT_PUBLIC_API_URL, NODE_ENV');
	expect(place.lines.filter(line => line.includes('preprod.example.test'))).toEqual([]);
});

test('build: what the source digest says of the sources is what stands in the build', async () => {
	using place = setUp();
	const source = await createGitSource().read({directory: place.directory, excludes: []});

	const {entries} = await place.build();

	expect(entries.filter(({path}) => !path.startsWith('.next/'))).toEqual(source.entries);
});

test('build: found again for the same sources and values, made anew for others; packages are installed once', async () => {
	using place = setUp();
	const first = await place.build();
	place.lines.length = 0;
	const again = await place.build();

	expect(again).toMatchObject({isReused: true, directory: first.directory, entries: first.entries});
	expect(place.lines).toEqual(['built before: one']);
	expect(await place.builds.find(await place.requestFor())).toMatchObject({isReused: true, buildId: 'one'});

	const other = {NODE_ENV: 'production', NEXT_PUBLIC_API_URL: 'https://prod.example.test/api'};
	expect(await place.builds.find(await place.requestFor({environment: other}))).toBeUndefined();
	expect((await place.build({environment: other})).isReused).toBe(false);
	place.repository.commit({'site/id.txt': 'two'});
	expect(await place.build()).toMatchObject({isReused: false, buildId: 'two'});
	expect(place.lines.filter(line => line.startsWith('npm ci'))).toEqual([]);
	expect(place.lines.filter(line => line.startsWith('cache'))).toEqual(['cache true', 'cache true']);
});

test('build: excluded paths are built with and not sent; Next has its cache, which is never sent', async () => {
	using place = setUp();
	const {entries} = await place.build({excludes: ['build.mjs', '.next/server']});

	const paths = entries.map(({path}) => path);
	expect(paths).not.toContain('build.mjs');
	expect(paths.filter(path => path.startsWith('.next/server') || path.startsWith('.next/cache'))).toEqual([]);
});

test('build: the archive brings what the entries say', async () => {
	using place = setUp();
	using target = createTemporaryDirectory();
	const tree = await place.build();

	const archive = place.builds.tar(tree, {entries: tree.entries, fileMode: 0o640, directoryMode: 0o750});
	const tar = spawn('tar', ['-xpf', '-', '-C', target.path], {stdio: ['pipe', 'ignore', 'inherit']});
	const closed = once(tar, 'close');
	await pipeline(Readable.from(archive), tar.stdin);
	expect(await closed).toEqual([0, null]);

	expect(readFileSync(join(target.path, '.next/BUILD_ID'), 'utf8')).toBe('one');
	expect(statSync(join(target.path, 'run.sh')).mode & 0o777).toBe(0o750);
	expect(statSync(join(target.path, 'id.txt')).mode & 0o777).toBe(0o640);
	expect(readFileSync(join(target.path, 'link'), 'utf8')).toBe('one');
});

test('build: a failing one says why in the words of the tool, keeps nothing, and the next one works', async () => {
	const script = String.raw`console.error('\u001b[31mType error: no such page\u001b[0m'); process.exitCode = 3;`;
	using place = setUp(app({'site/build.mjs': script}));

	const error = await place.build().catch((thrown: unknown) => thrown);

	const {commit} = await place.requestFor();
	expect(error).toMatchObject({
		code: 'step-failed',
		what: `DEPLOYMENT BLOCKED: the build of frontend ${commit.slice(0, 7)} failed`,
		why: 'npm run build exited with 3:\nType error: no such page',
		now: 'Nothing was changed on any host.',
	});
	expect(await place.builds.find(await place.requestFor())).toBeUndefined();

	place.repository.commit(app());
	expect((await place.build()).buildId).toBe('one');
});

test('build: the reason is not pushed out by the stack of what read it', async () => {
	using place = setUp(app({'site/build.mjs': `import './gone.mjs';`}));

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
	using place = setUp(app({'site/package.json': packageJson(script)}));

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
	using place = setUp();
	const build = place.build({foreign: [{environment: 'production', url}]});

	if (!found) {
		expect((await build).buildId).toBe('one');
		return;
	}
	await expect(build).rejects.toMatchObject({
		code: 'step-failed',
		what: 'DEPLOYMENT BLOCKED: the build speaks to production',
		why: `.next/server/page.js holds ${url}, which belongs to production`,
	});
});

test('build: without a tracked lockfile, with the packages beside the sources; without those it is blocked', async () => {
	const {'site/package-lock.json': _, ...files} = app({
		'site/build.mjs': `import 'dependency';\n${builder}`,
	});
	using place = setUp(files);

	await expect(place.build()).rejects.toMatchObject({
		code: 'step-failed',
		next: expect.stringContaining('commit package-lock.json') as string,
	});

	mkdirSync(join(place.directory, 'node_modules/dependency'), {recursive: true});
	writeFileSync(join(place.directory, 'node_modules/dependency/index.js'), '');
	const {entries} = await place.build();
	expect(entries.filter(({path}) => path.startsWith('node_modules'))).toEqual([]);
});

test('build: development packages are installed, whatever this process was told', async () => {
	const locked = JSON.stringify({
		name: 'app',
		version: '1.0.0',
		lockfileVersion: 3,
		requires: true,
		packages: {
			'': {name: 'app', version: '1.0.0', devDependencies: {tool: 'file:tool'}},
			'node_modules/tool': {resolved: 'tool', link: true},
			tool: {version: '1.0.0', dev: true},
		},
	});
	using place = setUp(
		app({
			'site/package.json': JSON.stringify({
				name: 'app',
				version: '1.0.0',
				devDependencies: {tool: 'file:tool'},
				scripts: {build: 'node build.mjs'},
			}),
			'site/package-lock.json': locked,
			'site/tool/package.json': JSON.stringify({name: 'tool', version: '1.0.0', main: 'index.js'}),
			'site/tool/index.js': '',
			'site/build.mjs': `import 'tool';\n${builder}`,
		}),
	);

	expect((await place.build()).buildId).toBe('one');
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
	using place = setUp(
		app({'site/package.json': packageJson('node -e "console.log(process.pid);setInterval(()=>{},1000)"')}),
	);
	const stopping = new AbortController();
	let pid = 0;
	const build = place.builds.build(await place.requestFor(), {
		signal: stopping.signal,
		onLines: lines => {
			pid = Number(lines.find(line => /^\d+$/.test(line)) ?? pid);
			if (pid > 0) stopping.abort();
		},
	});

	await expect(build).rejects.toMatchObject({code: 'cancelled'});

	expect(isRunning(pid)).toBe(false);
	place.repository.commit(app());
	expect((await place.build()).buildId).toBe('one');
});

test('build: two at once of one app are made one after the other; a lock whose holder is gone is no obstacle', async () => {
	using place = setUp();
	const holder = spawn('true');
	await once(holder, 'close');
	const [name = ''] = await (async () => {
		await place.build();
		return readdirSync(join(place.kept, 'cache'));
	})();
	const lock = join(place.kept, 'work', `${name}.lock`);
	expect(existsSync(lock)).toBe(false);
	mkdirSync(lock);
	writeFileSync(join(lock, 'pid'), String(holder.pid));
	place.repository.commit({'site/id.txt': 'two'});

	const both = await Promise.all([place.build(), place.build()]);

	expect(both.map(({buildId}) => buildId)).toEqual(['two', 'two']);
	expect(both.filter(({isReused}) => isReused)).toHaveLength(1);
	expect(existsSync(lock)).toBe(false);
});

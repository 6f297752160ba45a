import {createHash} from 'node:crypto';
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {DeployError} from '../../../../src/domain/errors.ts';
import {createGitSource} from '../../../../src/services/local/source/git-source.ts';
import {outputOf} from '../../../support/run-program.ts';
import {createTemporaryDirectory, createTemporaryRepository} from '../temporary-repository.ts';

const source = createGitSource();
const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
const read = (directory: string, excludes: readonly string[] = []) => source.read({directory, excludes});
const paths = async (directory: string, excludes: readonly string[] = []): Promise<readonly string[]> =>
	(await read(directory, excludes)).entries.map(({path}) => path);

const refusal = async (work: Promise<unknown>): Promise<DeployError> => {
	const error = await work.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof DeployError)) throw new Error('expected a DeployError', {cause: error});
	return error;
};

test('git source: reads commit, branch, subject and the manifest of the app below the root of the repository', async () => {
	using repository = createTemporaryRepository();
	const commit = await repository.commit(
		{
			'apps/backend/artisan': {script: '#!/usr/bin/env php\n'},
			'apps/backend/public/index.php': '<?php\n',
			'apps/backend/public/storage': {link: '../storage/app/public'},
			'apps/frontend/package.json': '{}',
			'README.md': 'root',
		},
		'Add reminders\n\nIn two parts.',
	);

	expect(await read(join(repository.path, 'apps/backend'))).toEqual({
		commit,
		branch: 'main',
		subject: 'Add reminders',
		digest: expect.stringMatching(/^[0-9a-f]{64}$/),
		entries: [
			{path: 'artisan', mode: '100755', sha256: sha256('#!/usr/bin/env php\n'), sizeBytes: 19},
			{path: 'public/index.php', mode: '100644', sha256: sha256('<?php\n'), sizeBytes: 6},
			{path: 'public/storage', mode: '120000', sha256: sha256('../storage/app/public'), sizeBytes: 21},
		],
	});
});

test('git source: the digest is sha256 over mode, content and path in order of the bytes of the paths', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({'a/b': '1', 'a-b': '2', '\u{FFFD}': '3', '\u{1F600}': '4', B: {script: '5'}});
	const line = (mode: string, content: string, path: string): string => `${mode} ${sha256(content)} ${path}\0`;

	const {digest, entries} = await read(repository.path);

	// U+FFFD sorts after U+1F600 as UTF-16 and before it as UTF-8.
	expect(entries.map(({path}) => path)).toEqual(['B', 'a-b', 'a/b', '\u{FFFD}', '\u{1F600}']);
	expect(digest).toBe(
		sha256(
			line('100755', '5', 'B') +
				line('100644', '2', 'a-b') +
				line('100644', '1', 'a/b') +
				line('100644', '3', '\u{FFFD}') +
				line('100644', '4', '\u{1F600}'),
		),
	);
});

test('git source: the digest depends on content, mode and path, not on commit, time or message', async () => {
	using repository = createTemporaryRepository();
	const digest = async (): Promise<string> => (await read(repository.path)).digest;
	await repository.commit({a: '1'}, 'one');
	const first = await digest();
	await repository.commit({}, 'two');
	expect(await digest()).toBe(first);
	await repository.commit({a: {script: '1'}});
	const executable = await digest();
	await repository.commit({a: '2'});
	const changed = await digest();
	await repository.git('mv', 'a', 'b');
	await repository.commit();

	expect(new Set([first, executable, changed, await digest()]).size).toBe(4);
});

test('git source: content comes from the commit, never from the working tree or the index', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({kept: 'committed', removed: 'committed'});
	repository.write('kept', 'edited');
	await repository.git('add', 'kept');
	repository.write('untracked', 'new');
	rmSync(join(repository.path, 'removed'));

	const {entries} = await read(repository.path);

	expect(entries.map(({path, sha256: digest}) => [path, digest])).toEqual([
		['kept', sha256('committed')],
		['removed', sha256('committed')],
	]);
});

test('git source: line ending and filter attributes change nothing', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({
		'.gitattributes': 'a text eol=crlf\nb export-ignore\nc ident\n',
		a: 'x\ny\n',
		b: '1',
		c: '$Id$\n',
	});

	const {entries} = await read(repository.path);

	expect(entries.map(({path, sha256: digest}) => [path, digest]).slice(1)).toEqual([
		['a', sha256('x\ny\n')],
		['b', sha256('1')],
		['c', sha256('$Id$\n')],
	]);
});

test('git source: an older commit is read whole, and has no branch', async () => {
	using repository = createTemporaryRepository();
	const old = await repository.commit({a: 'old', gone: '1'}, 'old');
	await repository.git('rm', '--quiet', 'gone');
	await repository.commit({a: 'new'}, 'new');

	const tree = await source.read({directory: repository.path, commit: old.slice(0, 10), excludes: []});

	expect(tree).toMatchObject({commit: old, subject: 'old'});
	expect(tree.branch).toBeUndefined();
	expect(tree.entries.map(({path}) => path)).toEqual(['a', 'gone']);
});

/** One commit, for tests that only look or add branches of their own. */
const looked = createTemporaryRepository();
beforeAll(() => looked.commit({a: '1'}));
afterAll(() => looked[Symbol.dispose]());

test.each(['feature/$(touch-pwned)', "it's", 'umläut/☃', 'a;b&c', 'refs/heads/twice'])(
	'git source: branch %s is named as it is',
	async branch => {
		await looked.git('checkout', '--quiet', '-b', branch);

		expect((await read(looked.path)).branch).toBe(branch);
	},
);

test('git source: a detached head has no branch', async () => {
	await looked.git('checkout', '--quiet', '--detach');

	expect((await read(looked.path)).branch).toBeUndefined();
});

test('git source: an exclude is a path of the app and all below it, after **/ a name at any depth', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({
		'app/vendor/a': '',
		'app/src/vendor/b': '',
		'app/src/vendors/c': '',
		'app/storage/logs/d': '',
		'app/storage/logs.txt': '',
		'app/src/storage/logs/e': '',
		'app/src/node_modules/f': '',
		'app/node_modules': '',
	});

	expect(await paths(join(repository.path, 'app'), ['vendor', '**/node_modules', 'storage/logs'])).toEqual([
		'src/storage/logs/e',
		'src/vendor/b',
		'src/vendors/c',
		'storage/logs.txt',
	]);
});

test('git source: nothing of the way it was started leads git to another repository', async () => {
	using repository = createTemporaryRepository();
	using other = createTemporaryRepository();
	const commit = await repository.commit({a: '1'});
	await other.commit({b: '1'});
	process.env['GIT_DIR'] = join(other.path, '.git');
	try {
		expect((await read(repository.path)).commit).toBe(commit);
	} finally {
		delete process.env['GIT_DIR'];
	}
});

test('git source: a missing folder blocks with the banner of the workflow', async () => {
	using directory = createTemporaryDirectory();
	const missing = join(directory.path, 'backend');

	expect(await refusal(read(missing))).toMatchObject({
		code: 'blocked',
		what: 'DEPLOYMENT BLOCKED: files missing',
		why: `the sources ${missing} do not exist or are no directory`,
	});
	expect(await refusal(source.uncommitted(missing))).toMatchObject({code: 'blocked'});
	expect(await refusal(source.knownPaths(missing))).toMatchObject({code: 'blocked'});
});

test('git source: a file in place of the folder blocks', async () => {
	using directory = createTemporaryDirectory();
	writeFileSync(join(directory.path, 'backend'), '');

	expect((await refusal(read(join(directory.path, 'backend')))).what).toBe('DEPLOYMENT BLOCKED: files missing');
});

test('git source: a folder outside any repository blocks', async () => {
	using directory = createTemporaryDirectory();

	expect(await refusal(read(directory.path))).toMatchObject({
		code: 'blocked',
		what: 'DEPLOYMENT BLOCKED: not a git repository',
	});
});

test('git source: the inside of .git is no work tree', async () => {
	expect((await refusal(read(join(looked.path, '.git')))).what).toBe('DEPLOYMENT BLOCKED: not a git repository');
});

test('git source: a repository without commits blocks, and knows no paths', async () => {
	using repository = createTemporaryRepository();
	repository.write('a', '1');

	expect(await refusal(read(repository.path))).toMatchObject({
		code: 'blocked',
		what: 'DEPLOYMENT BLOCKED: no commits yet',
	});
	expect(await source.uncommitted(repository.path)).toEqual(['a']);
	expect(await source.knownPaths(repository.path)).toEqual(new Set());
});

test.each(['deadbeef', 'no-such-branch', '--output=/tmp/x', '', 'HEAD:a', 'a\nb'])(
	'git source: commit %j, which is none, blocks',
	async commit => {
		const error = await refusal(source.read({directory: looked.path, commit, excludes: []}));

		expect(error).toMatchObject({code: 'blocked', what: 'DEPLOYMENT BLOCKED: commit missing'});
	},
);

test('git source: a folder with nothing tracked in it blocks', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({'other/a': '1'});
	mkdirSync(join(repository.path, 'app'));
	writeFileSync(join(repository.path, 'app/untracked'), '');

	expect(await refusal(read(join(repository.path, 'app')))).toMatchObject({
		code: 'blocked',
		what: 'DEPLOYMENT BLOCKED: files missing',
		why: expect.stringContaining('has no tracked files'),
	});
});

test('git source: a submodule blocks unless it is excluded', async () => {
	using repository = createTemporaryRepository();
	const commit = await repository.commit({a: '1'});
	await repository.git('update-index', '--add', '--cacheinfo', `160000,${commit},lib/sub`);
	await repository.git('commit', '--quiet', '-m', 'submodule');

	expect(await refusal(read(repository.path))).toMatchObject({
		code: 'blocked',
		what: 'DEPLOYMENT BLOCKED: submodule',
		why: expect.stringContaining('"lib/sub"'),
	});
	expect(await paths(repository.path, ['lib/sub'])).toEqual(['a']);
});

test.each([
	['absolute', {link: '/etc/passwd'}],
	['above the app', {link: '../outside'}],
	['above the app by a detour', {link: 'sub/../../outside'}],
	['a loop', {link: 'bad'}],
])('git source: a symlink that is %s blocks', async (_, content) => {
	using repository = createTemporaryRepository();
	await repository.commit({'app/sub/a': '1', 'app/bad': content, outside: '1'});

	expect(await refusal(read(join(repository.path, 'app')))).toMatchObject({
		code: 'blocked',
		what: 'DEPLOYMENT BLOCKED: a symlink leaves the sources',
		why: expect.stringContaining('"bad"'),
	});
});

test('git source: a symlink that climbs out by way of another one blocks', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({'app/a/b/root': {link: '../..'}, 'app/a/b/c': '1', 'app/bad': {link: 'a/b/root/../x'}});

	expect((await refusal(read(join(repository.path, 'app')))).why).toContain('"bad"');
});

test('git source: symlinks within the app are fine, to what exists and to what will', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({
		'app/public/storage': {link: '../storage/app/public'},
		'app/deep/er/link': {link: '../../public/./storage/x'},
		'app/here': {link: '.'},
	});

	expect(await paths(join(repository.path, 'app'))).toEqual(['deep/er/link', 'here', 'public/storage']);
});

test('git source: a name that is not UTF-8 blocks', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({a: '1'});
	const object = await repository.git('rev-parse', 'HEAD:a');
	const entry = Buffer.concat([Buffer.from(`100644 ${object}\tcaf`), Buffer.from([0xe9]), Buffer.from('\n')]);
	await outputOf(['git', '-C', repository.path, 'update-index', '--index-info'], {input: entry});
	await repository.git('commit', '--quiet', '-m', 'latin');

	expect((await refusal(read(repository.path))).what).toBe('DEPLOYMENT BLOCKED: a file name is not UTF-8');
});

test('git source: uncommitted lists what is changed, staged, removed, renamed and untracked below the app', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({
		'.gitignore': 'ignored\n',
		'app/changed': '1',
		'app/staged': '1',
		'app/removed': '1',
		'app/old name': 'the same content in two places',
		'app/same': '1',
		other: '1',
	});
	expect(await source.uncommitted(repository.path)).toEqual([]);

	repository.write('app/changed', '2');
	repository.write('app/staged', '2');
	await repository.git('add', 'app/staged');
	rmSync(join(repository.path, 'app/removed'));
	await repository.git('mv', 'app/old name', 'app/new\nname');
	repository.write('app/new/deep/"quoted"', '1');
	repository.write('app/ignored', '1');
	repository.write('other', '2');

	expect(await source.uncommitted(join(repository.path, 'app'))).toEqual([
		'changed',
		'new\nname',
		'new/deep/"quoted"',
		'old name',
		'removed',
		'staged',
	]);
});

test("git source: uncommitted does not believe settings that hide files, and leaves the index's lock alone", async () => {
	using repository = createTemporaryRepository();
	await repository.commit({a: '1'});
	await repository.git('config', 'status.showUntrackedFiles', 'no');
	repository.write('b', '1');
	repository.write('.git/index.lock', '');

	expect(await source.uncommitted(repository.path)).toEqual(['b']);
});

test('git source: knownPaths has every path any branch, merge or deletion ever had below the app', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({'app/first': '1', 'app/line\nbreak': '1', 'elsewhere/x': '1'});
	await repository.git('checkout', '--quiet', '-b', 'side');
	await repository.commit({'app/side': '1'});
	await repository.git('rm', '--quiet', 'app/side');
	await repository.commit();
	await repository.git('checkout', '--quiet', 'main');
	await repository.git('mv', 'app/first', 'app/second');
	await repository.commit();
	await repository.git('merge', '--quiet', '--no-ff', '--no-commit', 'side');
	await repository.commit({'app/in merge': '1'});
	repository.write('app/untracked', '1');

	expect(await source.knownPaths(join(repository.path, 'app'))).toEqual(
		new Set(['first', 'line\nbreak', 'side', 'second', 'in merge']),
	);
});

test('git source: what one source has read before it need not read again, and says the same', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({'a.php': 'one', 'b/c.php': 'two'});
	const options = {directory: repository.path, excludes: []};
	const reader = createGitSource();
	const before = await reader.read(options);
	await repository.commit({'a.php': 'changed', 'd.php': 'three'});

	const again = await reader.read(options);

	expect(again).toEqual(await createGitSource().read(options));
	expect(again.digest).not.toBe(before.digest);
	// Proved once, a content stays so for this process; another one looks for itself.
	const object = await repository.git('rev-parse', 'HEAD:b/c.php');
	rmSync(join(repository.path, '.git/objects', object.slice(0, 2), object.slice(2)));
	expect(await reader.read(options)).toEqual(again);
	expect(await refusal(createGitSource().read(options))).toMatchObject({code: 'blocked'});
});

const pointer = (version: string): string => `version ${version}\noid sha256:${'4d7a'.repeat(16)}\nsize 12345\n`;
const lfs = 'https://git-lfs.github.com/spec/v1';

test.each([lfs, 'https://hawser.github.com/spec/v1', 'http://git-media.io/v/2'])(
	'git source: a pointer of Git LFS (%s) blocks, with its cure, unless it is excluded',
	async version => {
		using repository = createTemporaryRepository();
		await repository.commit({'app/img/logo.png': pointer(version), 'app/index.php': '<?php\n'});
		const directory = join(repository.path, 'app');

		const error = await refusal(read(directory));

		expect(error).toMatchObject({
			code: 'blocked',
			what: 'DEPLOYMENT BLOCKED: files in Git LFS',
			why: 'this file is committed as a pointer to Git LFS, and the pointer would be served: "img/logo.png"',
			now: 'Nothing was changed, here or on any host.',
		});
		expect(error.next).toContain("git lfs migrate export '--include=*.png'");
		expect(error.next).toContain('exclude the paths');
		expect(await paths(directory, ['img'])).toEqual(['index.php']);
	},
);

test('git source: of many pointers three are named, again when asked again', async () => {
	using repository = createTemporaryRepository();
	await repository.commit(
		Object.fromEntries(['e.png', 'b.jpg', 'a.png', 'c', 'd.png'].map(name => [`app/${name}`, pointer(lfs)])),
	);
	const reader = createGitSource();

	for (const _ of [1, 2]) {
		const error = await refusal(reader.read({directory: join(repository.path, 'app'), excludes: []}));
		expect(error.why).toMatch(/: "a\.png", "b\.jpg", "c" and 2 more$/);
		expect(error.next).toContain("'--include=*.png,*.jpg,app/c'");
	}
});

test.each([
	['the words further down', `# Notes\n${pointer(lfs)}`],
	['a longer file that begins so', pointer(lfs).padEnd(1024, '#')],
	['another version', pointer('https://git-lfs.github.com/spec/v1x')],
	['a symlink of that name', {link: 'version https:'}],
])('git source: %s is no pointer of Git LFS', async (_, content) => {
	using repository = createTemporaryRepository();
	await repository.commit({notes: content});

	expect(await paths(repository.path)).toEqual(['notes']);
});

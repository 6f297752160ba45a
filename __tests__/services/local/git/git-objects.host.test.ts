import {chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import {deflateSync, inflateSync} from 'node:zlib';
import {afterEach, expect, test, vi} from 'vitest';
import {readBlobs, readCommittedFiles} from '../../../../src/services/local/git/git-objects.ts';
import {createGitSource} from '../../../../src/services/local/source/git-source.ts';
import {locateHead} from '../../../../src/services/local/git/repository.ts';
import {outputOf} from '../../../support/run-program.ts';
import {createTemporaryDirectory, createTemporaryRepository} from '../temporary-repository.ts';

afterEach(() => vi.unstubAllEnvs());

type Repository = ReturnType<typeof createTemporaryRepository>;

const damaged = {code: 'blocked', what: 'DEPLOYMENT BLOCKED: the repository is damaged'};
const files = {'environments/a.yaml': 'a: 1\n', 'environments/deep/er/b.yaml': 'b: 2\n', 'site/index.php': '<?php\n'};

const read = async (directory: string, folders = ['environments', 'site']): Promise<Record<string, string>> => {
	const {commit} = await locateHead(directory);
	const found = await readCommittedFiles(directory, {commit, folders});
	return Object.fromEntries([...found].map(([path, {mode, content}]) => [path, `${mode} ${content.toString()}`]));
};

/** What both who reads policy and who sends sources say. */
const refusals = async ({path}: Repository): Promise<readonly unknown[]> => {
	const caught = (error: unknown): unknown => error;
	return Promise.all([
		read(path).catch(caught),
		createGitSource().read({directory: path, excludes: []}).catch(caught),
	]);
};

const looseFile = ({path}: Repository, object: string): string =>
	join(path, '.git/objects', object.slice(0, 2), object.slice(2));

/** Puts a whole, well-formed object under the name of another: only the id tells. */
const replace = (repository: Repository, object: string, change: (content: Buffer) => Buffer): void => {
	const file = looseFile(repository, object);
	const inflated = inflateSync(readFileSync(file));
	const head = inflated.indexOf(0) + 1;
	const [type = ''] = inflated.toString('latin1', 0, head).split(' ');
	const content = change(inflated.subarray(head));
	chmodSync(file, 0o644);
	writeFileSync(file, deflateSync(Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])));
};

const swap =
	(from: string, to: string) =>
	(content: Buffer): Buffer =>
		Buffer.from(content.toString('latin1').replace(from, to), 'latin1');

test('git objects: what a commit has in some folders, by path from any directory, links and submodules with their mode', async () => {
	using repository = createTemporaryRepository();
	const commit = await repository.commit({
		'app/environments/a.yaml': 'a',
		'app/environments/deep/er/run': {script: 'b'},
		'app/environments/link.yaml': {link: '../../outside.yaml'},
		'app/environments-old/c.yaml': 'c',
		'app/checklists': {link: '../elsewhere'},
		'app/deep/folder/d.yaml': 'd',
		'app/deep/other.yaml': 'e',
		'environments/root.yaml': 'f',
		'outside.yaml': 'g',
	});
	await repository.git('update-index', '--add', '--cacheinfo', `160000,${commit},app/environments/sub`);
	await repository.git('commit', '--quiet', '-m', 'submodule');

	const folders = ['environments', 'checklists', 'deep/folder', 'missing'];
	expect(await read(join(repository.path, 'app'), folders)).toEqual({
		'environments/a.yaml': '100644 a',
		'environments/deep/er/run': '100755 b',
		'environments/link.yaml': '120000 ../../outside.yaml',
		'environments/sub': '160000 ',
		checklists: '120000 ../elsewhere',
		'deep/folder/d.yaml': '100644 d',
	});
	expect(await read(repository.path, folders)).toEqual({'environments/root.yaml': '100644 f'});
	mkdirSync(join(repository.path, 'untracked'));
	expect(await read(join(repository.path, 'untracked'), folders)).toEqual({});
});

test('git objects: the head is a full id, with the way to the directory; without a commit it is blocked', async () => {
	using repository = createTemporaryRepository();
	await expect(locateHead(repository.path)).rejects.toMatchObject({what: 'DEPLOYMENT BLOCKED: no commits yet'});
	const commit = await repository.commit({'app/a': '1'});

	const directory = join(repository.path, 'app');
	expect(await locateHead(directory)).toEqual({directory, prefix: 'app/', commit});
});

test.each([
	['a file', 'HEAD:environments/a.yaml', swap('1', '2')],
	['a file, made longer', 'HEAD:environments/a.yaml', swap('1', '1\nb: 2')],
	['a file, emptied', 'HEAD:environments/a.yaml', () => Buffer.alloc(0)],
	['a tree', 'HEAD:environments', swap('a.yaml', 'c.yaml')],
	['a tree above it', 'HEAD^{tree}', swap('environments', 'environmentz')],
])('git objects: %s replaced under its own name is met, and named', async (_, name, change) => {
	using repository = createTemporaryRepository();
	await repository.commit(files);
	const object = await repository.git('rev-parse', name);
	replace(repository, object, change);

	for (const error of await refusals(repository)) {
		expect(error).toMatchObject(damaged);
		expect(error).toMatchObject({
			why: `object ${object} in the repository of ${repository.path} holds something else than its id says`,
			next: expect.stringContaining(`git -C ${repository.path} fsck --full`) as string,
		});
	}
});

test('git objects: a commit replaced under its own name is met, and named, also where only its id is asked for', async () => {
	using repository = createTemporaryRepository();
	await repository.commit(files);
	const evil = await repository.commit({'environments/a.yaml': 'a: evil\n'});
	await repository.git('reset', '--quiet', '--hard', 'HEAD~1');
	const commit = await repository.git('rev-parse', 'HEAD');
	const objects = readFileSync(looseFile(repository, evil));
	chmodSync(looseFile(repository, commit), 0o644);
	writeFileSync(looseFile(repository, commit), objects);

	const named = {...damaged, why: expect.stringContaining(`object ${commit} in the repository`) as string};
	for (const error of await refusals(repository)) expect(error).toMatchObject(named);
	await expect(readCommittedFiles(repository.path, {commit, folders: ['environments']})).rejects.toMatchObject(named);
});

test('git objects: a flipped byte in a loose file is met', async () => {
	using repository = createTemporaryRepository();
	await repository.commit(files);
	const file = looseFile(repository, await repository.git('rev-parse', 'HEAD:environments/a.yaml'));
	const bytes = readFileSync(file);
	bytes[bytes.length - 8] = (bytes.at(-8) ?? 0) ^ 1;
	chmodSync(file, 0o644);
	writeFileSync(file, bytes);

	// Here zlib's own sum speaks first, by way of git.
	for (const error of await refusals(repository)) expect(error).toMatchObject({code: 'blocked'});
});

/**
 * Replaces a deflated content inside the one pack by another of the same length, with zlib's sum put right: git asks
 * for no other when it reads.
 */
const patchPack = async (repository: Repository, content: string, other: string): Promise<void> => {
	await repository.git('-c', 'pack.compression=0', 'repack', '-a', '-d', '-F', '--depth=0', '--quiet');
	const folder = join(repository.path, '.git/objects/pack');
	const pack = join(folder, readdirSync(folder).find(name => name.endsWith('.pack')) ?? '');
	const bytes = readFileSync(pack);
	const before = deflateSync(content, {level: 0});
	const at = bytes.indexOf(before.subarray(2));
	expect(at).toBeGreaterThan(0);
	deflateSync(other, {level: 0}).subarray(2).copy(bytes, at);
	chmodSync(pack, 0o644);
	writeFileSync(pack, bytes);
};

test('git objects: an altered file in a pack is met', async () => {
	using repository = createTemporaryRepository();
	await repository.commit(files);
	await patchPack(repository, 'a: 1\n', 'a: 9\n');
	expect(await repository.git('cat-file', 'blob', 'HEAD:environments/a.yaml')).toBe('a: 9');

	for (const error of await refusals(repository)) expect(error).toMatchObject(damaged);
});

test('git objects: git replace and grafts change nothing', async () => {
	using repository = createTemporaryRepository();
	const first = await repository.commit(files);
	const second = await repository.commit({'environments/a.yaml': 'a: evil\n'});
	const evil = await repository.git('rev-parse', 'HEAD:environments/a.yaml');
	await repository.git('reset', '--quiet', '--hard', first);
	const expected = {
		'environments/a.yaml': '100644 a: 1\n',
		'environments/deep/er/b.yaml': '100644 b: 2\n',
		'site/index.php': '100644 <?php\n',
	};
	await repository.git('replace', await repository.git('rev-parse', 'HEAD:environments/a.yaml'), evil);
	await repository.git('replace', first, second);
	mkdirSync(join(repository.path, '.git/info'), {recursive: true});
	writeFileSync(join(repository.path, '.git/info/grafts'), `${first} ${second}\n`);
	expect(await repository.git('cat-file', 'blob', 'HEAD:environments/a.yaml')).toBe('a: evil');

	expect(await read(repository.path)).toEqual(expected);
	expect(await createGitSource().commits({directory: repository.path, to: first})).toMatchObject({
		commits: [{commit: first}],
	});
});

test('git objects: a commit-graph that leaves parents out changes nothing', async () => {
	using repository = createTemporaryRepository();
	const first = await repository.commit(files);
	const second = await repository.commit({'site/index.php': '<?php echo 1;\n'});
	await repository.git('commit-graph', 'write', '--reachable');
	const graph = join(repository.path, '.git/objects/info/commit-graph');
	const bytes = readFileSync(graph);
	const at = bytes.indexOf(Buffer.from(await repository.git('rev-parse', 'HEAD^{tree}'), 'hex'));
	expect(at).toBeGreaterThan(0);
	// "No parent". Source: gitformat-commit-graph, "Commit Data".
	bytes.writeUInt32BE(0x70000000, at + 20);
	chmodSync(graph, 0o644);
	writeFileSync(graph, bytes);
	expect(await repository.git('rev-list', '--count', 'HEAD')).toBe('1');

	expect(await createGitSource().commits({directory: repository.path, to: second})).toMatchObject({
		commits: [{commit: second}, {commit: first}],
	});
});

test.each([
	'GIT_DIR',
	'GIT_OBJECT_DIRECTORY',
	'GIT_ALTERNATE_OBJECT_DIRECTORIES',
	'GIT_COMMON_DIR',
	'GIT_WORK_TREE',
	'GIT_INDEX_FILE',
	'GIT_GRAFT_FILE',
	'GIT_SHALLOW_FILE',
	'GIT_NAMESPACE',
	'GIT_REPLACE_REF_BASE',
	'GIT_QUARANTINE_PATH',
	'GIT_CONFIG',
	'GIT_ATTR_SOURCE',
	'GIT_EXTERNAL_DIFF',
	'GIT_EXEC_PATH',
])('git objects: %s of the caller leads nowhere', async name => {
	using repository = createTemporaryRepository();
	using other = createTemporaryRepository();
	await repository.commit(files);
	await other.commit({'environments/other.yaml': ''});
	vi.stubEnv(name, join(other.path, '.git', name === 'GIT_OBJECT_DIRECTORY' ? 'objects' : ''));

	expect(Object.keys(await read(repository.path))).toContain('environments/a.yaml');
	expect(await createGitSource().uncommitted(repository.path)).toEqual([]);
});

test('git objects: settings of one call, handed on by a git that started this process, do not count', async () => {
	using repository = createTemporaryRepository();
	await repository.commit(files);
	repository.write('site/new.php', '');
	const log = join(repository.path, '.git/ran');
	const excludes = join(repository.path, '.git/excludes');
	writeFileSync(excludes, '*.php\n');
	vi.stubEnv('GIT_CONFIG_COUNT', '2');
	vi.stubEnv('GIT_CONFIG_KEY_0', 'core.excludesFile');
	vi.stubEnv('GIT_CONFIG_VALUE_0', excludes);
	vi.stubEnv('GIT_CONFIG_KEY_1', 'core.worktree');
	vi.stubEnv('GIT_CONFIG_VALUE_1', log);
	vi.stubEnv('GIT_CONFIG_PARAMETERS', `'core.excludesFile'='${excludes}'`);

	expect(await createGitSource().uncommitted(repository.path)).toEqual(['site/new.php']);
});

test('git objects: settings of this machine still count', async () => {
	using repository = createTemporaryRepository();
	await repository.commit(files);
	repository.write('site/new.php', '');
	writeFileSync(join(repository.path, '.git/excludes'), '*.php\n');
	writeFileSync(
		join(repository.path, '.git/global'),
		`[core]\n\texcludesFile = ${join(repository.path, '.git/excludes')}\n`,
	);
	vi.stubEnv('GIT_CONFIG_GLOBAL', join(repository.path, '.git/global'));

	expect(await createGitSource().uncommitted(repository.path)).toEqual([]);
});

test('git objects: a repository that names its objects by sha256 is read and proved alike', async () => {
	using directory = createTemporaryDirectory();
	const git = async (...args: readonly string[]): Promise<string> =>
		(await outputOf(['git', '-C', directory.path, ...args])).trim();
	await git('init', '--quiet', '--object-format=sha256');
	mkdirSync(join(directory.path, 'environments'));
	writeFileSync(join(directory.path, 'environments/a.yaml'), 'a: 1\n');
	await git('add', '.');
	await git('-c', 'user.name=Asha', '-c', 'user.email=asha@example.com', 'commit', '--quiet', '-m', 'one');

	expect((await locateHead(directory.path)).commit).toHaveLength(64);
	expect(await read(directory.path)).toEqual({'environments/a.yaml': '100644 a: 1\n'});
	expect((await createGitSource().read({directory: directory.path, excludes: []})).entries).toHaveLength(1);

	const object = await git('rev-parse', 'HEAD:environments/a.yaml');
	replace({...directory, git} as unknown as Repository, object, swap('1', '2'));
	await expect(read(directory.path)).rejects.toMatchObject(damaged);
});

test('git objects: the last bytes of a content are held back until all of it is proved', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({big: Buffer.alloc(2 ** 20, 'x')});
	const object = await repository.git('rev-parse', 'HEAD:big');
	replace(repository, object, content => Buffer.concat([Buffer.from('y'), content.subarray(1)]));

	let received = 0;
	const reading = async (): Promise<void> => {
		for await (const {content} of readBlobs(repository.path, [{object}]))
			for await (const chunk of content) received += chunk.length;
	};
	await expect(reading()).rejects.toMatchObject(damaged);
	expect(received).toBeLessThan(2 ** 20);
});

test('git objects: a content that was altered after it was listed is not sent to its end', async () => {
	using repository = createTemporaryRepository();
	await repository.commit(files);
	const source = createGitSource();
	const {commit, entries} = await source.read({directory: repository.path, excludes: []});
	replace(repository, await repository.git('rev-parse', 'HEAD:site/index.php'), swap('<?php', '<?evl'));

	const tar = source.tar({directory: repository.path, commit, entries, fileMode: 0o644, directoryMode: 0o755});
	await expect(buffer(tar)).rejects.toMatchObject(damaged);
});

test('git objects: trees that git could not have made from a directory are refused', async () => {
	using repository = createTemporaryRepository();
	const tree = (lines: readonly (readonly [string, string, string])[]): Buffer =>
		Buffer.concat(
			lines.flatMap(([mode, name, object]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(object, 'hex')]),
		);
	await repository.commit(files);
	const blob = await repository.git('rev-parse', 'HEAD:site/index.php');
	const write = async (content: Buffer): Promise<string> => {
		const object = (
			await outputOf(
				['git', '-C', repository.path, 'hash-object', '-t', 'tree', '--literally', '-w', '--stdin'],
				{
					input: content,
				},
			)
		).trim();
		return repository.git('commit-tree', '-m', 'hand-made', object);
	};
	for (const [lines, why] of [
		[[['100644', 'a/b', blob]], 'is a tree with the unsafe name "a/b"'],
		[[['100644', '..', blob]], 'is a tree with the unsafe name ".."'],
		[
			[
				['100644', 'a', blob],
				['100755', 'a', blob],
			],
			'is a tree that names "a" twice',
		],
	] as const) {
		const commit = await write(tree(lines));
		await expect(createGitSource().read({directory: repository.path, commit, excludes: []})).rejects.toMatchObject({
			...damaged,
			why: expect.stringContaining(why) as string,
		});
	}
	const commit = await write(Buffer.from('100644 a\0short'));
	await expect(createGitSource().read({directory: repository.path, commit, excludes: []})).rejects.toMatchObject(
		damaged,
	);
});

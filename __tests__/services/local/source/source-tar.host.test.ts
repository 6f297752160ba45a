import {lstatSync, readdirSync, readFileSync, readlinkSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import type {SourceTree} from '../../../../src/domain/ports.ts';
import {createGitSource} from '../../../../src/services/local/source/git-source.ts';
import {anyCharacter} from '../../../support/any-character.ts';
import {isDeep} from '../../../support/depth.ts';
import {outputOf} from '../../../support/run-program.ts';
import {until} from '../../../support/wait.ts';
import {extract} from './extract.ts';
import {createTemporaryDirectory, createTemporaryRepository, type Content} from '../temporary-repository.ts';

const source = createGitSource();

type Modes = {readonly fileMode: number; readonly directoryMode: number};
const usual: Modes = {fileMode: 0o644, directoryMode: 0o755};

const archiveOf = (directory: string, {commit, entries}: SourceTree, modes = usual): AsyncIterable<Uint8Array> =>
	source.tar({directory, commit, entries, ...modes});

/** What tar makes of it: path to mode and content. */
const listOf = async (archive: AsyncIterable<Uint8Array>, to: string): Promise<Record<string, string>> => {
	await extract(archive, to);
	return list(to);
};

const describe = (file: string): string => {
	const stats = lstatSync(file);
	const mode = (stats.mode & 0o7777).toString(8);
	if (stats.isSymbolicLink()) return `-> ${readlinkSync(file)}`;
	return stats.isDirectory() ? `${mode}/` : `${mode} ${readFileSync(file, 'latin1')}`;
};

const list = (root: string): Record<string, string> =>
	Object.fromEntries(
		readdirSync(root, {recursive: true, encoding: 'utf8'}).map(name => [name, describe(join(root, name))]),
	);

const hasTar = await outputOf(['tar', '--version']).then(
	said => said.includes('GNU tar'),
	() => false,
);

test.skipIf(!hasTar)(
	'source tar: odd names come out of GNU tar as they went in (skipped without GNU tar)',
	async () => {
		using repository = createTemporaryRepository();
		using target = createTemporaryDirectory();
		const names = [
			'with space',
			"it's",
			'"quoted"',
			'line\nbreak',
			'$(touch pwned)',
			'`id`',
			'-rf',
			'--checkpoint-action=exec=id',
			'back\\slash',
			'umläut ☃ \u{1F600}',
			'*',
			':(top)x',
			'trailing.',
			`long-${'n'.repeat(200)}`,
			`long ☃ ${'ü'.repeat(90)}`,
			'tab\there',
			'\u0001\u001B[31m',
		];
		const files = Object.fromEntries(
			names.flatMap((name, index) => [
				[name, `file ${index}`],
				[`in ${name}/${name}/${name}`, `deep ${index}`],
			]),
		);
		await repository.commit(files);

		const found = await listOf(
			archiveOf(repository.path, await source.read({directory: repository.path, excludes: []})),
			target.path,
		);

		const contents = Object.entries(found).filter(([, content]) => !content.endsWith('/'));
		expect(Object.fromEntries(contents)).toEqual(
			Object.fromEntries(Object.entries(files).map(([name, content]) => [name, `644 ${content}`])),
		);
	},
);

test.skipIf(!hasTar)(
	'source tar: modes, directories, symlinks, empty files and times (skipped without GNU tar)',
	async () => {
		using repository = createTemporaryRepository();
		using target = createTemporaryDirectory();
		await repository.commit({
			'app/bin/run': {script: '#!/bin/sh\n'},
			'app/a/b/empty': '',
			'app/a/link': {link: 'b/empty'},
			[`app/a/${'l'.repeat(120)}`]: {link: `b/${'t'.repeat(120)}`},
			outside: '1',
		});
		const directory = join(repository.path, 'app');
		const tree = await source.read({directory, excludes: []});

		const found = await listOf(archiveOf(directory, tree, {fileMode: 0o640, directoryMode: 0o2750}), target.path);

		expect(found).toEqual({
			bin: '2750/',
			'bin/run': '750 #!/bin/sh\n',
			a: '2750/',
			'a/b': '2750/',
			'a/b/empty': '640 ',
			'a/link': '-> b/empty',
			[`a/${'l'.repeat(120)}`]: `-> b/${'t'.repeat(120)}`,
		});
		for (const name of ['bin', 'bin/run', 'a/link'])
			expect(lstatSync(join(target.path, name)).mtime.toISOString()).toBe('2026-02-07T04:30:00.000Z');
	},
);

test.skipIf(!hasTar)('source tar: owner is 0 without a name (skipped without GNU tar)', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({'a/b': '1'});
	const tree = await source.read({directory: repository.path, excludes: []});

	const archive = await buffer(archiveOf(repository.path, tree));

	expect(await outputOf(['tar', '-tvf', '-'], {input: archive})).toMatch(
		/^drwxr-xr-x 0\/0 .* a\/\n-rw-r--r-- 0\/0 .* a\/b\n$/,
	);
});

test.skipIf(!hasTar)('source tar: carries only the entries asked for (skipped without GNU tar)', async () => {
	using repository = createTemporaryRepository();
	using target = createTemporaryDirectory();
	await repository.commit({'a/one': '1', 'b/two': '2', 'b/three': '3'});
	const tree = await source.read({directory: repository.path, excludes: []});
	const entries = tree.entries.filter(({path}) => path === 'b/three');

	expect(await listOf(archiveOf(repository.path, {...tree, entries}), join(target.path, 'some'))).toEqual({
		b: '755/',
		'b/three': '644 3',
	});
	expect(await listOf(archiveOf(repository.path, {...tree, entries: []}), join(target.path, 'none'))).toEqual({});
});

test('source tar: an excluded submodule is no hindrance', async () => {
	using repository = createTemporaryRepository();
	const commit = await repository.commit({a: '1'});
	await repository.git('update-index', '--add', '--cacheinfo', `160000,${commit},sub`);
	await repository.git('commit', '--quiet', '-m', 'submodule');
	const tree = await source.read({directory: repository.path, excludes: ['sub']});

	expect((await buffer(archiveOf(repository.path, tree))).length).toBeGreaterThan(1024);
});

test('source tar: an entry that the commit does not have is a bug of the caller', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({a: '1'});
	const tree = await source.read({directory: repository.path, excludes: []});
	const [entry] = tree.entries;
	if (!entry) throw new Error('no entry');
	const foreign = {...tree, entries: [{...entry, path: 'b'}]};

	await expect(buffer(archiveOf(repository.path, foreign))).rejects.toThrow(TypeError);
});

test('source tar: a repository that lacks the content fails as such, and does not end early', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({a: '1', b: '2'});
	const tree = await source.read({directory: repository.path, excludes: []});
	const object = await repository.git('rev-parse', 'HEAD:b');
	rmSync(join(repository.path, '.git/objects', object.slice(0, 2), object.slice(2)));

	await expect(buffer(archiveOf(repository.path, tree))).rejects.toMatchObject({
		code: 'blocked',
		what: 'DEPLOYMENT BLOCKED: the repository is incomplete',
	});
});

/** Processes with the directory in their command line. */
const gitProcesses = (directory: string): readonly string[] =>
	readdirSync('/proc').filter(pid => {
		try {
			return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(directory);
		} catch {
			return false;
		}
	});

/** Bytes a process has written up to now; Infinity for one that has ended. */
const writtenBy = (pid: string): number => {
	try {
		return Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
	} catch {
		return Infinity;
	}
};

test.skipIf(process.platform !== 'linux')(
	'source tar: reads no further than its consumer, and ends git when left (Linux only)',
	async () => {
		using repository = createTemporaryRepository();
		const sizeBytes = 2 ** 20;
		await repository.commit(
			Object.fromEntries(Array.from({length: 8}, (_, index) => [`f${index}`, Buffer.alloc(sizeBytes, index)])),
		);
		const tree = await source.read({directory: repository.path, excludes: []});
		const archive = archiveOf(repository.path, tree)[Symbol.asyncIterator]();

		await archive.next();
		const [pid = '', ...more] = gitProcesses(repository.path);
		expect(more).toEqual([]);
		let written = writtenBy(pid);
		await until('git to write no more', () => written === (written = writtenBy(pid)), {show: () => written});
		expect(written, 'bytes that git has written unasked; Infinity when it has ended').toBeLessThan(2 * sizeBytes);
		await archive.return?.();

		await until('git to end', () => gitProcesses(repository.path).length === 0);
	},
);

const name = fc
	.string({unit: anyCharacter, minLength: 1, maxLength: 40})
	.map(text => text.replaceAll(/[/\0]/g, '_').toWellFormed());
const content: fc.Arbitrary<Content> = fc.oneof(
	fc.uint8Array({maxLength: 2000}),
	fc.string().map(script => ({script})),
	// More than a pipe holds, so that it comes in pieces.
	fc
		.tuple(fc.uint8Array({minLength: 1, maxLength: 2000}), fc.integer({min: 100_000, max: 200_000}))
		.map(([piece, length]) => Buffer.alloc(length, piece)),
);
/** Files start with f and directories with d: no file can stand where a directory must. */
const tree = fc.dictionary(
	fc
		.tuple(
			fc.array(
				name.map(part => `d${part}`),
				{maxLength: 3},
			),
			name.map(part => `f${part}`),
		)
		.map(parts => parts.flat().join('/')),
	content,
	{minKeys: 1, maxKeys: 16},
);

const expected = (files: Readonly<Record<string, Content>>): Record<string, string> =>
	Object.fromEntries(
		Object.entries(files).map(([path, content]) => {
			if (typeof content === 'object' && 'script' in content)
				return [path, `755 ${Buffer.from(content.script).toString('latin1')}`];
			if (typeof content === 'object' && 'link' in content) return [path, `-> ${content.link}`];
			return [path, `644 ${Buffer.from(content).toString('latin1')}`];
		}),
	);

test.skipIf(!hasTar)(
	'source tar: random trees come out of GNU tar with equal content and modes (skipped without GNU tar)',
	async () => {
		await fc.assert(
			fc.asyncProperty(tree, async files => {
				using repository = createTemporaryRepository();
				using target = createTemporaryDirectory();
				await repository.commit(files);
				const read = await source.read({directory: repository.path, excludes: []});

				const found = await listOf(archiveOf(repository.path, read), target.path);

				const contents = Object.entries(found).filter(
					([path]) => !lstatSync(join(target.path, path)).isDirectory(),
				);
				expect(Object.fromEntries(contents)).toEqual(expected(files));
				expect(read.entries.map(({path}) => path).sort()).toEqual(Object.keys(files).sort());
			}),
			isDeep ? {numRuns: 100} : {numRuns: 8, seed: 1},
		);
	},
);

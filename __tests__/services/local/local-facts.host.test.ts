import {chmodSync, existsSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {expect, test} from 'vitest';
import {createLocalFacts, parseWorkTree} from '../../../src/services/local/local-facts.ts';
import {createTemporaryDirectory, createTemporaryRepository} from './temporary-repository.ts';

const facts = createLocalFacts({path: process.env['PATH'] ?? ''});

test('local facts: commit, branch and changes below the directory, new files included', async () => {
	using repository = createTemporaryRepository();
	const commit = await repository.commit({'backend/a.php': 'a', 'backend/b.php': 'b', 'frontend/c.js': 'c'});
	const backend = join(repository.path, 'backend');
	expect(await facts.workTree(backend)).toEqual({commit, branch: 'main', changed: 0});

	repository.write('backend/a.php', 'changed');
	repository.write('backend/new/with blank\n.php', 'new');
	repository.write('frontend/c.js', 'not of the backend');

	expect(await facts.workTree(backend)).toEqual({commit, branch: 'main', changed: 2});
});

test('local facts: looking starts no program that the settings of the repository name', async () => {
	using repository = createTemporaryRepository();
	const ran = join(repository.path, '.git/ran');
	await repository.commit({
		'.gitattributes': '*.php filter=canary\n*.js filter=other.one\n',
		'a.php': 'a',
		'b.js': 'b',
	});
	const canary = `sh -c 'echo ran >>${ran}; cat'`;
	for (const [key, value] of [
		['filter.canary.clean', canary],
		['filter.canary.required', 'true'],
		['filter.other.one.process', canary],
		['core.fsmonitor', canary],
		['core.hooksPath', join(repository.path, 'hooks')],
	] as const)
		await repository.git('config', key, value);
	repository.write('a.php', 'b');
	repository.write('b.js', 'c');

	expect(await facts.workTree(repository.path)).toMatchObject({changed: 2});
	expect(existsSync(ran)).toBe(false);
	// They do run where nobody leaves them out.
	await repository.git('status', '--porcelain').catch(() => '');
	expect(existsSync(ran)).toBe(true);
});

test('local facts: a moved file is two changed paths', async () => {
	using repository = createTemporaryRepository();
	await repository.commit({'a.php': 'long enough to be found again\n'});
	await repository.git('mv', 'a.php', 'b.php');

	expect(await facts.workTree(repository.path)).toMatchObject({changed: 2});
});

test('local facts: how far the branch is from the one it follows', async () => {
	using origin = createTemporaryRepository();
	using clone = createTemporaryRepository();
	await origin.commit({'a.php': 'a'}, 'one');
	await clone.git('remote', 'add', 'origin', origin.path);
	await clone.git('fetch', '--quiet', 'origin');
	await clone.git('reset', '--quiet', '--hard', 'origin/main');
	await clone.git('branch', '--quiet', '--set-upstream-to=origin/main');
	await clone.commit({'b.php': 'b'}, 'two');
	await origin.commit({}, 'three');
	await origin.commit({}, 'four');
	await clone.git('fetch', '--quiet', 'origin');

	expect(await facts.workTree(clone.path)).toMatchObject({upstream: {name: 'origin/main', ahead: 1, behind: 2}});
});

test('local facts: no branch when detached, a problem without a commit, a repository or the directory', async () => {
	using repository = createTemporaryRepository();
	using plain = createTemporaryDirectory();
	expect(await facts.workTree(repository.path)).toEqual({problem: 'no commit yet'});
	await repository.commit();
	await repository.git('checkout', '--quiet', '--detach');

	expect(await facts.workTree(repository.path)).not.toHaveProperty('branch');
	expect(await facts.workTree(plain.path)).toHaveProperty('problem');
	expect(await facts.workTree(join(plain.path, 'gone'))).toHaveProperty('problem');
});

test('local facts: only a program that may be started counts as found', async () => {
	using one = createTemporaryRepository();
	using two = createTemporaryRepository();
	one.write('plain', 'no program');
	one.write('php/keep', 'a directory of that name');
	two.write('composer', {script: '#!/bin/sh\n'});
	const own = createLocalFacts({path: ['', one.path, two.path].join(delimiter)});

	expect(await own.missingTools(['plain', 'composer', 'php', 'git', join(two.path, 'composer')])).toEqual([
		'plain',
		'php',
		'git',
	]);
});

test('local facts: permission bits of a file, or nothing', async () => {
	using directory = createTemporaryRepository();
	directory.write('key', 'secret');
	chmodSync(join(directory.path, 'key'), 0o640);

	expect(await facts.fileMode(join(directory.path, 'key'))).toBe(0o640);
	expect(await facts.fileMode(join(directory.path, 'none'))).toBeUndefined();
});

test('local facts: before the first commit there is no work tree to tell of', () =>
	expect(parseWorkTree('# branch.oid (initial)\0# branch.head main\0')).toBeUndefined());

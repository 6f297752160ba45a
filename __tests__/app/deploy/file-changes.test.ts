import {expect, test} from 'vitest';
import {fileChanges} from '../../../src/app/deploy/file-changes.ts';

const entry = (path: string, sha256: string, sizeBytes: number, mode: '100644' | '100755' = '100644') => ({
	path,
	sha256,
	sizeBytes,
	mode,
});
const live = (...paths: readonly (readonly [string, string])[]) =>
	new Map(paths.map(([path, sha256]) => [path, {mode: '100644', sha256}]));

test('file changes: changed by content or mode, new, deleted; the rest is left out', () => {
	const changes = fileChanges(
		[
			entry('app/A.php', 'a', 10),
			entry('app/B.php', 'new', 20),
			entry('app/New.php', 'n', 30),
			entry('artisan', 'x', 40, '100755'),
		],
		live(
			['app/A.php', 'a'],
			['app/B.php', 'old'],
			['artisan', 'x'],
			['app/Gone.php', 'g'],
			['storage/app/upload.png', 'u'],
		),
		path => !path.startsWith('storage/'),
	);

	expect(changes.files).toEqual([
		{path: 'app/B.php', kind: 'changed', sizeBytes: 20},
		{path: 'app/Gone.php', kind: 'deleted', sizeBytes: 0},
		{path: 'app/New.php', kind: 'new', sizeBytes: 30},
		{path: 'artisan', kind: 'changed', sizeBytes: 40},
	]);
	expect(changes).toMatchObject({uploadBytes: 90, total: 4, totalBytes: 100});
});

test('file changes: by top directory, the second level where it says more, most bytes first', () => {
	const {directories} = fileChanges(
		[
			entry('app/Http/A.php', 'a', 10),
			entry('database/migrations/1.php', 'b', 5),
			entry('database/seeders/1.php', 'c', 7),
			entry('composer.lock', 'd', 900),
		],
		new Map(),
		() => true,
	);

	expect(directories.map(({directory, added, sizeBytes}) => [directory, added, sizeBytes])).toEqual([
		['.', 1, 900],
		['app/', 1, 10],
		['database/seeders/', 1, 7],
		['database/migrations/', 1, 5],
	]);
});

import {expect, test} from 'vitest';
import {artisan, composerInstall, rebuildBakedCaches} from '../../../src/commands/laravel/laravel.ts';
import {createHostDirectory, me} from '../host-directory.ts';

const secret = 'two s3cret] words';

test.each([0, 1, 255])('artisan: exit code %i is kept, and a value of .env is never printed', async code => {
	await using host = createHostDirectory({
		php: `#!/bin/sh\necho "$@"\necho 'Failed to parse dotenv file. Encountered unexpected whitespace at [${secret}].' >&2\nexit ${code}\n`,
	});
	const target = {php: 'php', composer: 'composer', owner: me};

	const result = await host.run(artisan({directory: `it's $(touch pwned)`, target}, 'config:cache'));

	expect(result).toEqual({
		code,
		stdout: `it's $(touch pwned)/artisan config:cache\nFailed to parse dotenv file. Encountered unexpected whitespace at [...]\n`,
		stderr: '',
	});
	expect(await host.sh('find . -name pwned')).toBe('');
});

test('composer: runs with its own home, as one word each', async () => {
	await using host = createHostDirectory({composer: '#!/bin/sh\nprintf "%s\\n" "$COMPOSER_HOME" "$@"\n'});
	const target = {php: 'php', composer: 'composer', owner: me};

	expect((await host.ok(composerInstall({directory: 'a b', target, home: 'h "o" me'}))).split('\n')).toEqual([
		'h "o" me',
		'install',
		'--no-dev',
		'--optimize-autoloader',
		'--no-interaction',
		'--no-progress',
		'--working-dir=a b',
		'',
	]);
});

test.each([
	{where: 'a release', baked: '/srv/.app/releases/one/storage', said: ['config:cache', 'route:cache', 'view:cache']},
	{where: 'the live path', baked: '/srv/app/storage', said: []},
])('baked caches: those that name $where', async ({baked, said}) => {
	await using host = createHostDirectory({php: '#!/bin/sh\nshift\necho "$@" >>said\n'});
	const target = {php: 'php', composer: 'composer', owner: me};
	await host.sh(
		`mkdir -p "it's/bootstrap/cache" && : >said && echo "<?php return ['${baked}'];" >"it's/bootstrap/cache/config.php"`,
	);

	await host.ok(rebuildBakedCaches({directory: "it's", target}, {releases: '/srv/.app/releases'}));

	expect((await host.sh('cat said')).split('\n').filter(Boolean)).toEqual(said);
});

test('baked caches: the first that fails ends it, with its exit code, and no value of .env is printed', async () => {
	await using host = createHostDirectory({
		php: `#!/bin/sh\necho "$2"\necho 'Failed to parse dotenv file. Encountered unexpected whitespace at [${secret}].'\nexit 3\n`,
	});
	const target = {php: 'php', composer: 'composer', owner: me};
	await host.sh('mkdir -p app/bootstrap/cache && echo /r/one >app/bootstrap/cache/config.php');

	expect(await host.run(rebuildBakedCaches({directory: 'app', target}, {releases: '/r'}))).toEqual({
		code: 3,
		stdout: 'config:cache\nFailed to parse dotenv file. Encountered unexpected whitespace at [...]\n',
		stderr: '',
	});
});

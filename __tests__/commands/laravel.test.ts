import {expect, test} from 'vitest';
import {artisan, composerInstall} from '../../src/commands/laravel.ts';
import {createHostDirectory, me} from './host-directory.ts';

const secret = 'two s3cret] words';

test.each([0, 1, 255])('artisan: exit code %i is kept, and a value of .env is never printed', async code => {
	await using host = createHostDirectory({
		php: `#!/bin/sh\necho "$@"\necho 'Failed to parse dotenv file. Encountered unexpected whitespace at [${secret}].' >&2\nexit ${code}\n`,
	});
	const target = {php: 'php', composer: 'composer', owner: me};

	const result = host.run(artisan({directory: `it's $(touch pwned)`, target}, 'config:cache'));

	expect(result).toEqual({
		code,
		stdout: `it's $(touch pwned)/artisan config:cache\nFailed to parse dotenv file. Encountered unexpected whitespace at [...]\n`,
		stderr: '',
	});
	expect(host.sh('find . -name pwned')).toBe('');
});

test('composer: runs with its own home, as one word each', async () => {
	await using host = createHostDirectory({composer: '#!/bin/sh\nprintf "%s\\n" "$COMPOSER_HOME" "$@"\n'});
	const target = {php: 'php', composer: 'composer', owner: me};

	expect(host.ok(composerInstall({directory: 'a b', target, home: 'h "o" me'})).split('\n')).toEqual([
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

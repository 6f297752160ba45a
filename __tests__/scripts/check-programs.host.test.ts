import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {runProgram} from '../support/run-program.ts';
import {createTemporaryDirectory} from '../services/local/temporary-repository.ts';

test('programs: a tool that ends before it has read what it is given is told in its own words', async () => {
	using place = createTemporaryDirectory();
	const bin = join(place.path, 'bin');
	mkdirSync(bin);
	const isAsked = '[ "$1" = --version ] && exit';
	writeFileSync(join(bin, 'shellcheck'), `#!/bin/sh\n${isAsked}\necho no memory >&2\nexit 3\n`, {mode: 0o755});
	writeFileSync(join(bin, 'php'), '#!/bin/sh\n', {mode: 0o755});

	const ended = await runProgram([process.execPath, 'scripts/check-programs.ts'], {
		cwd: process.cwd(),
		env: {PATH: `${bin}:${process.env['PATH']}`},
	});

	expect(ended).toMatchObject({code: 1, stdout: 'no memory\nno memory\nno memory\n', stderr: ''});
});

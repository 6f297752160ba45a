import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {renderBanner} from '../../../src/commands/deprecation/banner.ts';
import {putBanner} from '../../../src/domain/deprecation/banner-place.ts';
import {newWay} from '../../../src/domain/deprecation/new-way.ts';
import {oldScripts} from '../../app/deprecation/old-scripts.ts';
import {createTemporaryDirectory} from '../../services/local/temporary-repository.ts';
import {runProgram} from '../../support/run-program.ts';
import {openScreen} from '../../support/screen.ts';

const banner = renderBanner({project: 'qsights', commands: newWay('deploy_backend_preprod.sh', [])});

/** Tells all that a banner may not touch: input, parameters, options, variables, the exit code. */
const script = [
	'trap "echo trapped" EXIT',
	'echo "ran with $#: $*, $-, ${terminal-unset} ${answer-unset} in $PWD"',
	'IFS= read -r next && echo "then [$next]"',
	'exit 5',
	'',
].join('\n');

const shells = [['sh'], ['dash'], ['bash'], ['bash', '--posix']] as const;

const shelf = () => {
	const directory = createTemporaryDirectory();
	writeFileSync(join(directory.path, 'old.sh'), putBanner(script, banner));
	return directory;
};

const stopped = {
	code: 1,
	stdout: '',
	stderr: expect.stringMatching(
		/DEPRECATED: qsights is not deployed[^]+--env preprod[^]+nothing of this script was run/,
	),
};

describe.each(shells.map(shell => ({name: shell.join(' '), shell})))(
	'banner, $name',
	({shell: [program, ...words]}) => {
		test.each([
			['as a file', `"$@" old.sh a b`],
			['as a file, strictly', `"$@" -eu old.sh a b`],
			['from a pipe', `cat old.sh | "$@"`],
			['from standard input', `"$@" -eu <old.sh`],
			['as an argument', `"$@" -c "$(cat old.sh)"; code=$?; [ $code = 1 ] || echo "$code"; exit $code`],
			['evaluated', `"$@" -c 'eval "$(cat old.sh)"; echo went on'`],
			['answered by a pipe', `yes | "$@" old.sh`],
			['behind nohup', `nohup "$@" old.sh`],
			['with no input', `"$@" old.sh <&-`],
			['by variables', `COCKPIT_CONFIRM=yes COCKPIT_YES=1 terminal=/dev/null answer=yes "$@" old.sh`],
		])('without a terminal it stops: %s', async (_, line) => {
			using at = shelf();
			const ended = await runProgram(['setsid', '-w', 'sh', '-c', line, 'sh', program, ...words], {
				cwd: at.path,
				// A bash whose input is a socket reads the .bashrc of its home.
				env: {PATH: process.env['PATH'], HOME: at.path},
			});

			expect(ended).toMatchObject(stopped);
			expect(ended.stderr).not.toContain('\u001B');
		});

		test('without a terminal a shell that sources it goes on', async () => {
			using at = shelf();
			const line = 'f() { . ./old.sh; echo "came back with $?, $#"; }; set -- a b; f x; echo "still $*"';
			expect(
				await runProgram(['setsid', '-w', program, ...words, '-c', line], {
					cwd: at.path,
					env: {PATH: process.env['PATH'], HOME: at.path},
				}),
			).toMatchObject({
				code: 0,
				stdout: 'came back with 1, 1\nstill a b\n',
			});
		});

		test('at a terminal a yes, and only that, lets it go on, with all it was given', async () => {
			using at = shelf();
			const env = {PATH: process.env['PATH'], TERM: 'xterm'};
			const ask = async (line: string, ...typed: readonly string[]) => {
				const shell = [program, ...words].join(' ');
				await using screen = openScreen({
					command: '/bin/sh',
					args: ['-c', line.replaceAll('SHELL', shell)],
					cwd: at.path,
					env,
				});
				await screen.waitFor('anything else to stop:');
				for (const text of typed) screen.sendBytes(text);
				const {code} = await screen.ended();
				return {code, text: screen.text(), raw: screen.raw};
			};
			const [yes, no, nothing, nearly, piped, given, sourced] = await Promise.all([
				ask('SHELL -u old.sh a b', 'yes\nmore of it\n'),
				ask('NO_COLOR=1 SHELL old.sh', 'no\n'),
				ask('SHELL old.sh', '\u0004'),
				ask('SHELL old.sh', ' yes\n'),
				ask('cat old.sh | SHELL', 'no\n'),
				ask('echo from the pipe | SHELL old.sh', 'yes\n'),
				ask("SHELL -c '. ./old.sh; echo back with $?'", 'no\n'),
			]);

			expect(yes.code).toBe(5);
			expect(yes.text).toMatch(/ran with 2: a b, \w*u\w*, unset unset in .*\n[^]*then \[more of it\]\ntrapped/);
			expect(yes.raw).toContain('\u001B[1;31m  DEPRECATED');
			for (const {code, text} of [no, nothing, nearly, piped]) {
				expect({code, ran: text.includes('ran with')}).toEqual({code: 1, ran: false});
				expect(text).toContain('Stopped: nothing of this script was run.');
			}
			expect(no.raw).not.toContain('\u001B[1;31m');
			expect(given).toMatchObject({code: 5, text: expect.stringContaining('then [from the pipe]')});
			expect(sourced).toMatchObject({code: 0, text: expect.stringContaining('back with 1')});
		});
	},
);

test('banner: a script that comes by a pipe is read on by its shell, at a terminal', async () => {
	using at = shelf();
	await using screen = openScreen({
		command: '/bin/sh',
		args: ['-c', 'cat old.sh | bash -s a'],
		cwd: at.path,
		env: {PATH: process.env['PATH']},
	});
	await screen.waitFor('anything else to stop:');
	screen.sendBytes('yes\n');
	await screen.ended();

	expect(screen.text()).toContain('ran with 1: a');
	// What the script reads is what comes behind in itself, as it would be without a banner.
	expect(screen.text()).toContain('then [exit 5]');
});

test('banner: nohup at a terminal is nobody who could be asked', async () => {
	using at = shelf();
	await using screen = openScreen({
		command: '/bin/sh',
		args: ['-c', 'nohup bash old.sh >out 2>&1; echo "ended with $?"; cat out'],
		cwd: at.path,
		env: {PATH: process.env['PATH']},
	});
	await screen.ended();

	expect(screen.text()).toContain('ended with 1');
	expect(screen.text()).toContain('There is no terminal to ask at.');
	expect(screen.text()).not.toContain('ran with');
});

test('banner: with carriage returns it runs as well, and so does what was running with them', async () => {
	using at = shelf();
	writeFileSync(join(at.path, 'crlf.sh'), putBanner('#!/bin/bash\r\necho ran\r\n', banner));
	for (const shell of ['bash', 'dash']) {
		expect(await runProgram(['setsid', '-w', shell, 'crlf.sh'], {cwd: at.path})).toMatchObject(stopped);
	}
	await using screen = openScreen({command: '/usr/bin/env', args: ['bash', 'crlf.sh'], cwd: at.path});
	await screen.waitFor('anything else to stop:');
	screen.sendBytes('yes\n');

	expect(await screen.ended()).toMatchObject({code: 0});
	expect(screen.text()).toContain('ran');
});

test('banner: each of the old scripts, run as it is called, tells its own new way', async () => {
	using at = shelf();
	for (const name of oldScripts) {
		const commands = newWay(name, []);
		writeFileSync(join(at.path, name), putBanner('#!/bin/bash\nset -e\necho ran\n', renderBanner({commands})), {
			mode: 0o755,
		});
	}
	const ended = await Promise.all(
		oldScripts.map(async name => ({
			name,
			...(await runProgram(['setsid', '-w', join(at.path, name)], {cwd: at.path})),
		})),
	);
	for (const {name, code, stdout, stderr} of ended) {
		expect({name, code, stdout}).toEqual({name, code: 1, stdout: ''});
		for (const command of newWay(name, [])) expect(stderr).toContain(`    ${command}\n`);
	}
});

import {chmodSync, existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {parseHome} from '../../../src/services/ssh/home.ts';
import {hasSshd, makeDirectory} from '../../support/real-sshd.ts';
import {startSshLab} from '../../support/ssh-lab.ts';

const hasBash = existsSync('/bin/bash');

/** A login with a home directory of its own, whose shell runs the command as sshd has it run. */
const logIn = async ({shell = 'bash', startUp = ''}: {readonly shell?: string; readonly startUp?: string} = {}) => {
	const directory = makeDirectory();
	const home = join(directory, "it's my $(touch pwned) home");
	const elsewhere = join(directory, 'elsewhere');
	for (const made of [home, elsewhere, join(elsewhere, '.cockpit')]) mkdirSync(made);
	writeFileSync(join(home, '.bashrc'), startUp);
	const login = join(directory, 'login');
	const quoted = home.replaceAll("'", String.raw`'\''`);
	writeFileSync(
		login,
		`#!/bin/sh\nexport HOME='${quoted}' ELSEWHERE='${elsewhere}'\ncd "$HOME"; unset SHLVL; exec ${shell} -c "$SSH_ORIGINAL_COMMAND"\n`,
	);
	chmodSync(login, 0o755);
	const lab = await startSshLab({sshdOptions: [`ForceCommand ${login}`]});
	onTestFinished(() => lab.stop());
	return {session: lab.session(), home, elsewhere};
};

describe.skipIf(!hasSshd || !hasBash)('home over a real sshd (skipped without /usr/sbin/sshd and bash)', () => {
	test.each([
		{name: 'goes elsewhere', startUp: 'cd "$ELSEWHERE"'},
		{name: 'goes elsewhere and makes that home', startUp: 'cd "$ELSEWHERE"; export HOME=$PWD'},
		{name: 'has another home', startUp: 'export HOME=$ELSEWHERE'},
		{name: 'has no home', startUp: 'cd "$ELSEWHERE"; unset HOME'},
		{name: 'looks for directories elsewhere', startUp: 'cd "$ELSEWHERE"; export CDPATH=$ELSEWHERE:/'},
		{name: 'prints', startUp: String.raw`printf 'Welcome\n\036home /tmp\n'; cd "$ELSEWHERE"`},
		{name: 'has a cd that prints', startUp: 'cd() { builtin cd "$@" && ls -A; }; cd "$ELSEWHERE" >/dev/null'},
		{name: 'is strict', startUp: 'set -eu; cd "$ELSEWHERE"'},
	])('a start-up file that $name: every command starts at home', async ({startUp}) => {
		const {session, home} = await logIn({startUp: `: >"$ELSEWHERE/was-read"\n${startUp}`});

		const first = await session.exec('pwd; mkdir -p .cockpit/x; exit 3', {lane: 'run'});
		const second = await session.exec('cat', {lane: 'poll', input: 'in'});

		expect({code: first.code, at: first.stdout.trimEnd().split('\n').at(-1)}).toEqual({code: 3, at: home});
		expect(second.stdout.endsWith('in')).toBe(true);
		expect(existsSync(join(home, '.cockpit/x'))).toBe(true);
		expect(existsSync(join(home, '../elsewhere/was-read'))).toBe(true);
	});

	test('nothing of a cd that prints comes before what a command says', async () => {
		const {session} = await logIn({startUp: 'cd() { builtin cd "$@" && ls -A; }'});

		expect((await session.exec('echo said', {lane: 'run'})).stdout).toBe('said\n');
	});

	test.each(['sh', 'dash', 'bash --posix'])('a login shell %s starts there too', async shell => {
		const {session, home} = await logIn({shell});

		expect((await session.exec('pwd', {lane: 'run'})).stdout).toBe(`${home}\n`);
	});

	test('a home that is not there: no command is run', async () => {
		const {session, elsewhere} = await logIn({startUp: 'cd "$ELSEWHERE"; rm -r "$ELSEWHERE/../"*home'});

		await expect(session.exec('touch ran', {lane: 'run'})).rejects.toMatchObject({
			code: 'step-failed',
			now: 'Nothing was changed.',
		});
		expect(existsSync(join(elsewhere, 'ran'))).toBe(false);
	});

	test('it is asked for once, and whoever stops waiting leaves it to the others', async () => {
		const {session, home} = await logIn({startUp: 'echo x >>"$ELSEWHERE/logins"'});
		const impatient = new AbortController();
		const stopped = session.exec('pwd', {lane: 'run', signal: impatient.signal});
		const others = [1, 2, 3].map(() => session.exec('pwd', {lane: 'run'}));
		impatient.abort();

		await expect(stopped).rejects.toMatchObject({code: 'cancelled'});
		expect((await Promise.all(others)).map(({stdout}) => stdout)).toEqual(others.map(() => `${home}\n`));
		const {stdout} = await session.exec('wc -l <"$ELSEWHERE/logins"', {lane: 'run'});
		expect(stdout.trim()).toBe('5');
	});
});

test.each([
	['\u001Ehome /home/me\u001E', '/home/me'],
	["Hello\n\u001Ehome /home/it's me\u001Ebye", "/home/it's me"],
	['\u001Ehome /tmp\u001E\n\u001Ehome /home/me\u001E', '/home/me'],
	['\u001Ehome \u001E', undefined],
	['\u001Ehome relative\u001E', undefined],
	['home /home/me', undefined],
	['\u001Ehome /home/me', undefined],
])('home: %j says %j', (answer, home) => {
	expect(parseHome(answer)).toBe(home);
});

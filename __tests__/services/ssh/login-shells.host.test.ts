import {chmodSync, existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {hasSshd, makeDirectory} from '../../support/real-sshd.ts';
import {startSshLab} from '../../support/ssh-lab.ts';

const shells = ['sh', 'dash', 'bash', 'tcsh', 'fish', 'zsh'].filter(shell => existsSync(`/usr/bin/${shell}`));

type Login = {
	readonly shell?: string;
	/** Files of the home, by their names. */
	readonly files?: Readonly<Record<string, string>>;
	/** Runs instead of `exec SHELL -c "$SSH_ORIGINAL_COMMAND"`. */
	readonly wrapper?: string;
};

/** A login whose shell reads its start-up files as one that sshd starts does. */
const logIn = async ({shell = 'bash', files = {}, wrapper}: Login) => {
	const directory = makeDirectory();
	const home = join(directory, 'home');
	mkdirSync(join(home, '.config/fish'), {recursive: true});
	for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), `${text}\n`);
	const login = join(directory, 'login');
	const run = wrapper ?? `exec ${shell} -c "$SSH_ORIGINAL_COMMAND"`;
	writeFileSync(login, `#!/bin/sh\nexport HOME='${home}'\ncd "$HOME"; unset SHLVL; ${run}\n`);
	chmodSync(login, 0o755);
	const lab = await startSshLab({sshdOptions: [`ForceCommand ${login}`]});
	onTestFinished(() => lab.stop());
	return {session: lab.session(), home};
};

/** Quotes, what shells expand, several lines, an exclamation mark, a backslash, letters beyond ASCII. */
const line = `printf '%s\\n' "it's !1 \\\\ \`x\` 50% ü" 'two
lines'; cat; echo wrong >&2; exit 7`;
const answer = {code: 7, stdout: "it's !1 \\ `x` 50% ü\ntwo\nlines\nput in", stderr: 'wrong\n'};

describe.skipIf(!hasSshd)('logins over a real sshd (skipped without /usr/sbin/sshd)', () => {
	test.each(shells)('login shell %s: the answer and nothing else, with its input and its exit code', async shell => {
		const noise = {
			'.bashrc': "printf 'loading tools... '; echo trouble >&2",
			'.zshenv': "printf 'loading tools... '; echo trouble >&2",
			'.cshrc': "printf 'loading tools... '",
			'.config/fish/config.fish': "printf 'loading tools... '",
		};
		const {session} = await logIn({shell, files: noise});
		const result = await session.exec(line.replace('`x`', '\\`x\\`'), {lane: 'run', input: 'put in'});

		expect(result).toMatchObject(answer);
		expect((await session.exec(`echo ${'x'.repeat(60_000)} | wc -c`, {lane: 'poll'})).stdout.trim()).toBe('60001');
	});

	test.each([
		{name: 'traces', startUp: 'set -x'},
		{name: 'keeps files', startUp: 'set -o noclobber; export SHELLOPTS'},
		{name: 'changes what words are', startUp: 'export IFS=/ CDPATH=/ TMPDIR=/nowhere LANG=tr_TR.UTF-8'},
		{name: 'loses the tools', startUp: 'export PATH=/nowhere'},
		{name: 'has a mask', startUp: 'umask 0777'},
		{name: 'asks a terminal', startUp: 'stty erase ^H; tput setaf 1'},
		{
			name: 'has functions that print',
			startUp: 'printf() { echo mine; }; cd() { echo mine; }; eval() { echo mine; }; export -f printf cd eval',
		},
		{name: 'has aliases', startUp: "shopt -s expand_aliases; alias ls='ls --color' cat='cat -n' sh='echo'"},
		{name: 'reads what comes', startUp: 'read -r -t 0.05 stolen || :'},
		{name: 'leaves something running', startUp: 'sleep 600 & echo started $!'},
	])('a start-up file that $name changes no answer', async ({startUp}) => {
		const {session} = await logIn({files: {'.bashrc': startUp}});
		const asked =
			'f=$(mktemp) && echo one >"$f" && echo two >"$f" && ls -d /tmp && cat "$f" && rm "$f"; umask; set -- $(echo "a b"); echo $#';

		expect(await session.exec(asked, {lane: 'run', timeoutMs: 20_000})).toMatchObject({
			code: 0,
			stdout: '/tmp\ntwo\n0022\n2\n',
			stderr: '',
		});
		expect((await session.exec('cat', {lane: 'run', input: 'in', timeoutMs: 20_000})).stdout).toBe('in');
	});

	test.each([
		{name: 'ends it', files: {'.bashrc': 'echo bye; exit 3'}, why: /exit 3 .*bye/},
		{name: 'becomes another shell', files: {'.bashrc': 'echo hi; exec cat'}, why: /exit 0 .*hi/},
		{
			name: 'is no shell',
			wrapper: "echo 'This account is currently not available.'; exit 1",
			why: /exit 1 .*not available/,
		},
		{name: 'may run nothing', shell: 'rbash', why: /restricted/},
	])('a login that $name: the host is named, with what it said', async ({why, ...login}) => {
		const {session} = await logIn(login);

		await expect(session.exec('true', {lane: 'run', timeoutMs: 20_000})).rejects.toMatchObject({
			code: 'answer-unreadable',
			what: 'The login shell on web-1 runs no command',
			why: expect.stringMatching(why),
			now: 'Nothing was changed.',
		});
	});

	test('an answer that something between has cut is told as cut, whatever its exit code is', async () => {
		const {session} = await logIn({wrapper: 'sh -c "$SSH_ORIGINAL_COMMAND" | head -c 900'});

		await expect(session.exec('seq 1000', {lane: 'run'})).rejects.toMatchObject({
			code: 'answer-unreadable',
			what: 'An answer of web-1 was cut',
		});
	});

	test('what comes without end before an answer ends the call', async () => {
		const {session} = await logIn({files: {'.bashrc': 'yes'}});

		await expect(session.exec('true', {lane: 'run', timeoutMs: 20_000})).rejects.toMatchObject({
			why: expect.stringMatching(/bytes came, and no more than 4194304/),
		});
	});
});

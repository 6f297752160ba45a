import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, inject, onTestFinished, test} from 'vitest';
import {openScreen, type Screen} from '../../support/screen.ts';
import {activeTab} from '../../support/tui/active-tab.ts';
import {openStage, type Play, type Stage, startStage, temporaryHome} from '../../support/tui/open-stage.ts';
import {terminalEnvironment} from '../../support/tui/terminal-environment.ts';
import {until} from '../../support/wait.ts';

const run = promisify(execFile);
/** How a program ended that `run` rejects for. */
type Ended = {readonly code: number; readonly stdout: string; readonly stderr: string};

const product = new URL('../../../dist/cockpit.mjs', import.meta.url).pathname;

/** Goes through the screens and dialogs there are without a host, and leaves. */
const tour = async (play: Play): Promise<Screen> => {
	const {screen} = await openStage(inject('stage'), 'nothing', play);
	screen.send('?');
	await screen.waitFor('Keys');
	screen.send('esc', ':');
	await screen.waitFor('Commands');
	screen.send('esc', '3');
	await screen.waitFor(/\S/);
	screen.send('1', 'q');
	await screen.ended();
	return screen;
};

/** Every SGR sequence that sets a colour. */
const colours = (screen: Screen): readonly string[] =>
	[...screen.raw.matchAll(/\u001B\[([\d;]*)m/g)]
		.map(([, codes = '']) => codes)
		.filter(codes => codes.split(';').some(code => /^(3[0-8]|4[0-8]|9[0-7]|10[0-7])$/.test(code)));

const notAscii = (screen: Screen): readonly string[] => [...new Set(screen.raw.match(/[^\u0000-\u007F]/g))];

// What says whether there is colour, and what says whether there is more than ASCII, have nothing to do with each other:
// each of these is told both.
test.each([
	['nothing said: sixteen colours, Unicode', {env: {}, hasColour: true, isAscii: false}],
	['NO_COLOR; LANG=C', {env: {NO_COLOR: '1', LANG: 'C'}, hasColour: false, isAscii: true}],
	[
		'NO_COLOR wins over FORCE_COLOR; LANG=POSIX',
		{env: {NO_COLOR: '1', FORCE_COLOR: '1', LANG: 'POSIX'}, hasColour: false, isAscii: true},
	],
	[
		'an empty NO_COLOR counts as absent, CI=1 on a terminal still opens the screen; LANG is empty',
		{env: {NO_COLOR: '', CI: '1', GITHUB_ACTIONS: 'true', LANG: ''}, hasColour: true, isAscii: true},
	],
	[
		'FORCE_COLOR=0; LC_CTYPE wins over LANG',
		{env: {FORCE_COLOR: '0', LANG: 'C', LC_CTYPE: 'de_DE.UTF-8'}, hasColour: false, isAscii: false},
	],
	[
		'FORCE_COLOR=3 gives none beyond the sixteen; LC_ALL wins over LANG',
		{env: {FORCE_COLOR: '3', LANG: 'C.UTF-8', LC_ALL: 'C'}, hasColour: true, isAscii: true},
	],
] as const)('environment: %s', async (_, {env, hasColour, isAscii}) => {
	const screen = await tour({env});

	expect(screen.raw).toContain('\u001B[?1049h');
	if (hasColour) expect(colours(screen).length).toBeGreaterThan(0);
	else expect(colours(screen)).toEqual([]);
	// Never a palette or RGB one, and none of the grey that some themes do not show.
	expect(colours(screen).filter(codes => /[34]8|^(?:90|100)$/.test(codes))).toEqual([]);
	// What is inverse with colour is in brackets without.
	expect(screen.raw.includes('[1 Overview]')).toBe(!hasColour);
	if (isAscii) expect(notAscii(screen)).toEqual([]);
	else expect(notAscii(screen).length).toBeGreaterThan(0);
});

describe('environment: sizes', () => {
	let stage: Stage & AsyncDisposable;
	beforeAll(async () => {
		stage = await startStage(inject('stage'), 'nothing', {columns: 120, rows: 40});
	});
	afterAll(() => stage[Symbol.asyncDispose]());

	test('any size leaves one header, one footer and nothing of the frame before', async () => {
		const {screen} = stage;
		const sizes = [
			[60, 16],
			[200, 60],
			[61, 50],
			[99, 17],
			[100, 24],
			[20, 5],
			[1, 1],
			[160, 16],
			[80, 24],
		] as const;

		for (const [columns, rows] of sizes) {
			screen.resize(columns, rows);
			if (columns < 60 || rows < 16) continue;
			const only = (words: string, at: number): boolean =>
				screen.lines.every((line, index) => line.includes(words) === (index === at));
			await screen.waitFor(() => only('qsights', 0) && only('q quit', rows - 1));
		}
	});

	test('50x12 says what it is and what it needs; back at 80x24 all is there', async () => {
		const {screen} = stage;

		screen.resize(50, 12);
		await screen.waitFor(() => /50 x 12.*60 x 16/.test(screen.text()) && screen.text().includes('q quit'));
		screen.resize(80, 24);
		await screen.waitFor(
			() =>
				activeTab(screen) === '1 Overview' &&
				screen.line(23).includes('q quit') &&
				!screen.text().includes('Too small'),
		);
	});

	test('a dialog open while the window becomes too small does not hide the words', async () => {
		const {screen} = stage;
		screen.send('?');
		await screen.waitFor('Keys');

		screen.resize(40, 8);
		await screen.waitFor('40 x 8');
		screen.resize(80, 24);
		await screen.waitFor('Keys');
	});
});

const config = new URL('../../fixtures', import.meta.url).pathname;

test.each([
	['no terminal on either side', []],
	['output that is a terminal but no input', ['<', '/dev/null']],
	['input that is a terminal but no output', ['|', 'cat']],
] as const)('environment: %s ends with 2 and one clear message', async (_, redirection) => {
	const home = temporaryHome();
	const env = terminalEnvironment(home);
	const shell = `"$0" "$1" --config ${config} ${redirection.join(' ')}; echo "exit \${PIPESTATUS[0]}"`;
	if (redirection.length === 0) {
		const ended = run(process.execPath, [product, '--config', config], {env});
		ended.child.stdin?.end();
		const {code, stdout, stderr} = (await ended.catch((error: unknown) => error)) as Ended;
		expect({code, stdout}).toEqual({code: 2, stdout: ''});
		expect(stderr).toMatch(/terminal/i);
		expect(stderr).not.toMatch(/at .*\.mjs/);
		return;
	}
	const screen = openScreen({command: '/bin/bash', args: ['-c', shell, process.execPath, product], env, cwd: home});
	onTestFinished(() => screen[Symbol.asyncDispose]());
	await screen.ended();
	expect(screen.text()).toContain('exit 2');
	expect(screen.text()).toMatch(/terminal/i);
	expect(screen.raw).not.toContain('\u001B[?1049h');
});

test('environment: TERM=dumb ends with 2 and one clear message, without escape codes', async () => {
	const home = temporaryHome();
	const screen = openScreen({
		command: process.execPath,
		args: [product, '--config', config],
		env: terminalEnvironment(home, {TERM: 'dumb'}),
		cwd: home,
	});
	onTestFinished(() => screen[Symbol.asyncDispose]());

	expect(await screen.ended()).toMatchObject({code: 2});
	expect(screen.raw).not.toContain('\u001B');
	expect(screen.text()).toMatch(/terminal|dumb/i);
});

const hasTmux = await run('tmux', ['-V']).then(
	() => true,
	() => false,
);

test.skipIf(!hasTmux)(
	'environment: inside tmux, keys sent coalesced arrive one by one (skipped without tmux)',
	async () => {
		const home = temporaryHome();
		const env = {...terminalEnvironment(home), TMUX_TMPDIR: home};
		const tmux = async (...args: readonly string[]): Promise<string> => {
			const {stdout} = await run('tmux', ['-L', 'private', '-f', '/dev/null', ...args], {env});
			return stdout;
		};
		onTestFinished(async () => void (await tmux('kill-server').catch(() => undefined)));
		const start = `exec ${process.execPath} ${inject('stage')} nothing ${home}/log`;
		await tmux('new-session', '-d', '-x', '100', '-y', '30', start);
		let picture = '';
		const untilSeen = (what: string, isSeen: () => boolean): Promise<unknown> =>
			until(
				what,
				async () => {
					picture = await tmux('capture-pane', '-p');
					return isSeen();
				},
				{show: () => picture},
			);
		await untilSeen('the first frame', () => picture.includes('q quit'));

		await tmux('send-keys', '-l', ':help');
		await tmux('send-keys', 'Enter');
		await untilSeen('the help', () => picture.includes('Everywhere'));
		await tmux('send-keys', 'Escape', '3', '1', '3');
		await untilSeen('the screen behind it', () => !picture.includes('Everywhere'));
		expect((await tmux('display-message', '-p', '#{alternate_on}')).trim()).toBe('1');
		await tmux('send-keys', 'q');
		// Its last session ends with its only program, and tmux with that.
		await until('the end of tmux', () =>
			tmux('list-sessions').then(
				() => false,
				() => true,
			),
		);
	},
);

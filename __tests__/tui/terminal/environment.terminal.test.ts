import {execFileSync, spawnSync} from 'node:child_process';
import {expect, inject, onTestFinished, test} from 'vitest';
import {openScreen, type Screen} from '../../support/screen.ts';
import {activeTab} from '../../support/tui/active-tab.ts';
import {openStage, type Play, temporaryHome} from '../../support/tui/open-stage.ts';
import {terminalEnvironment} from '../../support/tui/terminal-environment.ts';

const product = new URL('../../../dist/cockpit.mjs', import.meta.url).pathname;
const stage = inject('stage');

/** Goes through the screens and dialogs there are without a host, and leaves. */
const tour = async (play: Play): Promise<Screen> => {
	const {screen} = await openStage(stage, 'nothing', play);
	screen.send('6');
	await screen.waitFor('not part of this version');
	screen.send('esc', '?');
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

test('environment: sixteen named colours at most, never a palette or RGB one', async () => {
	const screen = await tour({});

	expect(colours(screen).length).toBeGreaterThan(0);
	expect(colours(screen).filter(codes => /[34]8/.test(codes))).toEqual([]);
	expect(colours(screen).filter(codes => /^(90|100)$/.test(codes))).toEqual([]);
});

test('environment: NO_COLOR sends no colour, and brackets what was inverse', async () => {
	const screen = await tour({env: {NO_COLOR: '1'}});

	expect(colours(screen)).toEqual([]);
	expect(screen.raw).toContain('[1 Overview]');
});

test('environment: NO_COLOR wins over FORCE_COLOR; an empty one counts as absent', async () => {
	expect(colours(await tour({env: {NO_COLOR: '1', FORCE_COLOR: '1'}}))).toEqual([]);
	expect(colours(await tour({env: {NO_COLOR: ''}})).length).toBeGreaterThan(0);
});

test('environment: FORCE_COLOR=0 sends no colour, FORCE_COLOR=3 none beyond the sixteen', async () => {
	expect(colours(await tour({env: {FORCE_COLOR: '0'}}))).toEqual([]);
	expect(colours(await tour({env: {FORCE_COLOR: '3'}})).filter(codes => /[34]8/.test(codes))).toEqual([]);
});

test('environment: CI=1 on a terminal still opens the screen', async () => {
	const {screen} = await openStage(stage, 'nothing', {env: {CI: '1', GITHUB_ACTIONS: 'true'}});

	expect(screen.isAlternate).toBe(true);
	screen.send('?');
	await screen.waitFor('Keys');
});

test.each(['C', 'POSIX', ''])('environment: LANG=%j gets bytes of ASCII only', async LANG => {
	const screen = await tour({env: {LANG, LC_ALL: undefined}});

	expect([...new Set(screen.raw.match(/[^\u0000-\u007F]/g))]).toEqual([]);
});

test('environment: LC_ALL, then LC_CTYPE, then LANG say whether there is more than ASCII', async () => {
	const hasMore = async (env: Play['env']): Promise<boolean> => {
		const {screen} = await openStage(stage, 'nothing', env ? {env} : {});
		screen.send('?');
		await screen.waitFor('Keys');
		return /[^\u0000-\u007F]/.test(screen.raw);
	};

	expect(await hasMore({LANG: 'C', LC_CTYPE: 'de_DE.UTF-8'})).toBe(true);
	expect(await hasMore({LANG: 'C.UTF-8', LC_ALL: 'C'})).toBe(false);
});

test('environment: 50x12 says what it is and what it needs; back at 80x24 all is there', async () => {
	const {screen} = await openStage(stage, 'nothing', {columns: 80, rows: 24});

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

test('environment: a dialog open while the window becomes too small does not hide the words', async () => {
	const {screen} = await openStage(stage, 'nothing', {columns: 80, rows: 24});
	screen.send('?');
	await screen.waitFor('Keys');

	screen.resize(40, 8);
	await screen.waitFor('40 x 8');
	screen.resize(80, 24);
	await screen.waitFor('Keys');
});

test('environment: any size leaves one header, one footer and nothing of the frame before', async () => {
	const {screen} = await openStage(stage, 'nothing', {columns: 120, rows: 40});
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
		const {status, stdout, stderr} = spawnSync(process.execPath, [product, '--config', config], {
			env,
			input: '',
			encoding: 'utf8',
		});
		expect(status).toBe(2);
		expect(stdout).toBe('');
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

const hasTmux = (() => {
	try {
		execFileSync('tmux', ['-V']);
		return true;
	} catch {
		return false;
	}
})();

test.skipIf(!hasTmux)(
	'environment: inside tmux, keys sent coalesced arrive one by one (skipped without tmux)',
	async () => {
		const home = temporaryHome();
		const env = {...terminalEnvironment(home), TMUX_TMPDIR: home};
		const tmux = (...args: readonly string[]): string =>
			execFileSync('tmux', ['-L', 'private', '-f', '/dev/null', ...args], {env, encoding: 'utf8'});
		onTestFinished(() => void spawnSync('tmux', ['-L', 'private', 'kill-server'], {env}));
		tmux('new-session', '-d', '-x', '100', '-y', '30', `exec ${process.execPath} ${stage} nothing ${home}/log`);
		// tmux tells of changes by itself: its control mode is a stream of them.
		const control = openScreen({
			command: 'tmux',
			args: ['-L', 'private', '-f', '/dev/null', '-C', 'attach'],
			env,
			columns: 100,
			rows: 30,
		});
		onTestFinished(() => control[Symbol.asyncDispose]());
		const picture = (): string => tmux('capture-pane', '-p');
		await control.waitFor(() => picture().includes('q quit'));

		tmux('send-keys', '-l', ':help');
		tmux('send-keys', 'Enter');
		await control.waitFor(() => picture().includes('Everywhere'));
		tmux('send-keys', 'Escape', '3', '1', '3');
		await control.waitFor(() => !picture().includes('Everywhere'));
		expect(tmux('display-message', '-p', '#{alternate_on}').trim()).toBe('1');
		tmux('send-keys', 'q');
		await control.ended();
	},
);

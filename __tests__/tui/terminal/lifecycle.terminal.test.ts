import {readFileSync} from 'node:fs';
import {expect, inject, onTestFinished, test} from 'vitest';
import {openScreen, type Screen} from '../../support/screen.ts';
import {activeTab} from '../../support/tui/active-tab.ts';
import {openStage, temporaryHome} from '../../support/tui/open-stage.ts';
import {terminalEnvironment} from '../../support/tui/terminal-environment.ts';
import {until} from '../../support/wait.ts';

const stage = inject('stage');

const open = (play: string) => openStage(stage, play);

/** The cockpit itself, for signals: the only child of the shell. */
const cockpitOf = (screen: Screen): number =>
	Number(readFileSync(`/proc/${screen.pid}/task/${screen.pid}/children`, 'utf8').trim().split(' ')[0]);

const expectRestored = async (screen: Screen, code: number): Promise<void> => {
	await screen.ended();
	expect(screen.text()).toContain(`tty as found, exit ${code}`);
	expect(screen.isAlternate).toBe(false);
	expect(screen.isCursorVisible).toBe(true);
	expect(screen.isPasteBracketed).toBe(false);
};

test('terminal: the cockpit uses the alternate screen, raw, with pastes marked and no cursor; q leaves it as it was found', async () => {
	const {screen} = await open('nothing');
	await screen.waitFor(() => screen.isPasteBracketed);
	expect(screen.isAlternate).toBe(true);
	expect(screen.isCursorVisible).toBe(false);

	screen.send('q');

	await expectRestored(screen, 0);
});

test('terminal: keys typed before the first frame do not push its first row aside; Ctrl-C leaves it as it was found', async () => {
	const {screen} = await openStage(stage, 'nothing', {early: 'xxx'});

	expect(screen.line(0)).toMatch(/^ qsights /);

	screen.send('ctrl-c');

	await expectRestored(screen, 0);
});

test.each([
	['SIGTERM', 143],
	['SIGHUP', 129],
	['SIGINT', 130],
] as const)('terminal: %s leaves it as it was found', async (signal, code) => {
	const {screen} = await open('nothing');

	process.kill(cockpitOf(screen), signal);

	await expectRestored(screen, code);
});

test.each(['throw-outside', 'reject-outside'])(
	'terminal: %s ends the cockpit with 1 and leaves it as found',
	async play => {
		const {screen, log} = await open(play);

		screen.send('r');

		await expectRestored(screen, 1);
		expect(log()).toContain(play === 'throw-outside' ? 'a timer went wrong' : 'nobody waited for this');
	},
);

test('terminal: a throw in a key is told, logged, and the next key works', async () => {
	const {screen, log} = await open('throw-in-key');

	screen.send('r');
	await screen.waitFor('a key went wrong');
	screen.send('esc', '3');
	await screen.waitFor(() => activeTab(screen) === '3 Deploy');

	expect(log()).toContain('a key went wrong');
	screen.send('q');
	await expectRestored(screen, 0);
});

test('terminal: an uncaught throw while a run is driven does not end the cockpit', async () => {
	const {screen} = await open('throw-while-driving');

	screen.send('r');
	await screen.waitFor('a timer went wrong');
	screen.send('q');
	await screen.waitFor('eave');

	expect(screen.isAlternate).toBe(true);
});

test.each(['throw-in-frame', 'throw-in-dialog'])('terminal: %s never leaves a dead screen', async play => {
	const {screen, log} = await open(play);

	screen.send('r');
	await until('the fault in the log', () => log().includes('fault '), {show: log});
	screen.send('esc', 'q');

	await screen.ended();
	expect(screen.text()).toContain('tty as found');
	expect(screen.isAlternate).toBe(false);
});

test('terminal: what the process prints by itself goes to the log, never over a frame', async () => {
	const {screen, log} = await open('print');

	screen.send('r');
	await screen.waitFor('all printed');
	screen.send('q');
	await screen.ended();

	expect(screen.raw).not.toContain('TORN');
	expect(log().match(/TORN/g)).toHaveLength(4);
});

test('terminal: Ctrl-Z gives the shell back, fg repaints, and keys work again', async () => {
	const home = temporaryHome();
	const screen = openScreen({
		command: '/bin/bash',
		args: ['--noprofile', '--norc', '-i'],
		env: terminalEnvironment(home, {PS1: 'shell> ', HISTFILE: undefined}),
		cwd: home,
	});
	onTestFinished(() => screen[Symbol.asyncDispose]());
	await screen.waitFor('shell>');
	screen.sendBytes(`${process.execPath} ${stage} nothing ${home}/log\r`);
	await screen.waitFor('q quit');
	screen.send('?');
	await screen.waitFor('type to filter');
	screen.send('esc', '3');
	await screen.waitFor(() => activeTab(screen) === '3 Deploy');
	const before = screen.text();

	screen.send('ctrl-z');
	await screen.waitFor(/Stopped[\s\S]*shell> $/m);
	expect(screen.isAlternate).toBe(false);
	screen.sendBytes('echo usa""ble; stty -a | grep -o " icanon"\r');
	await screen.waitFor(/^usable\n icanon/m);
	screen.sendBytes('fg\r');
	await screen.waitFor(() => screen.isAlternate && screen.text() === before);
	screen.send('1');
	await screen.waitFor(() => activeTab(screen) === '1 Overview');
	screen.send('q');
	await screen.waitFor(/shell> $/m);

	expect(screen.isAlternate).toBe(false);
});

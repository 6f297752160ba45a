import {existsSync, mkdtempSync, readFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {openScreen, type Screen, type ScreenOptions} from '../screen.ts';
import {terminalEnvironment} from './terminal-environment.ts';

export type Play = Pick<ScreenOptions, 'columns' | 'rows'> & {
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** False: it is handed over while it starts, before its first frame. */
	readonly isReady?: boolean;
};

/** A directory to be HOME, removed after the test. */
export const temporaryHome = (): string => {
	const home = mkdtempSync(join(tmpdir(), 'cockpit-home-'));
	onTestFinished(() => rm(home, {recursive: true, force: true}));
	return home;
};

// Compares the terminal's modes before and after, on the screen the shell sees.
const script = [
	'stty -a >before',
	'"$@"',
	'code=$?',
	'stty -a >after',
	'cmp before after && echo "tty as found, exit $code"',
].join('\n');

/** Opens the cockpit on a play of stage.ts, below a shell that shows what is left of the terminal after it. */
export const openStage = async (
	file: string,
	play: string,
	{env, isReady = true, ...size}: Play = {},
): Promise<{readonly screen: Screen; readonly log: () => string}> => {
	const home = temporaryHome();
	const logPath = join(home, 'cockpit.log');
	const screen = openScreen({
		command: '/bin/bash',
		args: ['-c', script, 'bash', process.execPath, file, play, logPath],
		env: terminalEnvironment(home, env),
		cwd: home,
		...size,
	});
	onTestFinished(() => screen[Symbol.asyncDispose]());
	if (isReady) await screen.waitFor('q quit');
	return {screen, log: () => (existsSync(logPath) ? readFileSync(logPath, 'utf8') : '')};
};

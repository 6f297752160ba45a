import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {openScreen, type Screen, type ScreenOptions} from '../screen.ts';
import {connectToMarks} from './stage-marks.ts';
import {terminalEnvironment} from './terminal-environment.ts';

export type Play = Pick<ScreenOptions, 'columns' | 'rows'> & {
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** Typed, and shown by the terminal, before the cockpit is started. */
	readonly early?: string;
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
	'while [ -e wait ]; do sleep 0.02; done',
	'"$@"',
	'code=$?',
	'stty -a >after',
	'cmp before after && echo "tty as found, exit $code"',
].join('\n');

export type Stage = {
	readonly screen: Screen;
	/** What the cockpit has logged so far. */
	readonly log: () => string;
};

/** Starts the cockpit on a play of stage.ts, below a shell that shows what is left of the terminal after it. */
export const startStage = async (
	file: string,
	play: string,
	{env, early, columns = 80, rows = 24}: Play = {},
): Promise<Stage & AsyncDisposable & {readonly logPath: string}> => {
	const home = mkdtempSync(join(tmpdir(), 'cockpit-home-'));
	const logPath = join(home, 'cockpit.log');
	const gate = join(home, 'wait');
	if (early !== undefined) writeFileSync(gate, '');
	const screen = openScreen({
		command: '/bin/bash',
		args: ['-c', script, 'bash', process.execPath, file, play, logPath],
		env: terminalEnvironment(home, env),
		cwd: home,
		columns,
		rows,
	});
	const stage = {
		screen,
		logPath,
		log: () => (existsSync(logPath) ? readFileSync(logPath, 'utf8') : ''),
		[Symbol.asyncDispose]: async () => {
			await screen[Symbol.asyncDispose]();
			await rm(home, {recursive: true, force: true});
		},
	};
	try {
		if (early !== undefined) {
			screen.send(early);
			await screen.waitFor(early);
			rmSync(gate);
		}
		await screen.waitFor('q quit');
		return stage;
	} catch (error) {
		await stage[Symbol.asyncDispose]();
		throw error;
	}
};

/** The same, until the end of the test. */
export const openStage = async (file: string, play: string, options?: Play): Promise<Stage> => {
	const stage = await startStage(file, play, options);
	onTestFinished(() => stage[Symbol.asyncDispose]());
	return stage;
};

export type Story = AsyncDisposable & {
	readonly screen: Screen;
	/** What the screen shows, without what moves by itself. */
	readonly picture: () => string;
	/** Resolves once every key sent so far has been handled, and drawn. */
	readonly settled: () => Promise<void>;
	/** Resolves once the screen is as it was before the first key. */
	readonly beginAgain: () => Promise<void>;
};

/** Starts the play `story`, which can be played any number of times. */
export const startStory = async (file: string, options?: Play): Promise<Story> => {
	await using stack = new AsyncDisposableStack();
	const {screen, logPath} = stack.use(await startStage(file, 'story', options));
	const marks = stack.adopt(await connectToMarks(`${logPath}.marks`), ({close}) => close());
	let count = 100;
	let mark = '';
	const show = async (isNew: boolean): Promise<void> => {
		count += 1;
		mark = `#${count}`;
		marks.ask({mark, after: screen.sent, isNew});
		await screen.waitFor(mark);
	};
	await show(true);
	const owned = stack.move();
	return {
		screen,
		picture: () =>
			screen
				.text()
				.replace(mark, '#')
				.replaceAll(/[◐◓◑◒]/g, '◐'),
		settled: () => show(false),
		beginAgain: () => show(true),
		[Symbol.asyncDispose]: () => owned.disposeAsync(),
	};
};

import {render, type Instance} from 'ink';
import type {CockpitController} from '../control/controller.ts';
import type {CockpitStore} from '../store/create-store.ts';
import {App, type AppProps, type InkHandle} from './app.tsx';
import {glyphsFor, hasUnicode} from './kit/glyphs.ts';
import {allBindings} from './keys/all-bindings.ts';
import type {KeyContext} from './keys/binding.ts';
import {createDispatcher} from './keys/dispatcher.ts';
import {askToQuit} from './keys/global-keys.ts';
import {InkInput} from './keys/ink-input.ts';
import {screens} from './screens/screens.ts';
import {quietConsole} from './terminal/quiet-console.ts';
import {createTerminalGuard, type TerminalGuard} from './terminal/terminal-guard.ts';

export type TuiOptions = {
	readonly store: CockpitStore;
	readonly controller: CockpitController;
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly hasColour: boolean;
	/** File that takes what would tear the screen. */
	readonly logPath: string;
	/** See `createTerminalGuard`. */
	readonly escapeMs?: number;
};

const cleanScreen = '\u001B[2J\u001B[H';

const exitCodes = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129} as const;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Listens to what the process is told and what nobody caught; answers with what ends that. */
const watchProcess = (on: {
	readonly signal: (signal: (typeof signals)[number]) => void;
	readonly uncaught: (error: unknown) => void;
	readonly exit: () => void;
}): (() => void) => {
	const listeners = [
		...signals.map(signal => [signal, () => on.signal(signal)] as const),
		['uncaughtException', on.uncaught] as const,
		['unhandledRejection', on.uncaught] as const,
		['exit', on.exit] as const,
	];
	for (const [event, listener] of listeners) process.on(event, listener);
	return () => {
		for (const [event, listener] of listeners) process.off(event, listener);
	};
};

/** Gives the terminal back, stops the process as Ctrl-Z does, and goes on when it is continued. */
const stopProcess = async (guard: TerminalGuard): Promise<void> => {
	guard.release();
	const continued = Promise.withResolvers<void>();
	process.once('SIGCONT', () => continued.resolve());
	process.kill(0, 'SIGTSTP');
	await continued.promise;
	guard.hold();
};

/** Draws the cockpit until it is unmounted. `onReady`: what Ink lends to the keys. */
const draw = (
	{store, stdout, environment, hasColour}: TuiOptions,
	input: InkInput,
	{onReady, onFault}: Pick<AppProps, 'onReady' | 'onFault'>,
): Instance => {
	// One that the terminal echoed before has moved the cursor, and the first row of the frame would begin behind it.
	stdout.write('\r');
	const instance = render(
		<App
			store={store}
			bindings={allBindings}
			screens={screens}
			theme={{glyphs: glyphsFor(hasUnicode(environment)), hasColour}}
			onReady={onReady}
			onResized={() => repaint()}
			onFault={onFault}
		/>,
		{
			stdin: input as unknown as NodeJS.ReadStream,
			stdout,
			alternateScreen: true,
			incrementalRendering: true,
			maxFps: 60,
			interactive: true,
			exitOnCtrlC: false,
			patchConsole: false,
		},
	);
	// Ink draws the old tree once more before the new size is laid out, and counts its lines from where a cut or wrapped
	// frame left the cursor. So it forgets what it drew, and the next frame starts on a clean screen.
	const repaint = (): void => {
		instance.clear();
		stdout.write(cleanScreen);
		stdout.emit('resize');
	};
	return instance;
};

/**
 * Opens the full screen and resolves with the exit code once it is closed and the terminal is as it was found. Faults of
 * screens and keys are told and logged; while a run is under way none of them ends the cockpit.
 */
export const startTui = async (options: TuiOptions): Promise<number> => {
	const {store, controller, stdin, stdout, logPath} = options;
	const quiet = quietConsole(logPath);
	const input = new InkInput();
	const ended = Promise.withResolvers<number>();
	let ink: InkHandle | undefined;

	const onFault = (error: unknown): void => {
		const story = error instanceof Error ? (error.stack ?? error.message) : String(error);
		quiet.log(`fault ${story}`);
		store.getState().say('danger', `A fault of the cockpit: ${story.split('\n')[0]}. Details in ${logPath}.`);
	};
	const suspend = async (): Promise<void> => ink?.suspend(() => stopProcess(guard));
	const context: KeyContext = {
		store,
		controller,
		terminal: {exit: code => ended.resolve(code), suspend: () => void suspend().catch(onFault)},
	};
	const dispatcher = createDispatcher({
		bindings: allBindings,
		context,
		forward: sequence => input.send(sequence),
		onFault,
	});
	const guard = createTerminalGuard({stdin, stdout, onToken: dispatcher.feed, escapeMs: options.escapeMs});
	const unwatch = watchProcess({
		signal: signal => {
			// Ctrl-C in raw mode is a key; a signal from outside is somebody who can't be asked.
			if (signal === 'SIGINT' && store.getState().isDriving) askToQuit(context);
			else ended.resolve(exitCodes[signal]);
		},
		uncaught: error => {
			onFault(error);
			if (!store.getState().isDriving) ended.resolve(1);
		},
		exit: () => guard.release(),
	});

	// Before the first frame: a key that the terminal still echoes by itself would stay on the frame.
	guard.hold();
	const onReady = (handle: InkHandle): void => void (ink = handle);
	const instance = draw(options, input, {onReady, onFault});
	// A fault outside any screen takes the whole tree down: nobody could see or answer anything after it.
	instance.waitUntilExit().catch((error: unknown) => {
		onFault(error);
		ended.resolve(1);
	});
	controller.start();

	const code = await ended.promise;
	if (store.getState().isDriving) controller.runs.leave();
	guard.release();
	instance.unmount();
	await Promise.all([controller.stop(), instance.waitUntilExit().catch(() => undefined)]);
	unwatch();
	quiet.restore();
	return code;
};

import {render} from 'ink';
import type {CockpitController} from '../control/controller.ts';
import type {CockpitStore} from '../store/create-store.ts';
import {App, type InkHandle} from './app.tsx';
import {glyphsFor, hasUnicode} from './kit/glyphs.ts';
import {allBindings} from './keys/all-bindings.ts';
import type {KeyContext} from './keys/binding.ts';
import {createDispatcher} from './keys/dispatcher.ts';
import {askToQuit} from './keys/global-keys.ts';
import {InkInput} from './keys/ink-input.ts';
import {screens} from './screens/screens.ts';
import {quietConsole} from './terminal/quiet-console.ts';
import {createTerminalGuard} from './terminal/terminal-guard.ts';

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

const exitCodes: Readonly<Partial<Record<NodeJS.Signals, number>>> = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129};

/**
 * Opens the full screen and resolves with the exit code once it is closed and the terminal is as it was found. Faults of
 * screens and keys are told and logged; while a run is under way none of them ends the cockpit.
 */
export const startTui = async (options: TuiOptions): Promise<number> => {
	const {store, controller, stdin, stdout, environment} = options;
	const quiet = quietConsole(options.logPath);
	const input = new InkInput();
	const ended = Promise.withResolvers<number>();
	let ink: InkHandle | undefined;

	const onFault = (error: unknown): void => {
		const story = error instanceof Error ? (error.stack ?? error.message) : String(error);
		quiet.log(`fault ${story}`);
		store
			.getState()
			.say('danger', `A fault of the cockpit: ${story.split('\n')[0]}. Details in ${options.logPath}.`);
	};
	const onUncaught = (error: unknown): void => {
		onFault(error);
		if (store.getState().isDriving) return;
		ended.resolve(1);
	};
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

	const suspend = async (): Promise<void> => {
		await ink?.suspend(async () => {
			guard.release();
			const continued = Promise.withResolvers<void>();
			process.once('SIGCONT', () => continued.resolve());
			process.kill(0, 'SIGTSTP');
			await continued.promise;
			guard.hold();
		});
	};
	const onSignal = (signal: NodeJS.Signals): void => {
		// Ctrl-C in raw mode is a key; a signal from outside is somebody who can't be asked.
		if (signal === 'SIGINT' && store.getState().isDriving) askToQuit(context);
		else ended.resolve(exitCodes[signal] ?? 1);
	};

	const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
	for (const signal of signals) process.on(signal, onSignal);
	process.on('uncaughtException', onUncaught);
	process.on('unhandledRejection', onUncaught);
	const lastResort = (): void => guard.release();
	process.on('exit', lastResort);

	// Before the first frame: a key that the terminal still echoes by itself would stay on the frame.
	guard.hold();
	// One that it echoed before then has moved the cursor, and the first row of the frame would begin behind it.
	stdout.write('\r');
	const instance = render(
		<App
			store={store}
			bindings={allBindings}
			screens={screens}
			theme={{glyphs: glyphsFor(hasUnicode(environment)), hasColour: options.hasColour}}
			onReady={handle => {
				ink = handle;
			}}
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
	await instance.waitUntilExit().catch(() => undefined);
	await controller.stop();
	for (const signal of signals) process.off(signal, onSignal);
	process.off('uncaughtException', onUncaught);
	process.off('unhandledRejection', onUncaught);
	process.off('exit', lastResort);
	quiet.restore();
	return code;
};

import {EventEmitter} from 'node:events';
import {setImmediate as turn} from 'node:timers/promises';
import {stripVTControlCharacters} from 'node:util';
import {render} from 'ink';
import {createElement} from 'react';
import type {CockpitStore} from '../../../src/store/create-store.ts';
import {App} from '../../../src/tui/app.tsx';
import {glyphsFor} from '../../../src/tui/kit/glyphs.ts';
import {allBindings} from '../../../src/tui/keys/all-bindings.ts';
import {InkInput} from '../../../src/tui/keys/ink-input.ts';
import {screens} from '../../../src/tui/screens/screens.ts';
import {until} from '../wait.ts';

/** Draws the whole cockpit in this process, at one size after the other. */
export const drawApp = (store: CockpitStore, {isUnicode = true}: {readonly isUnicode?: boolean} = {}) => {
	let last = '';
	const faults: unknown[] = [];
	const stdout = Object.assign(new EventEmitter(), {
		columns: 80,
		rows: 24,
		isTTY: false,
		writable: true,
		write: (text: string, done?: () => void): boolean => {
			if (text !== '') last = text;
			done?.();
			return true;
		},
	});
	// Ink asks for one listener of `resize` from every panel that knows its size.
	stdout.setMaxListeners(0);
	const theme = {glyphs: glyphsFor(isUnicode), hasColour: true};
	const tree = createElement(App, {
		store,
		bindings: allBindings,
		screens,
		theme,
		onReady: () => undefined,
		onFault: error => void faults.push(error),
	});
	const ink = render(tree, {
		stdin: new InkInput() as unknown as NodeJS.ReadStream,
		stdout: stdout as unknown as NodeJS.WriteStream,
		// Every frame whole, as text.
		debug: true,
		interactive: true,
		patchConsole: false,
	});
	return {
		faults,
		/** The lines of the frame at this size. */
		at: async (columns: number, rows: number): Promise<readonly string[]> => {
			Object.assign(stdout, {columns, rows});
			stdout.emit('resize');
			const lines = (): readonly string[] => stripVTControlCharacters(last).split('\n');
			// React draws the new size in a later turn than Ink redraws the old one.
			await until(`a frame of ${rows} rows`, async () => (await turn(), lines().length === rows), {show: lines});
			return lines();
		},
		close: () => ink.unmount(),
	};
};

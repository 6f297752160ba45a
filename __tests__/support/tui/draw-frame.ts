import {stripVTControlCharacters} from 'node:util';
import {renderToString} from 'ink';
import {createElement} from 'react';
import type {CockpitStore} from '../../../src/store/create-store.ts';
import {Frame} from '../../../src/tui/app.tsx';
import {glyphsFor} from '../../../src/tui/kit/glyphs.ts';
import {allBindings} from '../../../src/tui/keys/all-bindings.ts';
import {screens} from '../../../src/tui/screens/screens.ts';
import {StoreContext} from '../../../src/tui/kit/use-cockpit.ts';

/** The lines of the whole cockpit, drawn once at one size. Throws what a part of it throws. */
export const drawFrame = (
	store: CockpitStore,
	columns: number,
	rows: number,
	{isUnicode = true}: {readonly isUnicode?: boolean} = {},
): readonly string[] => {
	const faults: unknown[] = [];
	const frame = createElement(Frame, {
		bindings: allBindings,
		screens,
		theme: {glyphs: glyphsFor(isUnicode), hasColour: true},
		columns,
		rows,
		onFault: error => void faults.push(error),
	});
	const text = renderToString(createElement(StoreContext.Provider, {value: store}, frame), {columns});
	if (faults.length > 0) throw faults[0];
	return stripVTControlCharacters(text).split('\n');
};

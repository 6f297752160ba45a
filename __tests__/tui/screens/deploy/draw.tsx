import {stripVTControlCharacters} from 'node:util';
import {Box, renderToString} from 'ink';
import type {CockpitStore} from '../../../../src/store/create-store.ts';
import {glyphsFor} from '../../../../src/tui/kit/glyphs.ts';
import {Deploy} from '../../../../src/tui/screens/deploy/deploy.tsx';
import {ThemeContext} from '../../../../src/tui/kit/theme.tsx';
import {StoreContext} from '../../../../src/tui/kit/use-cockpit.ts';

/** The lines of a stage as drawn in a room of this size. */
export const draw = (store: CockpitStore, width: number, height: number, isUnicode = true): readonly string[] =>
	stripVTControlCharacters(
		renderToString(
			<StoreContext.Provider value={store}>
				<ThemeContext.Provider value={{glyphs: glyphsFor(isUnicode), hasColour: true, isBehind: false}}>
					<Box width={width} height={height} flexDirection="column">
						<Deploy width={width} height={height} />
					</Box>
				</ThemeContext.Provider>
			</StoreContext.Provider>,
			{columns: width},
		),
	).split('\n');

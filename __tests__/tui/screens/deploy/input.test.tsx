import {render} from 'ink-testing-library';
import {afterEach, expect, test} from 'vitest';
import type {CockpitStore} from '../../../../src/store/create-store.ts';
import {glyphsFor} from '../../../../src/tui/kit/glyphs.ts';
import {Deploy} from '../../../../src/tui/screens/deploy/deploy.tsx';
import {ThemeContext} from '../../../../src/tui/kit/theme.tsx';
import {StoreContext} from '../../../../src/tui/kit/use-cockpit.ts';
import {untilState} from '../../../support/wait.ts';
import {stages} from './fixtures.ts';

let unmount = (): void => undefined;
afterEach(() => unmount());

const open = (store: CockpitStore) => {
	const screen = render(
		<StoreContext.Provider value={store}>
			<ThemeContext.Provider value={{glyphs: glyphsFor(true), hasColour: false, isBehind: false}}>
				<Deploy width={100} height={30} />
			</ThemeContext.Provider>
		</StoreContext.Provider>,
	);
	unmount = screen.unmount;
	return screen;
};

/** Effects of Ink's components have run when the loop has turned. */
const settled = async (): Promise<void> => {
	for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve));
};

test('choose: the menu moves between ids, and Enter picks the one under the cursor', async () => {
	const store = stages['choose, a run was left']?.() as CockpitStore;
	const picked: string[] = [];
	store.getState().offer({pick: id => picked.push(id)});
	const screen = open(store);
	await settled();
	screen.stdin.write('j');
	await untilState('the frontend under the cursor', store, ({highlighted}) => highlighted === 'frontend@preprod');
	await settled();
	screen.stdin.write('\r');
	await settled();

	expect(picked).toEqual(['frontend@preprod']);
	expect(screen.lastFrame()).toContain('Why     the frontend pipelines');
});

test('confirm: letters go into the word, Enter does not', async () => {
	const store = stages['confirm']?.() as CockpitStore;
	const screen = open(store);
	await settled();
	for (const letter of 'yes') {
		screen.stdin.write(letter);
		await settled();
	}
	screen.stdin.write('\r');
	await settled();

	expect(store.getState()).toMatchObject({typed: 'yes', stage: 'confirm'});
	expect(screen.lastFrame()).toContain('3 of 3 letters');
});

test('run: the search field takes letters while it has focus', async () => {
	const store = stages['run, searching']?.() as CockpitStore;
	const screen = open(store);
	await settled();
	screen.stdin.write('M');
	await untilState('M in the search', store, ({outputView}) => outputView.search === 'M');

	expect(store.getState().outputView.rows).toBeGreaterThan(5);
});

import {setImmediate as turn} from 'node:timers/promises';
import {expect, test} from 'vitest';
import type {CockpitStore} from '../../../../src/store/create-store.ts';
import {selectEnvItem} from '../../../../src/store/environments/env-lines.ts';
import {allBindings} from '../../../../src/tui/keys/all-bindings.ts';
import {createDispatcher} from '../../../../src/tui/keys/dispatcher.ts';
import {activeScopes, inkFocus} from '../../../../src/tui/keys/scopes.ts';
import {createTokenizer} from '../../../../src/tui/keys/tokenizer.ts';
import {keyBytes} from '../../../support/key-bytes.ts';
import {press} from '../../../support/tui/press.ts';
import {quietController, quietStore} from '../../../support/tui/quiet-cockpit.ts';
import {stageNamed} from '../../../support/tui/stage-named.ts';
import {environmentStages, secretValue, stageOf, table} from './fixtures.ts';

const make = stageNamed(environmentStages);

const here = (store: CockpitStore): string | undefined => selectEnvItem(store.getState())?.id;

test('environments keys: 8 opens the screen from everywhere, by its controller', () => {
	expect(press(quietStore(), '8').asked).toEqual([['environments.open']]);
});

test('environments keys: moves go from key to key and over the fold, never on a head', () => {
	const store = make('environments');
	press(store, 'j');
	expect(here(store)).toBe('LEGACY_SSO_URL');
	press(store, 'G');
	expect(here(store)).toBe('equal/');
	press(store, 'k');
	expect(here(store)).toBe('MAIL_PORT');
	press(store, 'g');
	expect(here(store)).toBe('MAIL_TIMEOUT');
	press(store, 'pagedown');
	expect(here(store)).toBe('DB_PASSWORD');
});

test('environments keys: Enter opens a fold and folds it again, the cursor stays', () => {
	const store = make('environments, on the fold');
	press(store, 'enter');
	expect([store.getState().envOpened, here(store)]).toEqual([['equal'], 'equal/']);
	press(store, 'j');
	expect(here(store)).toBe('APP_LOCALE');
	press(store, 'k');
	press(store, 'enter');

	expect([store.getState().envOpened, here(store)]).toEqual([[], 'equal/']);
});

test('environments keys: Enter shows everything about a key; Esc goes back to the same one', () => {
	const store = make('environments, a long value');
	press(store, 'enter');
	expect(activeScopes(store.getState())).toEqual(['environments.page', 'screens', 'everywhere']);
	press(store, 'pagedown');
	press(store, 'esc');

	expect([store.getState().isEnvPageOpen, here(store), store.getState().screen]).toEqual([
		false,
		'DB_HOST',
		'environments',
	]);
});

test('environments keys: what was chosen stays chosen when values are read again; when it is gone, the first is', () => {
	const store = make('environments, a long value');
	const {envRead} = store.getState();
	envRead({...table, rows: table.rows.toReversed()});
	expect(here(store)).toBe('DB_HOST');
	envRead({...table, rows: table.rows.filter(({key}) => key !== 'DB_HOST')});

	expect(here(store)).toBe('MAIL_TIMEOUT');
});

test('environments keys: the page of a key closes when the key is gone, and stays as long as it is there', () => {
	const store = make('environments, a long value');
	press(store, 'enter');
	store.getState().envRead(table);
	expect(store.getState().isEnvPageOpen).toBe(true);
	store.getState().envRead({...table, rows: table.rows.filter(({key}) => key !== 'DB_HOST')});

	expect(store.getState().isEnvPageOpen).toBe(false);
});

test('environments keys: o lists only trouble; Esc lists all, then goes to the overview', () => {
	const store = make('environments');
	press(store, 'o');
	expect(store.getState().isEnvTroubleOnly).toBe(true);
	press(store, 'G');
	expect(here(store)).toBe('MAIL_FROM');
	press(store, 'esc');
	expect(store.getState()).toMatchObject({isEnvTroubleOnly: false, screen: 'environments'});
	press(store, 'esc');

	expect(store.getState().screen).toBe('overview');
});

test('environments keys: a filter is typed and kept; Esc takes it away first', () => {
	const store = make('environments');
	press(store, '/');
	expect(activeScopes(store.getState())).toEqual(['environments.filter', 'typing']);
	store.getState().filterList('environments', 'app_name');
	press(store, 'enter');
	expect(here(store)).toBe('APP_NAME');
	press(store, 'esc');

	expect(store.getState()).toMatchObject({screen: 'environments', lists: {environments: {filter: ''}}});
});

test('environments keys: a and r ask the controller; nothing is read twice at a time', () => {
	expect(press(make('environments'), 'a').asked).toEqual([['environments.switchApp']]);
	expect(press(make('environments'), 'r').asked).toEqual([['environments.reload']]);
	expect(press(make('environments, read again'), 'r').refusal).toBe('they are being read');
});

test('environments keys: s asks for a value of the key under the cursor, u for a set of values', () => {
	const store = make('environments');
	expect(press(store, 's').asked).toEqual([['environments.begin', 'MAIL_TIMEOUT']]);
	press(store, 'enter');
	expect(press(store, 's').asked).toEqual([['environments.begin', 'MAIL_TIMEOUT']]);
	expect(press(make('environments'), 'u').asked).toEqual([['environments.beginSwitch']]);
	expect(press(make('environments, unread'), 'u').refusal).toContain('nothing was read yet');
	expect(press(make('environments, on the fold'), 's').refusal).toBe('no key is under the cursor');
	store.getState().beginDriving();
	expect(press(store, 's').refusal).toBe('a run is under way');
});

test('value keys: Enter goes on with what was typed, Tab to the other place, Esc forgets all of it', () => {
	const store = make('environments, a value is typed');
	expect(activeScopes(store.getState())).toEqual(['environments.change', 'typing']);
	expect(inkFocus(store.getState())).toBe('filter');
	expect(press(store, 'enter').asked).toEqual([['environments.goOn']]);
	press(store, 'tab');
	expect(store.getState().valueChange).toMatchObject({place: 'preprod', value: secretValue});
	press(store, 'shift-tab');
	expect(store.getState().valueChange?.place).toBe('production');
	store.getState().valueEmptyRefused();
	expect(store.getState().valueChange?.problem?.next).toBe(
		'To set it to nothing: cockpit env set MAIL_TIMEOUT --env production --app backend --empty',
	);
	store.getState().typeValue('x');
	expect(store.getState().valueChange?.problem).toBeUndefined();
	press(store, 'esc');

	expect(store.getState().valueChange).toBeUndefined();
});

test('value keys: while the host is asked nothing is taken; at the word only the word is', () => {
	const asked = make('environments, a value is asked about');
	expect(inkFocus(asked.getState())).toBeUndefined();
	expect(press(asked, 'enter').refusal).toBe('the host is still being asked');
	expect(press(asked, 'tab').refusal).toContain('the place is settled');
	const store = make('environments, the word of a value');
	expect(inkFocus(store.getState())).toBe('typed-word');
	store.getState().typeChangeWord('ye');
	expect(press(store, 'enter').refusal).toBe('the word is yes, exactly; nothing was changed');
	store.getState().typeChangeWord('yes');
	expect(press(store, 'enter').asked).toEqual([['environments.goOn']]);
	expect(press(make('environments, a value that is compiled in'), 'enter').refusal).toContain('compiled into');
});

test('value keys: in the working copy Enter writes, with no word behind it', () => {
	const store = make('environments, a value of the working copy');
	expect(press(store, 'enter').asked).toEqual([['environments.goOn']]);
	store.getState().valueEmptyRefused();
	expect(store.getState().valueChange?.problem?.next).toContain(
		'cockpit env set MAIL_TIMEOUT --env local --app backend --empty',
	);
	press(store, 'tab');
	expect(store.getState().valueChange?.place).toBe('preprod');

	expect(press(make('environments, a value is written'), 'enter').refusal).toBe('it is being written');
});

test('switch keys: moves choose a set, Enter goes on with it, Esc forgets it', () => {
	const store = make('environments, a set is chosen');
	expect(activeScopes(store.getState())).toEqual(['environments.use', 'typing']);
	expect(inkFocus(store.getState())).toBeUndefined();
	const set = (): string | undefined => store.getState().valuesSwitch?.set;
	press(store, 'j');
	expect(set()).toBe('production');
	press(store, 'down');
	expect(set()).toBe('production');
	press(store, 'tab');
	expect(set()).toBe('local');
	press(store, 'shift-tab');
	press(store, 'k');
	expect(set()).toBe('preprod');
	expect(press(store, 'enter').asked).toEqual([['environments.goOnSwitch']]);
	press(store, 'esc');

	expect(store.getState().valuesSwitch).toBeUndefined();
});

test('switch keys: while it is read or written nothing is taken; at the word only the word is', () => {
	expect(press(make('environments, a set is read'), 'enter').refusal).toBe('what it takes is still being read');
	expect(press(make('environments, a set is written'), 'enter').refusal).toBe('the files are being written');
	expect(press(make('environments, a set is read'), 'j').refusal).toContain('it is settled');
	const store = make('environments, the word of a set');
	expect(inkFocus(store.getState())).toBe('typed-word');
	expect(activeScopes(store.getState())).toEqual(['environments.use-word', 'typing']);
	store.getState().typeSwitchWord('PRODUCTION');
	expect(press(store, 'enter').refusal).toBe('the word is PRODUCTION-SECRETS, exactly; nothing was changed');
	store.getState().typeSwitchWord('PRODUCTION-SECRETS');
	expect(press(store, 'enter').asked).toEqual([['environments.goOnSwitch']]);
	store.getState().typeSwitchWord('yes');

	expect(press(store, 'enter').asked).toEqual([['environments.goOnSwitch']]);
});

test('value keys: what is pasted is taken whole or not at all', async () => {
	const store = make('environments, a value is typed');
	const forwarded: string[] = [];
	const {feed} = createDispatcher({
		bindings: allBindings,
		context: {store, controller: quietController(), terminal: {exit: () => undefined, suspend: () => undefined}},
		forward: sequence => void forwarded.push(sequence),
		onFault: error => {
			throw error;
		},
	});
	for (const text of ['a\nb', 'a\tb', 'a\u001B[2J', ' whole value \n'])
		feed({kind: 'paste', text, sequence: ''} as Parameters<typeof feed>[0]);
	for (let turns = 0; turns < 20; turns += 1) await turn();

	expect(forwarded).toEqual([' whole value ']);
	expect(store.getState().valueChange?.problem).toMatchObject({
		what: 'Not pasted',
		why: 'it has several lines or control characters',
		next: 'On standard input: cockpit env set MAIL_TIMEOUT --env production --app backend < FILE',
	});
});

test('environments keys: without values each key says why it does nothing', () => {
	expect(press(make('environments, first read'), 'enter').refusal).toBe('the values are still being read');
	expect(press(make('environments, unread'), 'o').refusal).toBe('nothing was read yet: r reads it');
	expect(press(make('environments, no answer'), '/').refusal).toContain('permission denied');
	expect(press(make('environments, filtered to nothing'), 'enter').refusal).toBe('nothing is listed');
});

const story = [
	'j',
	'down',
	'pagedown',
	'G',
	'enter',
	'j',
	'enter',
	'pagedown',
	'up',
	'enter',
	'o',
	'end',
	'up',
	'home',
	'o',
	'k',
];

/** What is there once a terminal has sent the keys of the story in such pieces. */
const after = async (pieces: readonly Buffer[]): Promise<unknown> => {
	const store = stageOf()();
	const faults: unknown[] = [];
	const {feed} = createDispatcher({
		bindings: allBindings,
		context: {store, controller: quietController(), terminal: {exit: () => undefined, suspend: () => undefined}},
		forward: () => undefined,
		onFault: error => void faults.push(error),
	});
	const tokenizer = createTokenizer();
	for (const piece of pieces) {
		for (const token of tokenizer.push(piece)) feed(token);
		await turn();
	}
	for (const token of tokenizer.flush()) feed(token);
	for (let turns = 0; turns < 10 * story.length; turns += 1) await turn();
	expect(faults).toEqual([]);
	const {lists, envOpened, isEnvPageOpen, isEnvTroubleOnly, scroll, screen} = store.getState();
	return {place: lists.environments, envOpened, isEnvPageOpen, isEnvTroubleOnly, scroll, screen};
};

test('environments keys: in one chunk, one by one and split at every byte they do the same', async () => {
	const bytes = Buffer.from(story.map(keyBytes).join(''));
	const oneByOne = await after(story.map(key => Buffer.from(keyBytes(key))));

	expect(oneByOne).toMatchObject({envOpened: ['equal'], isEnvTroubleOnly: false});
	expect(await after([bytes])).toEqual(oneByOne);
	expect(await after(Array.from(bytes, byte => Buffer.from([byte])))).toEqual(oneByOne);
	for (let at = 1; at < bytes.length; at += 1)
		expect(await after([bytes.subarray(0, at), bytes.subarray(at)]), String(at)).toEqual(oneByOne);
});

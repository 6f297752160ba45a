import {setImmediate as turn} from 'node:timers/promises';
import {expect, test, vi} from 'vitest';
import type {CockpitController} from '../../../src/control/controller.ts';
import {type CockpitState, createCockpitStore} from '../../../src/store/create-store.ts';
import type {Binding, KeyScope} from '../../../src/tui/keys/binding.ts';
import {createDispatcher} from '../../../src/tui/keys/dispatcher.ts';
import {globalKeys} from '../../../src/tui/keys/global-keys.ts';
import {createTokenizer} from '../../../src/tui/keys/tokenizer.ts';
import {keyBytes, pasteBytes} from '../../support/key-bytes.ts';

const key = (
	scope: KeyScope,
	keys: Binding['keys'],
	run: Binding['run'] = () => undefined,
	more: Partial<Binding> = {},
): Binding => ({id: `${scope}.${keys[0]}`, keys, scope, label: `press ${keys[0]}`, group: 'here', run, ...more});

const cockpit = (bindings: readonly Binding[], initial: Partial<CockpitState> = {}) => {
	const store = createCockpitStore({project: 'qsights', environments: [], now: 0});
	store.setState(initial);
	const terminal = {exit: vi.fn(), suspend: vi.fn()};
	const forwarded: string[] = [];
	const onFault = vi.fn();
	const {feed} = createDispatcher({
		bindings,
		// No key of these tests asks a use case for anything.
		context: {store, controller: {} as CockpitController, terminal},
		forward: sequence => void forwarded.push(sequence),
		onFault,
	});
	/** Sends keys as one chunk and lets the dispatcher come to an end with them. */
	const send = async (...keys: readonly string[]): Promise<void> => {
		const tokenizer = createTokenizer();
		const tokens = [...tokenizer.push(Buffer.from(keys.map(keyBytes).join(''))), ...tokenizer.flush()];
		for (const token of tokens) feed(token);
		for (let turns = 0; turns < tokens.length * 10; turns += 1) await turn();
	};
	return {store, terminal, forwarded, onFault, send};
};

const help = {kind: 'help', filter: '', scroll: 0} as const;

test('dispatcher: the scope of the screen wins over the one that works everywhere', async () => {
	const calls: string[] = [];
	const {send} = cockpit([
		key('everywhere', ['x'], () => calls.push('everywhere')),
		key('overview', ['x'], () => calls.push('overview')),
		key('deploy.review', ['x'], () => calls.push('review')),
	]);

	await send('x');

	expect(calls).toEqual(['overview']);
});

test('dispatcher: a dialog hides every key behind it', async () => {
	const {send, store, terminal} = cockpit(globalKeys, {dialog: {kind: 'quit', selected: 'stay'}});

	await send('q', '3', '?', ':');

	expect(terminal.exit).not.toHaveBeenCalled();
	expect(store.getState()).toMatchObject({screen: 'overview', dialog: {kind: 'quit'}});
});

test('dispatcher: a key that cannot work now says why and does nothing', async () => {
	const run = vi.fn<Binding['run']>();
	const {send, store} = cockpit([
		key('overview', ['d'], run, {label: () => 'deploy', refusal: () => 'pre-prod does not answer'}),
	]);

	await send('d');

	expect(run).not.toHaveBeenCalled();
	expect(store.getState().notice).toMatchObject({tone: 'attention', text: 'deploy: pre-prod does not answer'});
});

test('dispatcher: a throw in an action is reported and the next key works', async () => {
	const after = vi.fn<Binding['run']>();
	const broken = new Error('broken');
	const {send, onFault} = cockpit([
		key('overview', ['x'], () => {
			throw broken;
		}),
		key('overview', ['y'], after),
	]);

	await send('x', 'y');

	expect(onFault).toHaveBeenCalledExactlyOnceWith(broken);
	expect(after).toHaveBeenCalledOnce();
});

test('dispatcher: a throw in a refusal or a label is reported too', async () => {
	const {send, onFault} = cockpit([
		key('overview', ['x'], undefined, {
			refusal: () => {
				throw new Error('broken');
			},
		}),
	]);

	await send('x', 'x');

	expect(onFault).toHaveBeenCalledTimes(2);
});

test('dispatcher: keys of one chunk see the state left by the one before', async () => {
	const seen: string[] = [];
	const {send, store} = cockpit([
		...globalKeys,
		key('deploy.review', ['x'], () => seen.push('review')),
		key('overview', ['x'], () => seen.push('overview')),
	]);
	store.setState({stage: 'review'});

	await send('x', '3', 'x', '1', 'x');

	expect(seen).toEqual(['overview', 'review', 'overview']);
});

test('dispatcher: letters are text in a field; only its own keys act', async () => {
	const enter = vi.fn<Binding['run']>();
	const {send, forwarded, store, terminal} = cockpit([...globalKeys, key('deploy.confirm', ['enter'], enter)], {
		screen: 'deploy',
		stage: 'confirm',
	});

	await send('q', '1', ':', '?', 'space', 'backspace', 'left', 'enter');

	expect(forwarded).toEqual(['q', '1', ':', '?', ' ', '\u007F', '\u001B[D']);
	expect(enter).toHaveBeenCalledOnce();
	expect(terminal.exit).not.toHaveBeenCalled();
	expect(store.getState().dialog).toBeUndefined();
});

test('dispatcher: Ctrl-C and Ctrl-Z work while a word is typed', async () => {
	const {send, forwarded, terminal} = cockpit(globalKeys, {screen: 'deploy', stage: 'confirm'});

	await send('ctrl-z', 'ctrl-c');

	expect(terminal.suspend).toHaveBeenCalledOnce();
	expect(terminal.exit).toHaveBeenCalledExactlyOnceWith(0);
	expect(forwarded).toEqual([]);
});

test('dispatcher: a menu gets moves and Enter, never a digit, which would choose and act at once', async () => {
	const {send, forwarded, store} = cockpit(globalKeys, {screen: 'deploy', stage: 'choose'});

	await send('down', 'j', 'up', 'k', 'enter', '1');

	expect(forwarded).toEqual(['\u001B[B', 'j', '\u001B[A', 'k', '\r']);
	expect(store.getState().screen).toBe('overview');
});

test('dispatcher: a paste is refused at the typed word, with why', async () => {
	const {send, forwarded, store} = cockpit(globalKeys, {screen: 'deploy', stage: 'confirm'});

	await send(pasteBytes('yes'), pasteBytes('yes\r'));

	expect(forwarded).toEqual([]);
	expect(store.getState().notice?.text).toBe('Not pasted: the word is typed, so that it is meant.');
});

test('dispatcher: a paste into a filter is its first line without control characters', async () => {
	const {send, forwarded} = cockpit(globalKeys, {dialog: help});

	await send(pasteBytes('ro\u001B[Al\tl\nback'), pasteBytes('\n'));

	expect(forwarded).toEqual(['ro[All']);
});

test('dispatcher: a paste where nothing is typed does nothing', async () => {
	const {send, forwarded, store, terminal} = cockpit(globalKeys);

	await send(pasteBytes('q3?'));

	expect(forwarded).toEqual([]);
	expect(terminal.exit).not.toHaveBeenCalled();
	expect(store.getState()).toMatchObject({screen: 'overview', dialog: undefined, notice: undefined});
});

test('dispatcher: Escape never quits', async () => {
	const {send, terminal, store} = cockpit(globalKeys, {screen: 'deploy', stage: 'review'});

	await send('esc', 'esc', 'esc', 'esc');

	expect(terminal.exit).not.toHaveBeenCalled();
	expect(store.getState().screen).toBe('overview');
});

test('dispatcher: quitting asks while a run is driven', async () => {
	const {send, terminal, store} = cockpit(globalKeys, {isDriving: true});

	await send('q');

	expect(terminal.exit).not.toHaveBeenCalled();
	expect(store.getState().dialog).toEqual({kind: 'quit', selected: 'stay'});
});

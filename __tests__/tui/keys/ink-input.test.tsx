import {setImmediate as turn} from 'node:timers/promises';
import {PassThrough} from 'node:stream';
import {Box, render} from 'ink';
import SelectInput from 'ink-select-input';
import {expect, onTestFinished, test} from 'vitest';
import {useStore} from 'zustand';
import type {CockpitController} from '../../../src/control/controller.ts';
import {type CockpitStore, createCockpitStore} from '../../../src/store/create-store.ts';
import type {Binding} from '../../../src/tui/keys/binding.ts';
import {TextField} from '../../../src/tui/kit/text-field.tsx';
import {createDispatcher} from '../../../src/tui/keys/dispatcher.ts';
import {InkInput} from '../../../src/tui/keys/ink-input.ts';
import {createTokenizer} from '../../../src/tui/keys/tokenizer.ts';
import {keyBytes, pasteBytes} from '../../support/key-bytes.ts';
import {until} from '../../support/wait.ts';

const items = ['alpha', 'beta', 'gamma', 'delta'].map(name => ({label: name, value: name}));

/** A menu, then a word: each mounted only while its stage is on, as the deploy screen does. */
function Flow({store, slow}: {readonly store: CockpitStore; readonly slow: boolean}) {
	const {stage, typed, setTyped, setStage, dialog, open} = useStore(store);
	// A frame that takes its time, as a full one does on a busy machine.
	if (slow) for (const until = performance.now() + 8; performance.now() < until;);
	return (
		<Box>
			{stage === 'choose' && (
				<SelectInput
					items={items}
					onSelect={({value}) => {
						store.setState({choice: {app: 'backend', environment: value}});
						setStage('confirm');
					}}
				/>
			)}
			{stage === 'confirm' && <TextField value={typed} onChange={setTyped} focus={dialog === undefined} />}
			{dialog?.kind === 'help' && (
				<TextField value={dialog.filter} onChange={filter => open({...dialog, filter})} />
			)}
		</Box>
	);
}

const start = (slow: boolean) => {
	const store = createCockpitStore({project: 'qsights', environments: [], now: 0});
	store.setState({screen: 'deploy'});
	const confirmed: string[] = [];
	const input = new InkInput();
	const stdout = new PassThrough().resume();
	const ink = render(<Flow store={store} slow={slow} />, {
		stdin: input as unknown as NodeJS.ReadStream,
		stdout: Object.assign(stdout, {columns: 80, rows: 24}) as unknown as NodeJS.WriteStream,
		interactive: true,
		patchConsole: false,
	});
	onTestFinished(() => ink.unmount());
	const filters: string[] = [];
	store.subscribe(({dialog}) => dialog?.kind === 'help' && filters.push(dialog.filter));
	const bindings: readonly Binding[] = [
		{
			id: 'help',
			keys: ['f1'],
			scope: 'typing',
			label: 'help',
			group: 'here',
			run: () => store.getState().open({kind: 'help', filter: '', scroll: 0}),
		},
		{id: 'close', keys: ['esc'], scope: 'help', label: 'close', group: 'here', run: () => store.getState().close()},
		{
			id: 'confirm',
			keys: ['enter'],
			scope: 'deploy.confirm',
			label: 'confirm',
			group: 'here',
			run: () => {
				const {choice, typed, setTyped} = store.getState();
				confirmed.push(`${choice?.environment} ${typed}`);
				setTyped('');
				store.setState({stage: 'choose', choice: undefined});
			},
		},
	];
	const nextWord: Binding = {
		id: 'next-word',
		keys: ['ctrl-u'],
		scope: 'deploy.confirm',
		label: 'next word',
		group: 'here',
		run: () => store.getState().setTyped(''),
	};
	const {feed} = createDispatcher({
		bindings: [...bindings, nextWord],
		context: {
			store,
			controller: {} as CockpitController,
			terminal: {exit: () => undefined, suspend: () => undefined},
		},
		forward: sequence => input.send(sequence),
		onFault: error => {
			throw error;
		},
	});
	const tokenizer = createTokenizer();
	return {confirmed, filters, push: (chunk: Uint8Array) => tokenizer.push(chunk).forEach(feed)};
};

// The word, then help over it with a filter: two fields, of which one at a time may take keys.
const overTheWord = ['enter', 'n', 'f1', 'y', 'e', 's', pasteBytes('yes'), 'esc', 'o', 'enter'];

test.each([false, true])(
	'ink input: a field opened by the key before takes the next, not the one behind it (slow frames: %s)',
	async slow => {
		const {confirmed, filters, push} = start(slow);
		await turn();

		push(Buffer.from(overTheWord.map(keyBytes).join('')));
		await ended(confirmed, 1);

		expect(confirmed).toEqual(['alpha no']);
		expect(filters.at(-1)).toBe('yesyes');
	},
);

const deploys = ['down', 'down', 'enter', 'y', 'e', 's', 'enter', 'j', 'enter', 'n', 'o', 'x', 'backspace', 'enter'];
const bytes = Buffer.from(deploys.map(keyBytes).join(''));
const expected = ['gamma yes', 'beta no'];

const ended = async (confirmed: readonly string[], count = expected.length): Promise<void> => {
	await until(`${count} words confirmed`, () => confirmed.length >= count, {show: () => confirmed});
};

test.each([false, true])('ink input: a menu and a word get every key of one chunk (slow frames: %s)', async slow => {
	const {confirmed, push} = start(slow);
	await turn();

	push(bytes);
	await ended(confirmed);

	expect(confirmed).toEqual(expected);
});

test('ink input: a menu and a word get every key split at every byte', async () => {
	const {confirmed, push} = start(false);
	await turn();

	for (const byte of bytes) {
		push(Uint8Array.of(byte));
		await turn();
	}
	await ended(confirmed);

	expect(confirmed).toEqual(expected);
});

test.each([false, true])(
	'ink input: what is typed at once into a field that was just emptied is in order (slow frames: %s)',
	async slow => {
		const {confirmed, push} = start(slow);
		await turn();

		push(
			Buffer.from(
				['enter', ...'VERIFIED'.split(''), 'ctrl-u', ...'DEPLOY'.split(''), 'enter'].map(keyBytes).join(''),
			),
		);
		await ended(confirmed, 1);

		expect(confirmed).toEqual(['alpha DEPLOY']);
	},
);

import {setImmediate as turn} from 'node:timers/promises';
import {describe, expect, test, vi} from 'vitest';
import type {CockpitStore} from '../../../src/store/create-store.ts';
import type {Dialog} from '../../../src/store/navigation.ts';
import {footerEntries} from '../../../src/tui/frame/footer.tsx';
import {allBindings} from '../../../src/tui/keys/all-bindings.ts';
import {type Binding, findBinding, keyName, labelOf} from '../../../src/tui/keys/binding.ts';
import {createDispatcher} from '../../../src/tui/keys/dispatcher.ts';
import {activeScopes, inkFocus} from '../../../src/tui/keys/scopes.ts';
import {keyBytes} from '../../support/key-bytes.ts';
import {quietController, quietStore} from '../../support/tui/quiet-cockpit.ts';
import {backupStages} from '../screens/backups/fixtures.ts';
import {checklistStages} from '../screens/checklist/fixtures.ts';
import {stages} from '../screens/deploy/fixtures.ts';
import {environmentStages} from '../screens/environments/fixtures.ts';
import {guideStages} from '../screens/guides/fixtures.ts';
import {healthStages} from '../screens/health/fixtures.ts';
import {historyStages} from '../screens/history/fixtures.ts';
import {logStages} from '../screens/logs/fixtures.ts';

const dialogs: readonly Dialog[] = [
	{kind: 'help', filter: '', scroll: 0},
	{kind: 'palette', filter: '', selected: undefined},
	{kind: 'quit', selected: 'stay'},
	{kind: 'cancel', selected: 'stay'},
];

/** Every state a person can be in, as far as keys are concerned. */
const states: readonly (readonly [string, () => CockpitStore])[] = [
	['overview', quietStore],
	...Object.entries(stages),
	...Object.entries(backupStages),
	...Object.entries(healthStages),
	...Object.entries(historyStages),
	...Object.entries(logStages),
	...Object.entries(environmentStages),
	...Object.entries(guideStages),
	...Object.entries(checklistStages),
	...dialogs.map((dialog): readonly [string, () => CockpitStore] => [
		`${dialog.kind} over a run`,
		() => {
			const store = stages['run']?.() ?? quietStore();
			store.getState().open(dialog);
			return store;
		},
	]),
];

/** Bindings whose actions are only noted. */
const noted = () => {
	const ran: string[] = [];
	const bindings = allBindings.map((binding): Binding => ({...binding, run: () => void ran.push(binding.id)}));
	return {ran, bindings};
};

/** Presses one key and answers with the actions it ran, and what Ink's own component got of it. */
const press = async (store: CockpitStore, name: string): Promise<{ran: readonly string[]; forwarded: boolean}> => {
	const {ran, bindings} = noted();
	const forward = vi.fn();
	const onFault = (error: unknown): void => {
		throw error;
	};
	const terminal = {exit: () => undefined, suspend: () => undefined};
	const context = {store, controller: quietController(), terminal};
	createDispatcher({bindings, context, forward, onFault}).feed({kind: 'key', name, sequence: keyBytes(name)});
	await turn();
	await turn();
	return {ran, forwarded: forward.mock.calls.length > 0};
};

describe.each(states)('keys in %s', (_, make) => {
	test('each key of the footer does what stands beside it, or says why not', async () => {
		const {getState} = make();
		for (const {key, label, isDisabled} of footerEntries(allBindings, getState(), true)) {
			const shown = allBindings.find(
				binding =>
					activeScopes(getState()).includes(binding.scope) &&
					keyName(binding.keys[0]) === key &&
					labelOf(binding, getState()) === label,
			);
			const store = make();
			const {ran, forwarded} = await press(store, shown?.keys[0] ?? key);

			if (isDisabled && !forwarded) {
				expect(ran, `${key} ${label}`).toEqual([]);
				expect(store.getState().notice?.text, `${key} ${label}`).toContain(
					shown?.refusal?.(make().getState()) ?? 'a refusal',
				);
			} else if (!forwarded) expect(ran, `${key} ${label}`).toEqual([shown?.id]);
		}
	});

	test('no key stands twice in the footer', () => {
		const keys = footerEntries(allBindings, make().getState(), true).map(({key}) => key);

		expect(keys).toEqual([...new Set(keys)]);
	});

	test('there is a way out: help, and quit or close', () => {
		const state = make().getState();
		const reach = (key: string): Binding | undefined => findBinding(allBindings, activeScopes(state), key);

		expect(reach('esc') ?? reach('q')).toBeDefined();
		expect(reach('ctrl-c')).toBeDefined();
		if (state.dialog === undefined) expect(reach('f1')).toBeDefined();
	});

	test('no letter or digit does anything but type while a word or a filter is typed', async () => {
		const state = make().getState();
		if (inkFocus(state) !== 'typed-word' && inkFocus(state) !== 'filter') return;
		for (const key of 'abcdefghijklmnopqrstuvwxyzADGNPR0123456789?:/[]! ') {
			const {ran, forwarded} = await press(make(), key === ' ' ? 'space' : key);
			expect(ran, key).toEqual([]);
			expect(forwarded, key).toBe(true);
		}
	});
});

test('keys: ids are unique, no scope has a key twice, every scope is among the states tried', () => {
	const ids = allBindings.map(({id}) => id);
	const pairs = allBindings.flatMap(({scope, keys}) => keys.map(key => `${scope} ${key}`));
	const tried = new Set(states.flatMap(([, make]) => activeScopes(make().getState())));

	expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
	expect(pairs.filter((pair, index) => pairs.indexOf(pair) !== index)).toEqual([]);
	expect([...new Set(allBindings.map(({scope}) => scope))].filter(scope => !tried.has(scope))).toEqual([]);
});

test('keys: nothing that starts or ends a run is one key away', () => {
	for (const [name, make] of states) {
		const asked: string[] = [];
		const store = make();
		const note = (name: string) => () => void asked.push(name);
		const controller = quietController({
			deploy: {confirm: note('confirm')},
			runs: {
				resume: note('resume'),
				leave: note('leave'),
				cancel: () => {
					asked.push('cancel');
					return undefined;
				},
			},
		});
		const state = store.getState();
		for (const key of ['q', 'esc', 'c', 'd', 'r', 'a', 'tab', 'space', 'R', 'G', '1', '3']) {
			const binding = findBinding(allBindings, activeScopes(state), key);
			if (!binding || binding.refusal?.(state) !== undefined || inkFocus(state) === 'typed-word') continue;
			binding.run({store, controller, terminal: {exit: () => undefined, suspend: () => undefined}});
			store.setState(make().getState());
		}
		expect(asked, name).toEqual([]);
	}
});

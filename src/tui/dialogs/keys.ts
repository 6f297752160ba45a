import type {Dialog} from '../../store/navigation.ts';
import type {Binding, KeyContext, KeyScope} from '../keys/binding.ts';
import {cancelChoices, quitChoices} from './ask-run.tsx';
import {paletteEntries, selectedEntry} from './palette.tsx';

const close = (scope: KeyScope, label: string): Binding => ({
	id: `${scope}.close`,
	keys: ['esc', 'ctrl-c'],
	scope,
	label,
	group: 'here',
	rank: 3,
	isHidden: true,
	run: ({store}) => store.getState().close(),
});

const scroll = (keys: readonly [string, ...string[]], label: string, by: number, rank?: number): Binding => ({
	id: `help.${label}`,
	keys,
	scope: 'help',
	label,
	group: 'move',
	isHidden: true,
	...(rank === undefined ? {} : {rank}),
	run: ({store}) => {
		const {dialog, open} = store.getState();
		if (dialog?.kind === 'help') open({...dialog, scroll: Math.max(0, dialog.scroll + by)});
	},
});

const neighbour = <Item>(items: readonly Item[], at: number, by: number): Item | undefined =>
	items[Math.max(0, Math.min(items.length - 1, at + by))];

const movePalette =
	(bindings: () => readonly Binding[], by: number) =>
	({store}: KeyContext): void => {
		const state = store.getState();
		const {dialog} = state;
		if (dialog?.kind !== 'palette') return;
		const entries = paletteEntries(bindings(), state, dialog.filter);
		const at = entries.findIndex(entry => entry === selectedEntry(entries, dialog.selected));
		state.open({...dialog, selected: neighbour(entries, at, by)?.id});
	};

const runPalette =
	(bindings: () => readonly Binding[]) =>
	(context: KeyContext): void => {
		const state = context.store.getState();
		const {dialog} = state;
		if (dialog?.kind !== 'palette') return;
		const chosen = selectedEntry(paletteEntries(bindings(), state, dialog.filter), dialog.selected);
		if (!chosen) return;
		const refusal = chosen.refusal?.({...state, dialog: undefined});
		state.close();
		if (refusal === undefined) chosen.run(context);
		else state.say('attention', refusal);
	};

const moveChoice =
	(by: number) =>
	({store}: KeyContext): void => {
		const {dialog, open} = store.getState();
		if (dialog?.kind === 'quit') open(moved(dialog, quitChoices, by));
		if (dialog?.kind === 'cancel') open(moved(dialog, cancelChoices, by));
	};

const moved = <Kind extends Extract<Dialog, {kind: 'quit' | 'cancel'}>>(
	dialog: Kind,
	choices: readonly {readonly id: Kind['selected']}[],
	by: number,
): Kind => {
	const at = choices.findIndex(({id}) => id === dialog.selected);
	return {...dialog, selected: neighbour(choices, at, by)?.id ?? dialog.selected};
};

const choose = (context: KeyContext): void => {
	const {store, controller, terminal} = context;
	const state = store.getState();
	const {dialog} = state;
	if (dialog?.kind !== 'quit' && dialog?.kind !== 'cancel') return;
	state.close();
	if (dialog.selected === 'leave') {
		controller.runs.leave();
		terminal.exit(0);
	}
	if (dialog.selected === 'cancel') {
		const tooLate = controller.runs.cancel();
		if (tooLate !== undefined) state.say('attention', `Not cancelled: ${tooLate}`);
	}
};

const choiceKeys = (scope: 'quit' | 'cancel', stay: string): readonly Binding[] => [
	{
		id: `${scope}.previous`,
		keys: ['up', 'k'],
		scope,
		label: 'choose',
		group: 'move',
		rank: 1,
		isHidden: true,
		run: moveChoice(-1),
	},
	{id: `${scope}.next`, keys: ['down', 'j'], scope, label: 'next', group: 'move', isHidden: true, run: moveChoice(1)},
	{id: `${scope}.do`, keys: ['enter'], scope, label: 'do it', group: 'here', rank: 2, isHidden: true, run: choose},
	close(scope, stay),
];

/** Keys of the dialogs. `all` gives every binding there is: help and palette speak of the others. */
export const dialogKeys = (all: () => readonly Binding[]): readonly Binding[] => [
	scroll(['up'], 'scroll', -1, 1),
	scroll(['down'], 'scroll down', 1),
	scroll(['pageup'], 'page up', -10),
	scroll(['pagedown'], 'page down', 10),
	close('help', 'close'),
	{
		id: 'palette.previous',
		keys: ['up'],
		scope: 'palette',
		label: 'choose',
		group: 'move',
		rank: 1,
		isHidden: true,
		run: movePalette(all, -1),
	},
	{
		id: 'palette.next',
		keys: ['down'],
		scope: 'palette',
		label: 'next',
		group: 'move',
		isHidden: true,
		run: movePalette(all, 1),
	},
	{
		id: 'palette.do',
		keys: ['enter'],
		scope: 'palette',
		label: 'do it',
		group: 'here',
		rank: 2,
		isHidden: true,
		run: runPalette(all),
	},
	close('palette', 'close'),
	...choiceKeys('quit', 'stay'),
	...choiceKeys('cancel', 'go on'),
];

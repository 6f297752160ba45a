import {moved} from '../../store/list.ts';
import {bind, type Binding, type KeyContext, type KeyScope} from '../keys/binding.ts';
import {cancelChoices, quitChoices} from './ask-run.tsx';
import {paletteEntries, selectedEntry} from './palette.tsx';

const hidden = (rank?: number): Pick<Binding, 'rank' | 'isHidden'> => ({isHidden: true, rank});

const close = (scope: KeyScope, label: string): Binding =>
	bind(scope, 'close', ['esc', 'ctrl-c'], label, ({store}) => store.getState().close(), hidden(3));

const scroll = (key: string, label: string, by: number, rank?: number): Binding =>
	bind(
		'help',
		label,
		[key],
		label,
		({store}) => {
			const {dialog, open} = store.getState();
			if (dialog?.kind === 'help') open({...dialog, scroll: Math.max(0, dialog.scroll + by)});
		},
		{group: 'move', ...hidden(rank)},
	);

/** Goes up and down by one; the label of the first stands for both in the footer. */
const choosing = (
	scope: KeyScope,
	[up, down]: readonly [Binding['keys'], Binding['keys']],
	choose: (by: 1 | -1) => Binding['run'],
): readonly Binding[] => [
	bind(scope, 'previous', up, 'choose', choose(-1), {group: 'move', ...hidden(1)}),
	bind(scope, 'next', down, 'next', choose(1), {group: 'move', ...hidden()}),
];

const movePalette =
	(bindings: () => readonly Binding[], by: number) =>
	({store}: KeyContext): void => {
		const state = store.getState();
		const {dialog} = state;
		if (dialog?.kind !== 'palette') return;
		const entries = paletteEntries(bindings(), state, dialog.filter);
		const at = entries.findIndex(entry => entry === selectedEntry(entries, dialog.selected));
		state.open({...dialog, selected: moved(entries, at, now => now + by)?.id});
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
		if (dialog?.kind === 'quit') open({...dialog, selected: idAfter(quitChoices, dialog.selected, by)});
		if (dialog?.kind === 'cancel') open({...dialog, selected: idAfter(cancelChoices, dialog.selected, by)});
	};

const idAfter = <Id extends string>(choices: readonly {readonly id: Id}[], selected: Id, by: number): Id => {
	const at = choices.findIndex(({id}) => id === selected);
	return moved(choices, at, now => now + by)?.id ?? selected;
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
	...choosing(
		scope,
		[
			['up', 'k'],
			['down', 'j'],
		],
		moveChoice,
	),
	bind(scope, 'do', ['enter'], 'do it', choose, hidden(2)),
	close(scope, stay),
];

/** Keys of the dialogs. `all` gives every binding there is: help and palette speak of the others. */
export const dialogKeys = (all: () => readonly Binding[]): readonly Binding[] => [
	scroll('up', 'scroll', -1, 1),
	scroll('down', 'scroll down', 1),
	scroll('pageup', 'page up', -10),
	scroll('pagedown', 'page down', 10),
	close('help', 'close'),
	...choosing('palette', [['up'], ['down']], by => movePalette(all, by)),
	bind('palette', 'do', ['enter'], 'do it', runPalette(all), hidden(2)),
	close('palette', 'close'),
	...choiceKeys('quit', 'stay'),
	...choiceKeys('cancel', 'go on'),
];

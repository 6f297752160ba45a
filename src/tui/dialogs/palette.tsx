import type {CockpitState} from '../../store/create-store.ts';
import {keyName, labelOf, type Binding} from '../keys/binding.ts';
import {activeScopes} from '../keys/scopes.ts';
import {justify, span, type Row} from '../kit/rows.ts';
import {useTheme} from '../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../kit/use-cockpit.ts';
import {DialogFrame, dialogBox, type Size} from './dialog-frame.tsx';

/** Actions of the screen behind the palette whose name holds every word of the filter. */
export const paletteEntries = (
	bindings: readonly Binding[],
	state: CockpitState,
	filter: string,
): readonly Binding[] => {
	const scopes = activeScopes({...state, dialog: undefined});
	const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
	return bindings.filter(binding => {
		const text = `${labelOf(binding, state)} ${binding.id}`.toLowerCase();
		return scopes.includes(binding.scope) && !binding.isHidden && words.every(word => text.includes(word));
	});
};

/** The entry Enter acts on: the selected one while the filter still shows it, else the first. Chosen by id. */
export const selectedEntry = (entries: readonly Binding[], selected: string | undefined): Binding | undefined =>
	entries.find(({id}) => id === selected) ?? entries[0];

export function Palette({size, bindings}: {readonly size: Size; readonly bindings: readonly Binding[]}) {
	const {glyphs} = useTheme();
	const store = useCockpitStore();
	const dialog = useCockpit(state => state.dialog);
	if (dialog?.kind !== 'palette') return null;
	const state = store.getState();
	const all = paletteEntries(bindings, state, '');
	const entries = paletteEntries(bindings, state, dialog.filter);
	const chosen = selectedEntry(entries, dialog.selected);
	const width = dialogBox(size, size.rows, 96).width - 6;
	const room = Math.max(1, size.rows - 10);
	const at = Math.max(
		0,
		entries.findIndex(({id}) => id === chosen?.id),
	);
	const from = Math.max(0, Math.min(at - room + 1, entries.length - room));
	const rows = entries.slice(from, from + room).map((binding): Row => {
		const isChosen = binding === chosen;
		const refusal = binding.refusal?.(state);
		return justify(
			[
				span(isChosen ? glyphs.cursor : ' ', 'accent'),
				span(labelOf(binding, state), refusal === undefined ? 'value' : 'muted', isChosen ? {bold: true} : {}),
				span(refusal === undefined ? '' : `  ${refusal}`, 'attention'),
			],
			[span(keyName(binding.keys[0], glyphs.arrows !== 'up down'), 'accent')],
			width,
		);
	});
	return (
		<DialogFrame
			size={size}
			title="Commands"
			wanted={96}
			fact={[span(`${entries.length} of ${all.length}`, 'muted')]}
			content={rows.length > 0 ? rows : [[span('no command has these words', 'muted')]]}
			field={{
				value: dialog.filter,
				onChange: filter => store.getState().open({kind: 'palette', filter, selected: undefined}),
			}}
		/>
	);
}

import type {CockpitState} from '../../store/create-store.ts';
import {keyName, labelOf, workingBindings, type Binding} from '../keys/binding.ts';
import {activeScopes} from '../keys/scopes.ts';
import {beside, blank, pad, span, type Row} from '../kit/rows.ts';
import {useTheme} from '../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../kit/use-cockpit.ts';
import type {Glyphs} from '../kit/glyphs.ts';
import {DialogFrame, dialogBox, type Size} from './dialog-frame.tsx';

const groups: readonly {readonly id: Binding['group']; readonly title: string}[] = [
	{id: 'here', title: 'Here'},
	{id: 'move', title: 'Move'},
	{id: 'danger', title: 'Danger'},
	{id: 'everywhere', title: 'Everywhere'},
	{id: 'screens', title: 'Screens'},
];

type Entry = ReturnType<typeof helpEntries>[number];

/** Keys of the screen behind the dialog that match the filter by key or by text. */
const helpEntries = (bindings: readonly Binding[], state: CockpitState, filter: string, isUnicode: boolean) => {
	const wanted = filter.trim().toLowerCase();
	return workingBindings(bindings, activeScopes({...state, dialog: undefined}))
		.map(binding => ({
			group: binding.group,
			keys: binding.keys.map(key => keyName(key, isUnicode)).join(' '),
			label: labelOf(binding, state),
			refusal: binding.refusal?.(state),
		}))
		.filter(({keys, label}) => `${keys}\n${label}`.toLowerCase().includes(wanted));
};

const marks = ({done, failed, open, waits, unclear, running, attention, healthy}: Glyphs): readonly Row[] => [
	[span('Marks', 'value', {bold: true})],
	...(
		[
			[done, 'passed, met, done'],
			[failed, 'failed'],
			[open, 'open, not started'],
			[waits, 'waits for time'],
			[unclear, 'unclear, not known'],
			[running[0] ?? '', 'running'],
			[healthy, 'healthy, connected'],
			[attention, 'attention'],
		] as const
	).map(([glyph, text]): Row => [span(`${glyph}   `), span(text, 'muted')]),
];

/** The keys of a group below its title; nothing where none of it is among the entries. */
const groupRows = (all: readonly Entry[], {id, title}: (typeof groups)[number]): readonly Row[] => {
	const entries = all.filter(({group}) => group === id);
	return entries.length === 0
		? []
		: [
				[span(title, 'value', {bold: true})],
				...entries.map(({keys, label, refusal}): Row => [
					...pad([span(keys, refusal === undefined ? 'accent' : 'muted')], 11),
					span(label, 'muted'),
					...(refusal === undefined ? [] : [span(`: ${refusal}`, 'attention')]),
				]),
				blank,
			];
};

/** Two or three columns of keys by group, then the marks. */
const helpRows = (entries: readonly Entry[], width: number, glyphs: Glyphs): readonly Row[] => {
	const blocks = groups.map(group => groupRows(entries, group)).filter(rows => rows.length > 0);
	const count = width >= 96 ? 3 : 2;
	const column = Math.floor((width - (count - 1) * 2) / count);
	const columns: Row[][] = Array.from({length: count}, () => []);
	for (const block of [...blocks, marks(glyphs)])
		columns.reduce((least, rows) => (rows.length < least.length ? rows : least)).push(...block);
	return beside(columns.map(rows => ({rows, width: column})));
};

export function Help({size, bindings}: {readonly size: Size; readonly bindings: readonly Binding[]}) {
	const {glyphs} = useTheme();
	const store = useCockpitStore();
	const dialog = useCockpit(state => state.dialog);
	if (dialog?.kind !== 'help') return null;
	const box = dialogBox(size, size.rows, 104);
	const state = store.getState();
	const rows = helpRows(
		helpEntries(bindings, state, dialog.filter, glyphs.arrows !== 'up down'),
		box.width - 6,
		glyphs,
	);
	const room = size.rows - 8;
	const from = Math.max(0, Math.min(dialog.scroll, rows.length - room));
	return (
		<DialogFrame
			size={size}
			title="Keys"
			wanted={104}
			fact={[
				span(
					rows.length > room
						? `${from + 1} to ${Math.min(from + room, rows.length)} of ${rows.length}`
						: 'type to filter',
					'muted',
				),
			]}
			content={rows.slice(from, from + room)}
			field={{value: dialog.filter, onChange: filter => store.getState().open({kind: 'help', filter, scroll: 0})}}
		/>
	);
}

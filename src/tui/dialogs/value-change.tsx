import {selectEnvReading} from '../../store/environments/env-tables.ts';
import {placeOfChange, takesValue, type ChangePlace, type ValueChange} from '../../store/environments/value-change.ts';
import {inkFocus} from '../keys/scopes.ts';
import {problemRows, turning, wrap, type Look} from '../kit/layout.ts';
import {lettersRow, wordRow} from '../kit/marks.ts';
import {blank, brokenText, muted, pad, span, type Row} from '../kit/rows.ts';
import {useTheme, type Tone} from '../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../kit/use-cockpit.ts';
import {OpaqueFrame, dialogBox, productionFact, type DialogField, type Size} from './dialog-frame.tsx';

/** Takes a value that is never drawn, and then the word, in the same frame. */
export function ValueChangeDialog({size}: {readonly size: Size}) {
	const change = useCockpit(state => state.valueChange);
	return change ? <ValueChangeFrame size={size} change={change} /> : null;
}

function ValueChangeFrame({size, change}: {readonly size: Size; readonly change: ValueChange}) {
	const theme = useTheme();
	const store = useCockpitStore();
	const now = useCockpit(state => state.now);
	const current = useCockpit(
		state =>
			selectEnvReading(state).kept?.table.rows.find(({key}) => key === change.key)?.cells[change.place]?.kind,
	);
	const isFocused = useCockpit(state => inkFocus(state) !== undefined && state.dialog === undefined);
	const place = placeOfChange(change);
	const isProduction = place.tier === 'production';
	const tone: Tone = isProduction ? 'danger' : 'accent';
	const width = dialogBox(size, size.rows, 88).width - 6;
	const above = [...changeFacts(change, place, current, width), ...stateRows(change, place, {width, now}, theme)];
	const below = belowRows(change, place);
	const field = fieldOf(change, place, isFocused, theme);
	const around = below.length + (field ? 1 : 0) + 3;
	const box = dialogBox(size, above.length + around, 88);
	return (
		<OpaqueFrame
			box={box}
			title={`Set ${change.key} of the ${change.app}`}
			fact={isProduction ? productionFact : [span(place.title, 'muted')]}
			tone={tone}
			above={[blank, ...above.slice(0, Math.max(0, box.height - around))]}
			field={
				field && {
					...field,
					onChange: text =>
						change.at === 'word' ? store.getState().typeChangeWord(text) : store.getState().typeValue(text),
				}
			}
			below={below}
		/>
	);
}

const fact = (label: string, value: Row): Row => [...pad([span(label, 'muted')], 6), ...value];

const changeFacts = (
	{places, at}: ValueChange,
	place: ChangePlace,
	current: string | undefined,
	width: number,
): readonly Row[] => [
	fact('on', [
		span(place.title, place.tier, {bold: true}),
		span(`  ${place.address}`),
		...(places.length > 1 && at === 'value'
			? muted(`  ${places.findIndex(({name}) => name === place.name) + 1} of ${places.length}, Tab`)
			: []),
	]),
	// A path stands whole: part of it names another file.
	...(place.file === '' ? [] : brokenText(place.file, width - 6)).map((piece, index) =>
		fact(index === 0 ? 'file' : '', [span(piece)]),
	),
	...(current === 'missing' ? [fact('now', [span('missing there')])] : []),
];

/** What stands between the facts and the field. */
const stateRows = (
	change: ValueChange,
	{refusal, tier, word, file}: ChangePlace,
	{width, now}: {readonly width: number; readonly now: number},
	{glyphs}: Look,
): readonly Row[] => {
	const problem = refusal ?? change.problem;
	if (problem)
		return [
			blank,
			[span(`${glyphs.failed} ${problem.what}`, 'danger', {bold: true})],
			...problemRows(problem, width, 'strong'),
			blank,
		];
	const {length} = change.value;
	switch (change.at) {
		case 'value':
			return [
				blank,
				[span('Its new value', 'value', {bold: true}), span(', hidden while it is typed or pasted', 'muted')],
			];
		case 'asking':
			return [
				blank,
				[
					span(`${turning(glyphs, now)} `, 'accent'),
					span(
						word === undefined
							? `Writes it into ${file}.`
							: 'Asks the host whether there is anything to change.',
					),
				],
			];
		case 'word':
			return [
				fact('new', [span(`${length} characters, not shown`)]),
				...(tier === 'production'
					? [[span(' AFFECTS ALL LIVE USERS ', 'danger', {banner: true, bold: true})]]
					: []),
				...wrap(
					'A run with lock and health check. The old file is kept. If the app is not healthy, onFailure says whether it goes back at once or you are asked.',
					width,
				).map(muted),
				blank,
				wordRow(word ?? '', ' to set it', tier === 'production' ? 'danger' : 'accent'),
			];
	}
};

const belowRows = ({at}: ValueChange, {word}: ChangePlace): readonly Row[] => {
	if (at === 'asking') return [];
	if (word === undefined)
		return [muted('No word, no run: Enter writes the file, and the old one is kept beside it.')];
	return [
		muted(
			at === 'word' ? 'Nothing has been changed. Any other word cancels.' : 'Nothing is changed before its word.',
		),
	];
};

const fieldOf = (
	change: ValueChange,
	{word}: ChangePlace,
	isFocused: boolean,
	{glyphs}: Look,
): Omit<DialogField, 'onChange'> | undefined => {
	if (change.at === 'word')
		return {
			value: change.typed,
			isFocused,
			tone: 'accent',
			end: [...lettersRow(change.typed, word ?? ''), span('  ')],
		};
	if (!takesValue(change)) return undefined;
	const {length} = change.value;
	return {
		value: change.value,
		isFocused,
		tone: 'accent',
		mask: glyphs.hidden,
		end: [span(`${length} ${length === 1 ? 'character' : 'characters'}  `, 'muted')],
	};
};

import {productionSecretsWord} from '../../domain/runs/confirm.ts';
import type {EnvTable} from '../../domain/environments/env-table.ts';
import {selectEnvReading} from '../../store/environments/env-tables.ts';
import {isInUse, setOfSwitch, type ValuesSwitch} from '../../store/environments/values-switch.ts';
import {inkFocus} from '../keys/scopes.ts';
import {problemRows, turning, wrap, type Look} from '../kit/layout.ts';
import {lettersRow, wordRow} from '../kit/marks.ts';
import {blank, cellsOf, muted, pad, span, type Row} from '../kit/rows.ts';
import {useTheme} from '../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../kit/use-cockpit.ts';
import {OpaqueFrame, dialogBox, productionFact, type DialogField, type Size} from './dialog-frame.tsx';

/** Asks which set of values the working copy gets, and for the word where secrets of production come with it. */
export function ValuesSwitchDialog({size}: {readonly size: Size}) {
	const chosen = useCockpit(state => state.valuesSwitch);
	return chosen ? <ValuesSwitchFrame size={size} chosen={chosen} /> : null;
}

function ValuesSwitchFrame({size, chosen}: {readonly size: Size; readonly chosen: ValuesSwitch}) {
	const theme = useTheme();
	const store = useCockpitStore();
	const now = useCockpit(state => state.now);
	const table = useCockpit(state => selectEnvReading(state).kept?.table);
	const isFocused = useCockpit(state => inkFocus(state) !== undefined && state.dialog === undefined);
	const isProduction = setOfSwitch(chosen).tier === 'production';
	const width = dialogBox(size, size.rows).width - 6;
	const above = rowsOf(chosen, {table, width, now}, theme);
	const field = chosen.at === 'word' ? wordField(chosen.typed, isFocused) : undefined;
	const below: readonly Row[] = field ? [muted('Nothing has been changed. Any other word cancels.')] : [];
	const around = below.length + (field ? 1 : 0) + 3;
	const box = dialogBox(size, above.length + around);
	return (
		<OpaqueFrame
			box={box}
			title="Values of the working copy"
			fact={isProduction ? productionFact : []}
			tone={isProduction ? 'danger' : 'accent'}
			above={[blank, ...above.slice(0, Math.max(0, box.height - around))]}
			field={field && {...field, onChange: text => store.getState().typeSwitchWord(text)}}
			below={below}
		/>
	);
}

const wordField = (typed: string, isFocused: boolean): Omit<DialogField, 'onChange'> => ({
	value: typed,
	isFocused,
	tone: 'accent',
	end: [...lettersRow(typed, productionSecretsWord), span('  ')],
});

type Around = {readonly table: EnvTable | undefined; readonly width: number; readonly now: number};

const rowsOf = (chosen: ValuesSwitch, {table, width, now}: Around, look: Look): readonly Row[] => {
	const {at} = chosen;
	const turns = (text: string): readonly Row[] => [
		[span(`${turning(look.glyphs, now)} `, 'accent'), span(text)],
		blank,
	];
	switch (at) {
		case 'set':
			return [...setRows(chosen, table, look), ...chosenRows(chosen, width, look)];
		case 'reading':
			return turns(`Reads the values of ${setOfSwitch(chosen).title}, and what was kept of them.`);
		case 'writing':
			return turns('Writes the files, both or none.');
		case 'word':
			return [...secretRows(chosen, width), blank, wordRow(productionSecretsWord, ' to switch', 'danger')];
	}
};

const setRows = ({sets, set}: ValuesSwitch, table: EnvTable | undefined, {glyphs}: Look): readonly Row[] => {
	const titleWidth = Math.min(30, Math.max(...sets.map(({title}) => cellsOf(title))));
	const nameWidth = Math.min(20, Math.max(...sets.map(({name}) => cellsOf(name)))) + 5;
	return sets.map(one => [
		span(one.name === set ? glyphs.cursor : ' ', 'accent'),
		...pad([span(one.title, one.tier, {bold: one.name === set})], titleWidth + 2, glyphs.cut),
		...pad([span(`.env.${one.name}`, 'muted')], nameWidth + 2, glyphs.cut),
		...(isInUse(one, table) ? [span('in use')] : []),
	]);
};

/** What becomes of the choice, or why it did not. */
const chosenRows = ({problem}: ValuesSwitch, width: number, {glyphs}: Look): readonly Row[] =>
	problem === undefined
		? [
				blank,
				...wrap(
					'Writes backend and frontend, or neither. What they hold is kept beside them; secrets of Production ask for a word.',
					width,
				).map(muted),
				blank,
			]
		: [
				blank,
				[span(`${glyphs.failed} ${problem.what}`, 'danger', {bold: true})],
				...problemRows(problem, width, 'strong'),
				blank,
			];

/** Keys that are named; how many more there are is said. */
const mostNamed = 6;

const secretRows = ({secrets}: ValuesSwitch, width: number): readonly Row[] => {
	const more = secrets.length - mostNamed;
	const names = `${secrets.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
	return [
		[span(' SECRETS OF PRODUCTION COME TO THIS MACHINE ', 'danger', {banner: true, bold: true})],
		...wrap(names, width).map(line => [span(line)]),
	];
};

import {Box} from 'ink';
import {useLayoutEffect} from 'react';
import {useShallow} from 'zustand/react/shallow';
import type {CockpitState} from '../../../../store/create-store.ts';
import type {OutputLine, OutputRing} from '../../../../store/runs/output-ring.ts';
import {firstShown, type OutputView} from '../../../../store/runs/output-view.ts';
import {Rows} from '../../../kit/draw-rows.tsx';
import {inkFocus} from '../../../keys/scopes.ts';
import {framed, panelHead, type Look, type ScreenProps} from '../../../kit/layout.ts';
import {fit, ofHeight, pad, span, type Row} from '../../../kit/rows.ts';
import {FieldLine} from '../../../kit/text-field.tsx';
import {useTheme} from '../../../kit/theme.tsx';
import {timeOfDay} from '../../../kit/times.ts';
import {useCockpit, useCockpitStore} from '../../../kit/use-cockpit.ts';
import {onHost, zoneOf} from './run-view.ts';

/** What the panel is drawn from. */
type Shown = Pick<CockpitState, 'outputView' | 'output' | 'runPlan'>;

const lineRow = ({number, at, source, text}: OutputLine, hit: number | undefined, timeZone: string): Row => [
	span(` ${timeOfDay(at, timeZone)} `, 'muted'),
	...pad([span(source, 'muted')], 9),
	number === hit ? span(text, 'accent', {inverse: true}) : span(text),
];

/** `FOLLOW`, or `PAUSED +12 new`: whether what is shown is the end, and what one does not see of it. */
const followFact = (view: OutputView, {start, end}: Pick<OutputRing, 'start' | 'end'>): Row => {
	if (view.from === undefined) return [span('FOLLOW', 'success', {bold: true})];
	const isLost = view.from < start;
	return [
		span('PAUSED', 'attention', {bold: true}),
		span(` +${end - view.seen} new`),
		...(isLost ? [span('  older lines only in the log', 'attention')] : []),
	];
};

/** At most `height` rows of output: a rule, then lines, each with the time of the host. */
const outputRows = (state: Shown, width: number, height: number, {glyphs}: Look): readonly Row[] => {
	const {outputView: view, output: ring, runPlan} = state;
	const room = Math.max(0, height - 1);
	const lines = ring.slice(firstShown({from: view.from, rows: room}, ring), room);
	return [
		panelHead('Output', width, {glyphs}, followFact(view, ring)),
		...lines.map(line =>
			fit(lineRow({...line, at: onHost(runPlan, line.at)}, view.hit, zoneOf({plan: runPlan})), width, glyphs.cut),
		),
	].slice(0, Math.max(0, height));
};

/** The last output of the run. Only the visible lines are read from the ring, when it says that it has grown. */
export function OutputPanel({width, height}: ScreenProps) {
	const theme = useTheme();
	const store = useCockpitStore();
	const shown = useCockpit(useShallow(({outputView, output, runPlan}) => ({outputView, output, runPlan})));
	const isSearching = useCockpit(state => state.isSearching);
	useCockpit(state => state.outputVersion);
	const hasField = isSearching || shown.outputView.search !== '';
	const listHeight = height - (hasField ? 1 : 0);
	const room = Math.max(1, listHeight - 1);
	useLayoutEffect(() => {
		const {outputView, setOutputView} = store.getState();
		if (outputView.rows !== room) setOutputView({...outputView, rows: room});
	}, [store, room]);
	if (height <= 0) return null;
	const rows = outputRows(shown, width, listHeight, theme);
	return (
		<Box flexDirection="column" width={width} height={height} flexShrink={0} overflow="hidden">
			<Rows rows={ofHeight(rows, listHeight)} />
			{hasField && <Search width={width} />}
		</Box>
	);
}

/** Rows of a screen, and the output below them; without it they fill the screen. */
export function AboveOutput({
	width,
	height,
	rows,
	hasOutput = true,
}: ScreenProps & {readonly rows: readonly Row[]; readonly hasOutput?: boolean}) {
	const theme = useTheme();
	return (
		<>
			<Rows rows={framed(rows, width, hasOutput ? rows.length : height, theme)} />
			{hasOutput && (
				<Box paddingLeft={1} width={width} flexShrink={0}>
					<OutputPanel width={width - 2} height={height - rows.length} />
				</Box>
			)}
		</>
	);
}

/** The line below the output: what is searched for, while it is typed and after. */
function Search({width}: {readonly width: number}) {
	const store = useCockpitStore();
	const {search, hit} = useCockpit(state => state.outputView);
	const isSearching = useCockpit(state => state.isSearching);
	const isFocused = useCockpit(state => inkFocus(state) === 'filter' && state.dialog === undefined);
	const sign = span(' / ', 'accent');
	if (!isSearching) {
		const found = hit === undefined ? '  not found' : '  n next, N previous';
		return <Rows rows={[[sign, ...pad([span(search), span(found, 'muted')], Math.max(1, width - 3))]]} />;
	}
	return (
		<FieldLine
			sign={[sign]}
			value={search}
			isFocused={isFocused}
			onChange={text =>
				store.getState().setOutputView({...store.getState().outputView, search: text, hit: undefined})
			}
			end={[span(width >= 50 ? '  Enter find, Esc leave' : '', 'muted')]}
			width={width}
		/>
	);
}

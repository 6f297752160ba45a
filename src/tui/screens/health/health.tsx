import {Box} from 'ink';
import {useEffect} from 'react';
import {useShallow} from 'zustand/react/shallow';
import {leastNote} from '../../../domain/checklist/sign-off.ts';
import type {WatchAsk} from '../../../store/health/health.ts';
import {unaccepted} from '../../../store/health/health-places.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import {askHint, askRows} from '../../kit/ask-rows.ts';
import {Rows} from '../../kit/draw-rows.tsx';
import {framed, panelHead, type Look, type ScreenProps} from '../../kit/layout.ts';
import {ofHeight, span, type Row} from '../../kit/rows.ts';
import {FieldLine} from '../../kit/text-field.tsx';
import {useTheme} from '../../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../../kit/use-cockpit.ts';
import {inkFocus} from '../../keys/scopes.ts';
import {scrolledList, viewOf, type HealthState} from './look.ts';
import {healthRows} from './screen-rows.ts';

/** What is asked above the line that is typed in. */
const askedRows = (ask: WatchAsk | undefined, width: number, look: Look): readonly Row[] => {
	if (!ask) return [];
	if (ask.kind !== 'accept') return askRows(ask, width, look);
	const count = unaccepted(ask.report).length;
	const what = `${look.glyphs.attention} Accept what is bad, as it is: ${count} ${count === 1 ? 'finding' : 'findings'}`;
	return [
		panelHead(
			[span(what, 'attention', {bold: true})],
			width,
			look,
			`reason needed, at least ${leastNote} characters`,
			'attention',
		),
	];
};

/** What the screen is drawn from, each part stored: nothing else draws it anew. */
const select = (state: CockpitState): HealthState => ({
	healths: state.healths,
	healthPlace: state.healthPlace,
	healthPanel: state.healthPanel,
	watchPending: state.watchPending,
	watchWaysBack: state.watchWaysBack,
	environments: state.environments,
	lists: state.lists,
	// Ages are shown in seconds.
	now: Math.floor(state.now / 1000) * 1000,
});

/** What runs is asked again and again; behind a production run, what to watch and whether it became worse. */
export function Health({width, height}: ScreenProps) {
	const theme = useTheme();
	const store = useCockpitStore();
	const state = useCockpit(useShallow(select));
	const watchAsk = useCockpit(({watchAsk: ask}) => ask);
	const inner = width - 2;
	const asked = askedRows(watchAsk, inner, theme);
	const hasField = watchAsk !== undefined && watchAsk.kind !== 'retest';
	const room = height - asked.length - (hasField ? 1 : 0);
	const {rows, hidden, page} = healthRows(viewOf(state), inner, room, theme);
	const list = scrolledList(state);
	const isBeyond = list !== undefined && state.lists[list].scroll > hidden;
	useEffect(() => {
		if (list && isBeyond) store.getState().scrollDetail(list, hidden);
	}, [store, list, isBeyond, hidden]);
	const {down = 1, up = 1} = page ?? {};
	useEffect(() => store.getState().pageHealthBy({down, up}), [store, down, up]);
	return (
		<Box flexDirection="column" width={width} height={height} overflow="hidden">
			<Rows rows={framed([...ofHeight(rows, room), ...asked], width, room + asked.length, theme)} />
			{hasField && <Answer width={width} />}
		</Box>
	);
}

function Answer({width}: {readonly width: number}) {
	const store = useCockpitStore();
	const {glyphs} = useTheme();
	const ask = useCockpit(state => state.watchAsk);
	const isFocused = useCockpit(state => inkFocus(state) === 'filter' && state.dialog === undefined);
	if (!ask || ask.kind === 'retest') return null;
	const length = ask.typed.trim().length;
	const hint = ask.kind === 'accept' ? `${length} of ${leastNote} characters` : askHint(ask);
	return (
		<FieldLine
			sign={[span(`  ${glyphs.prompt} `, 'accent')]}
			value={ask.typed}
			isFocused={isFocused}
			onChange={typed => store.getState().typeAboutWatch(typed)}
			end={[span(`  ${hint} `, 'muted')]}
			width={width}
		/>
	);
}

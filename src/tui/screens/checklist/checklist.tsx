import {Box} from 'ink';
import {useEffect} from 'react';
import {shortCommit} from '../../../domain/build.ts';
import {
	commitOf,
	selectHostNow,
	selectItem,
	selectItemStates,
	selectLiveCommit,
	selectPoints,
	selectShownPoints,
} from '../../../store/checklist/checklist.ts';
import type {CockpitState} from '../../../store/create-store.ts';
import type {ScreenProps} from '../../app.tsx';
import {FilterLine} from '../../kit/filter-line.tsx';
import {Rows} from '../../kit/draw-rows.tsx';
import {TextField} from '../../kit/text-field.tsx';
import {inkFocus} from '../../keys/scopes.ts';
import {ofHeight, span} from '../../kit/rows.ts';
import {useTheme} from '../../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../../kit/use-cockpit.ts';
import {framed} from '../../kit/layout.ts';
import {askHint, askRows} from './ask-rows.ts';
import type {ChecklistView} from './look.ts';
import {checklistRows, detailLimit} from './screen-rows.ts';

/** Facts of the gates older than this are not shown beside an item. */
const freshMs = 20_000;

const probedAt = ({evidence, now}: CockpitState, id: string | undefined): ChecklistView['probed'] => {
	const results = evidence.flatMap(({facts, at}) =>
		now - at <= freshMs && 'value' in facts.probes ? facts.probes.value : [],
	);
	const found = results.find(({item}) => item === id);
	return found && {outcome: found.outcome, text: found.text};
};

/** What the screen shows of a state. */
export const viewOf = (state: CockpitState): ChecklistView => {
	const {app, checklistEnvironment} = state;
	const item = selectItem(state);
	const short = (commit: string | undefined): string | undefined => (commit ? shortCommit(commit) : undefined);
	return {
		...state,
		here: state.checklistHere,
		points: selectPoints(state, app),
		shown: selectShownPoints(state),
		item,
		all: selectItemStates(state),
		commit: of => short(selectLiveCommit(state, of)),
		commitAt: ({history}, seq) => {
			const signOff = history.find(one => one.seq === seq);
			return signOff && short(commitOf(state, signOff, app));
		},
		hostNow: selectHostNow(state),
		timeZone: checklistEnvironment?.timeZone ?? 'UTC',
		probed: probedAt(state, item?.item.id),
	};
};

/** What has been seen to work, by whom, and what is left. */
export function Checklist({width, height}: ScreenProps) {
	const theme = useTheme();
	const state = useCockpit(all => all);
	const {checklistAsk: ask, lists} = state;
	const {filter, isTyping, scroll} = lists.checklist;
	const inner = width - 2;
	const above = ask ? askRows(ask, inner, theme) : [];
	const hasField = ask ? ask.kind !== 'retest' : isTyping || filter !== '';
	const room = height - above.length - (hasField ? 1 : 0);
	const view = viewOf(state);
	const rows = ofHeight(checklistRows(view, inner, room, theme), room);
	const store = useCockpitStore();
	const limit = detailLimit(view, inner, room, theme);
	useEffect(() => {
		const {lists, scrollDetail} = store.getState();
		if (lists.checklist.scroll > limit) scrollDetail('checklist', limit);
	}, [store, limit, scroll]);
	return (
		<Box flexDirection="column" width={width} height={height} overflow="hidden">
			<Rows rows={framed([...rows, ...above], width, room + above.length, theme)} />
			{hasField && (ask ? <Answer width={width} /> : <Filter width={width} />)}
		</Box>
	);
}

function Answer({width}: {readonly width: number}) {
	const store = useCockpitStore();
	const theme = useTheme();
	const ask = useCockpit(state => state.checklistAsk);
	const isFocused = useCockpit(state => inkFocus(state) === 'filter' && state.dialog === undefined);
	if (!ask || ask.kind === 'retest') return null;
	const hint = `  ${askHint(ask)} `;
	return (
		<Box width={width} height={1} flexShrink={0} overflow="hidden">
			<Rows rows={[[span(`  ${theme.glyphs.prompt} `, 'accent')]]} />
			<Box width={Math.max(1, width - 4 - hint.length)} height={1} overflow="hidden">
				<TextField value={ask.typed} focus={isFocused} onChange={typed => store.getState().typeAnswer(typed)} />
			</Box>
			<Rows rows={[[span(hint, 'muted')]]} />
		</Box>
	);
}

function Filter({width}: {readonly width: number}) {
	const store = useCockpitStore();
	const {filter, isTyping} = useCockpit(state => state.lists.checklist);
	return (
		<FilterLine
			value={filter}
			isTyping={isTyping}
			width={width}
			onChange={value => {
				store.getState().filterList('checklist', value);
				store.getState().pinItem();
			}}
		/>
	);
}

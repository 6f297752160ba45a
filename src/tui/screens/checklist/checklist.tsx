import {Box} from 'ink';
import {useEffect} from 'react';
import {FilterLine} from '../../kit/list.tsx';
import {Rows} from '../../kit/draw-rows.tsx';
import {FieldLine} from '../../kit/text-field.tsx';
import {inkFocus} from '../../keys/scopes.ts';
import {ofHeight, span} from '../../kit/rows.ts';
import {useTheme} from '../../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../../kit/use-cockpit.ts';
import {framed, type ScreenProps} from '../../kit/layout.ts';
import {askHint, askRows} from '../../kit/ask-rows.ts';
import {viewOf} from './look.ts';
import {checklistRows, detailLimit} from './screen-rows.ts';

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
			{hasField &&
				(ask ? (
					<Answer width={width} />
				) : (
					<FilterLine list="checklist" width={width} onTyped={state.pinItem} />
				))}
		</Box>
	);
}

function Answer({width}: {readonly width: number}) {
	const store = useCockpitStore();
	const theme = useTheme();
	const ask = useCockpit(state => state.checklistAsk);
	const isFocused = useCockpit(state => inkFocus(state) === 'filter' && state.dialog === undefined);
	if (!ask || ask.kind === 'retest') return null;
	return (
		<FieldLine
			sign={[span(`  ${theme.glyphs.prompt} `, 'accent')]}
			value={ask.typed}
			isFocused={isFocused}
			onChange={typed => store.getState().typeAnswer(typed)}
			end={[span(`  ${askHint(ask)} `, 'muted')]}
			width={width}
		/>
	);
}

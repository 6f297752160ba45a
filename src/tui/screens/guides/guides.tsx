import {Box} from 'ink';
import {useLayoutEffect} from 'react';
import {useShallow} from 'zustand/react/shallow';
import {selectGuidesShown} from '../../../store/guides/guides.ts';
import {Rows} from '../../kit/draw-rows.tsx';
import {framed, type ScreenProps} from '../../kit/layout.ts';
import {muted, ofHeight, span, type Row} from '../../kit/rows.ts';
import {FieldLine} from '../../kit/text-field.tsx';
import {useTheme} from '../../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../../kit/use-cockpit.ts';
import {inkFocus} from '../../keys/scopes.ts';
import {copiedRows} from './copied-rows.ts';
import {findTyped} from './find.ts';
import {textRoom} from './look.ts';
import {foundFact, guidesRows} from './screen-rows.ts';

/** The documents of the team, made of its own environments and checklists. Only lines in sight are made into rows. */
export function Guides({width, height}: ScreenProps) {
	const theme = useTheme();
	const store = useCockpitStore();
	const state = useCockpit(useShallow(selectGuidesShown));
	const room = textRoom(state, width - 2, height);
	useLayoutEffect(() => {
		const {guideRoom, setGuideRoom} = store.getState();
		if (guideRoom.rows !== room.rows || guideRoom.width !== room.width) setGuideRoom(room);
	}, [store, room.rows, room.width]);
	const copied = copiedRows(state.guideCopied, width, theme);
	const above = height - copied.length;
	const rows = framed(ofHeight(guidesRows(state, width - 2, above, theme), above), width, above, theme);
	const typing = state.isGuideTyping && state.guides !== undefined;
	return (
		<Box flexDirection="column" width={width} height={height} overflow="hidden">
			<Rows rows={typing ? rows.slice(0, 1) : rows} />
			{typing && <Search width={width} found={foundFact(state)} />}
			{typing && <Rows rows={rows.slice(2)} />}
			<Rows rows={copied} />
		</Box>
	);
}

function Search({width, found}: {readonly width: number; readonly found: Row}) {
	const store = useCockpitStore();
	const value = useCockpit(state => state.guideSearch);
	const isFocused = useCockpit(state => inkFocus(state) === 'filter' && state.dialog === undefined);
	return (
		<FieldLine
			sign={[span('  search  ', 'muted')]}
			value={value}
			isFocused={isFocused}
			onChange={text => {
				store.getState().searchGuide(text);
				findTyped(store.getState());
			}}
			end={[...found, ...muted('  Enter keep  Esc leave search ')]}
			width={width}
		/>
	);
}

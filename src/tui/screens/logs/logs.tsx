import {Box} from 'ink';
import {useLayoutEffect} from 'react';
import {Rows} from '../../kit/draw-rows.tsx';
import {framed, type ScreenProps} from '../../kit/layout.ts';
import {ofHeight, span} from '../../kit/rows.ts';
import {FieldLine} from '../../kit/text-field.tsx';
import {useTheme} from '../../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../../kit/use-cockpit.ts';
import {inkFocus} from '../../keys/scopes.ts';
import {entriesRoom} from './look.ts';
import {logsRows} from './screen-rows.ts';

/** What the apps and services of an environment write. Only lines in sight are ever made into rows. */
export function Logs({width, height}: ScreenProps) {
	const theme = useTheme();
	const store = useCockpitStore();
	const state = useCockpit(all => all);
	const listHeight = height - (state.isLogTyping ? 1 : 0);
	const room = entriesRoom(width - 2, listHeight);
	useLayoutEffect(() => {
		const {logView, setLogView} = store.getState();
		if (logView.rows !== room.rows || logView.width !== room.width) setLogView({...logView, ...room});
	}, [store, room.rows, room.width]);
	const rows = ofHeight(logsRows(state, width - 2, listHeight, theme), listHeight);
	return (
		<Box flexDirection="column" width={width} height={height} overflow="hidden">
			<Rows rows={framed(rows, width, listHeight, theme)} />
			{state.isLogTyping && <Search width={width} />}
		</Box>
	);
}

function Search({width}: {readonly width: number}) {
	const store = useCockpitStore();
	const value = useCockpit(state => state.logSearch);
	const isFocused = useCockpit(state => inkFocus(state) === 'filter' && state.dialog === undefined);
	return (
		<FieldLine
			sign={[span('  / ', 'accent')]}
			value={value}
			isFocused={isFocused}
			onChange={text => store.getState().searchLogs(text)}
			end={[span('  Enter find, Esc leave ', 'muted')]}
			width={width}
		/>
	);
}

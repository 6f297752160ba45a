import {Box} from 'ink';
import {useLayoutEffect} from 'react';
import {useShallow} from 'zustand/react/shallow';
import {Rows} from '../../../kit/draw-rows.tsx';
import {inkFocus} from '../../../keys/scopes.ts';
import {ofHeight, pad, span} from '../../../kit/rows.ts';
import {useTheme} from '../../../kit/theme.tsx';
import {useCockpit, useCockpitStore} from '../../../kit/use-cockpit.ts';
import {outputRows} from './output-rows.ts';
import {FieldLine} from '../../../kit/text-field.tsx';
import type {ScreenProps} from '../../../kit/layout.ts';

/** The last output of the run. Only the visible lines are read from the ring, when it says that it has grown. */
export function OutputPanel({width, height}: ScreenProps) {
	const theme = useTheme();
	const store = useCockpitStore();
	const {view, output, timeZone, aheadMs, isSearching} = useCockpit(
		useShallow(state => ({
			view: state.outputView,
			output: state.output,
			timeZone: state.runPlan?.timeZone ?? 'UTC',
			aheadMs: state.runPlan?.clockAheadMs ?? 0,
			isSearching: state.isSearching,
		})),
	);
	useCockpit(state => state.outputVersion);
	const hasField = isSearching || view.search !== '';
	const listHeight = height - (hasField ? 1 : 0);
	const room = Math.max(1, listHeight - 1);
	useLayoutEffect(() => {
		const {outputView, setOutputView} = store.getState();
		if (outputView.rows !== room) setOutputView({...outputView, rows: room});
	}, [store, room]);
	if (height <= 0) return null;
	const rows = outputRows(view, output, {timeZone, aheadMs}, width, listHeight, theme);
	return (
		<Box flexDirection="column" width={width} height={height} flexShrink={0} overflow="hidden">
			<Rows rows={ofHeight(rows, listHeight)} />
			{hasField && <Search width={width} />}
		</Box>
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
